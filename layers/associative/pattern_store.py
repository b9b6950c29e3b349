"""A memory that stores patterns as they are, one in each of its slots."""

from typing import Unpack

from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..precision import wide_dtype
from ..validation import check_positive


class PatternStore(Layer):
    """Slots for patterns, filled one after the other; a subclass writes `recall`.

    Called in training, it stores its inputs and returns them; else it recalls.

    Args:
        slots: The number of slots, one for each pattern.
    """

    def __init__(self, slots: int, **kwargs: Unpack[LayerOptions]) -> None:
        # Patterns and cues need their width, whatever the policy.
        super().__init__(autocast=False, **kwargs)
        check_positive("slots", slots)
        self.slots = slots

    def build(self, cues_shape, *others):
        if len(cues_shape) != 2:
            raise ValueError(
                f"Expected cues (batch, units) for {self.name}. Received: {tuple(cues_shape)}"
            )
        self.patterns = self.add_weight(  # ξ^μ
            shape=(self.slots, cues_shape[-1]),
            initializer="zeros",
            dtype=wide_dtype(self.variable_dtype),
            autocast=False,
            trainable=False,
            name="patterns",
        )
        self.stored = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="stored"
        )

    def call(self, cues, training=False):
        if training:
            self.store(cues)
            return cues
        return self.recall(cues)["attractors"]

    def store(self, patterns: Tensor) -> None:
        """Store patterns, `(patterns, units)`, in addition to those stored before.

        Once all slots are full, further patterns are counted in `stored`, but not stored.
        """
        patterns = ops.cast(patterns, self.patterns.dtype)
        stored, number = ops.convert_to_tensor(self.stored), ops.shape(patterns)[0]
        slots = ops.convert_to_tensor(self.patterns)
        # Where no slot is left, the last one is overwritten by its own content.
        index = ops.minimum(ops.arange(number, dtype="int32"), self.slots - 1 - stored)
        rows = ops.take(patterns, ops.maximum(index, 0), axis=0)
        rows = ops.where(index[:, None] < 0, slots[-1], rows)
        # Compiled by XLA, this writes the rows in place, whatever the number of slots.
        self.patterns.assign(ops.scatter_update(slots, (stored + index)[:, None], rows))
        self.stored.assign(stored + number)

    def count(self) -> Tensor:
        """The number of slots with a pattern."""
        return ops.minimum(ops.convert_to_tensor(self.stored), self.slots)

    def is_stored(self) -> Tensor:
        """Booleans `(slots,)`: which slots have a pattern."""
        return ops.arange(self.slots, dtype="int32") < self.count()

    def get_config(self):
        return {**super().get_config(), "slots": self.slots}
