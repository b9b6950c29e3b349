"""A store that keeps patterns as they are, one in each of its slots."""

import keras
from keras import ops

from ..precision import wide_dtype
from ..validation import check_positive


class PatternStore(keras.layers.Layer):
    """Slots for patterns, filled one after the other; a subclass writes `recall`.

    Called in training, it stores its inputs and hands them on; else it recalls.

    Args:
        slots: How many patterns there is room for.
    """

    def __init__(self, slots, **kwargs):
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

    def store(self, patterns):
        """Store patterns, `(patterns, units)`, beside those that are stored.

        Those that find no slot any more are not, though `stored` counts them.
        """
        patterns = ops.cast(patterns, self.patterns.dtype)
        stored, number = ops.convert_to_tensor(self.stored), ops.shape(patterns)[0]
        slots = ops.convert_to_tensor(self.patterns)
        # Where no slot is left, the last is written again, with what it has.
        place = ops.minimum(ops.arange(number, dtype="int32"), self.slots - 1 - stored)
        further = ops.take(patterns, ops.maximum(place, 0), axis=0)
        further = ops.where(place[:, None] < 0, slots[-1], further)
        # Compiled by XLA, this writes the rows in place, whatever the number of slots.
        self.patterns.assign(ops.scatter_update(slots, (stored + place)[:, None], further))
        self.stored.assign(stored + number)

    def count(self):
        """How many slots hold a pattern."""
        return ops.minimum(ops.convert_to_tensor(self.stored), self.slots)

    def is_stored(self):
        """Booleans `(slots,)`: which slots hold a pattern."""
        return ops.arange(self.slots, dtype="int32") < self.count()

    def get_config(self):
        return {**super().get_config(), "slots": self.slots}
