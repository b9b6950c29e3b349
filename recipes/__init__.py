"""The experiments: data, model, training, metric and search space, ready to run."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "running.recipe": ["Recipe"],
        "registry": ["get", "names"],
        "running.run": ["Run"],
    },
)
