"""The contract of a selection: from scores to weights over keys."""

from typing import Unpack

from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..masks import HIGHEST, check_broadcasts, mask_scores
from ..precision import widen


class Selection(Layer):
    """A selection; a subclass writes `select(scores, training)`.

    `select` gets scores in float32 or wider, masked ones far below all others, and
    returns weights; what it gives to masked keys is set to 0 afterwards.

    Call arguments:
        scores: Shape `(batch..., queries, keys)`.
        mask: Booleans that broadcast to the scores' shape, `True` where a key may be
            attended to; absent: everywhere.
        training: Whether to behave as in training.

    Example:

    ```python
    from keras import ops
    from keras_memory.layers import Attention, Selection

    class Rectified(Selection):
        def select(self, scores, training=False):
            positive = ops.relu(scores)
            return positive / (ops.sum(positive, axis=-1, keepdims=True) + 1e-6)

    attention = Attention(selection=Rectified())
    read = attention(ops.ones((2, 3, 4)), ops.ones((2, 5, 4)))
    ```
    """

    # Whether gradients reach the scores through what is read with the weights.
    reads_have_gradients = True

    any_width = frozenset({"scores"})

    def __init__(self, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, scores_shape):
        """Create the weights; a selection without any needs nothing."""

    def call(self, scores, mask=None, training=False):
        if 0 in tuple(scores.shape):
            return ops.cast(scores, self.compute_dtype)  # nothing, of nothing
        if mask is not None:
            check_broadcasts("mask", mask, scores.shape)
        weights = self.select(mask_scores(_finite(scores), mask), training)
        if mask is not None:
            weights = ops.where(ops.cast(mask, "bool"), weights, 0)
        return ops.cast(weights, self.compute_dtype)

    def select(self, scores: Tensor, training: bool = False) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} must write select")

    def compute_mask(self, scores, previous_mask=None):
        """None: what is masked has weight 0."""

    def get_config(self):
        # Written out, since Keras refuses its own to a layer that was given a dtype policy. A
        # subclass with arguments adds them here.
        return super().get_config()


def _finite(scores):
    """Scores in float32 or wider; those that were too large for half precision are finite."""
    wide = widen(scores)
    return wide if wide.dtype == scores.dtype else ops.clip(wide, -HIGHEST, HIGHEST)
