"""A continuous Hopfield network, as a model: patterns of any numbers."""

import keras

from ... import layers
from ...layers.validation import check_positive
from .associative_model import AssociativeModel


@keras.saving.register_keras_serializable(package="keras_memory")
class ContinuousHopfieldNetwork(AssociativeModel):
    """Stores patterns of any numbers, and recalls the whole of one from a part.

    `fit(patterns)` stores, `predict(cues)` recalls; `recall(cues, known=mask)` does where
    parts of the cues are not known. See `layers.ContinuousMemory`.

    Args:
        units: Width of a pattern.
        slots: How many patterns there is room for.
        beta: β > 0, the sharper the larger.
        similarity: `"distance"` or `"dot"`.
        max_updates: How often a cue is updated, at most.
        tolerance: A cue that an update moves less far than this has ended.

    Raises:
        ValueError: An argument is unknown or not positive; patterns or cues in arrays have
            another width, are not finite, or find no slot.

    Example:

    ```python
    model = keras_memory.zoo.ContinuousHopfieldNetwork(units=784, slots=10_000)
    model.fit(digits)
    whole = model.recall(halves, known=is_upper_half)["attractors"]
    ```

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217).
    """

    values = None

    def __init__(
        self,
        units,
        slots=1000,
        beta=16.0,
        similarity="distance",
        max_updates=3,
        tolerance=1e-4,
        name="continuous_hopfield_network",
    ):
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

    def endpoints(self):
        """Besides `serving_default`, `partly_known`: cues, and Booleans of what is known."""
        (units,) = self.widths.values()
        signature = [
            keras.InputSpec("float32", (None, units), name="cues"),
            keras.InputSpec("bool", (None, units), name="known"),
        ]
        return {**super().endpoints(), "partly_known": (self.memory.recall, signature)}
