"""Words composed of a writer's letters, as points of a pen that know their letters."""

from .handwritten_words_dataset_builder import (
    SOURCES,
    Builder,
    handwritten_words_config,
    sample_words,
)

__all__ = ["SOURCES", "Builder", "handwritten_words_config", "sample_words"]
