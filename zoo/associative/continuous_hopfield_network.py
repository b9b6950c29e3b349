"""The continuous Hopfield network as a model: patterns of real numbers."""

import keras

from ... import layers
from ...layers.validation import check_positive
from ..saving.pretrained import Endpoints
from .associative_model import AssociativeModel


@keras.saving.register_keras_serializable(package="keras_memory")
class ContinuousHopfieldNetwork(AssociativeModel):
    """Continuous Hopfield network: stores real patterns, and completes one from a part.

    `fit(patterns)` stores, `predict(cues)` recalls; `recall(cues, known=mask)` does where
    parts of the cues are not known. See `layers.ContinuousMemory`.

    Args:
        units: Width of a pattern.
        slots: How many patterns can be stored.
        beta: β > 0, the sharper the larger.
        similarity: `"distance"` or `"dot"`.
        max_updates: Updates of a cue, at most.
        tolerance: A state that an update moves less than this has converged.

    Raises:
        ValueError: An argument is unknown or not positive; patterns or cues in arrays have
            another width, are not finite, or there is no free slot.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    patterns = np.random.default_rng(0).random((20, 100))
    model = zoo.ContinuousHopfieldNetwork(units=100, slots=50)
    model.fit(patterns)
    known = np.tile(np.arange(100) < 50, (20, 1))
    wholes = model.recall(patterns, known=known)["attractors"]
    ```

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217).
    """

    values = None
    layouts = {"memory/patterns": ("model", None)}

    def __init__(
        self,
        units: int,
        slots: int = 1000,
        beta: float = 16.0,
        similarity: str = "distance",
        max_updates: int = 3,
        tolerance: float = 1e-4,
        name: str = "continuous_hopfield_network",
    ) -> None:
        check_positive("units", units)
        memory = layers.ContinuousMemory(
            slots, beta, similarity, max_updates, tolerance, name="memory"
        )
        super().__init__(
            memory,
            {"cues": units},
            name,
            units=units,
            slots=slots,
            beta=beta,
            similarity=similarity,
            max_updates=max_updates,
            tolerance=tolerance,
        )

    def endpoints(self) -> Endpoints:
        """Besides `serving_default`, `partly_known`: cues, and Booleans of what is known."""
        (units,) = self.widths.values()
        signature = [
            keras.InputSpec("float32", (None, units), name="cues"),
            keras.InputSpec("bool", (None, units), name="known"),
        ]
        return {**super().endpoints(), "partly_known": (self.memory.recall, signature)}
