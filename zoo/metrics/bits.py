"""The loss and the metric of sequences of bits, for the algorithmic tasks.

Both take targets of 0 and 1 and logits, `(batch, steps, bits)`, and as `sample_weight`
of shape `(batch, steps)` which steps count.
"""

import math
from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_memory")
class BitsPerSequence(keras.losses.Loss):
    """Cross-entropy of a sequence in bits: L = -Σ_t Σ_i log2 p(y_ti), mean over the batch.

    The cost of [Graves et al., 2014](https://arxiv.org/abs/1410.5401), "cost per sequence
    (bits)": summed over the steps, where Keras's own losses average.

    Example:

    >>> float(BitsPerSequence()(keras.ops.ones((1, 5, 8)), keras.ops.zeros((1, 5, 8))))
    40.0
    """

    def __init__(self, name: str = "bits_per_sequence", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        nats = ops.binary_crossentropy(y_true, y_pred, from_logits=True)
        # Times the steps, over which the reduction averages.
        steps = ops.cast(ops.shape(nats)[1], nats.dtype)
        return ops.sum(nats, axis=-1) * steps / math.log(2)


@keras.saving.register_keras_serializable(package="keras_memory")
class WrongBitsPerSequence(keras.metrics.Metric):
    """Mean number of bits of a sequence whose logit has the wrong sign.

    Example:

    >>> metric = WrongBitsPerSequence()
    >>> metric.update_state(keras.ops.ones((1, 5, 8)), -keras.ops.ones((1, 5, 8)))
    >>> float(metric.result())
    40.0
    """

    def __init__(self, name: str = "wrong_bits_per_sequence", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.wrong = self.add_weight(name="wrong", initializer="zeros")
        self.sequences = self.add_weight(name="sequences", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        wrong = ops.not_equal(ops.cast(y_true, "bool"), y_pred > 0)
        wrong = ops.sum(ops.cast(wrong, self.dtype), axis=-1)
        if sample_weight is not None:
            wrong = wrong * ops.cast(sample_weight, self.dtype)
        self.wrong.assign_add(ops.sum(wrong))
        self.sequences.assign_add(ops.cast(ops.shape(wrong)[0], self.dtype))

    def result(self) -> Any:
        return self.wrong / ops.maximum(self.sequences, 1)
