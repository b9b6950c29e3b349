"""Recent items count for more: a mean whose weights fall with age."""

# To copy to layers/<wing>/<idea>.py. CONTRIBUTING.md says what else a layer needs.

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..masks import any_item, check_mask, zero_masked
from ..precision import wide_dtype
from ..validation import check_above_zero
from .selections import Softmax


@keras.saving.register_keras_serializable(package="keras_memory")
class RecencyPooling(keras.layers.Layer):
    """A sequence as the mean of its items, where later ones count for more: Σ_i w_i x_i.

    w = softmax(-λ age), where age_i is the number of items after item i and λ > 0 is learned.
    Weights are computed in float32 or wider.

    Args:
        decay: λ before training; at `0.1` an item counts half as much as one seven later.

    Call arguments:
        inputs: Shape `(batch..., items, dim)`.
        mask: Booleans of shape `(batch..., items)`; masked items get weight exactly 0, and a
            sequence of such alone gives zeros.

    Returns:
        Shape `(batch..., dim)`.

    Raises:
        ValueError: `decay` is not above 0, or `inputs` has fewer than three axes.

    Cost:
        m d for m items of width d.

    Example:

    >>> keras.ops.shape(RecencyPooling()(keras.ops.ones((2, 7, 8))))
    (2, 8)

    Reference:
        Authors, year, section and equation; and how ours differs.
    """

    def __init__(self, decay: float = 0.1, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_above_zero("decay", decay)
        self.decay = decay
        self.selection = Softmax(dtype=self.dtype_policy)
        self.supports_masking = True

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"Expected inputs (batch, items, dim) for {self.name}. Received: "
                f"{tuple(input_shape)}"
            )
        self.log_decay = self.add_weight(  # log λ
            shape=(),
            initializer=keras.initializers.Constant(ops.log(self.decay)),
            name="log_decay",
        )

    def call(self, inputs, mask=None):
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:-1])
        inputs = zero_masked(inputs, mask)  # be they NaN
        items = ops.shape(inputs)[-2]
        wide = wide_dtype(self.compute_dtype)  # float32 at least
        age = ops.cast(items - 1 - ops.arange(items), wide)
        scores = -ops.exp(ops.cast(self.log_decay, wide)) * age
        scores = ops.broadcast_to(scores, ops.shape(inputs)[:-1])
        weights = self.selection(scores, mask=mask)
        return ops.sum(ops.cast(weights, inputs.dtype)[..., None] * inputs, axis=-2)

    def compute_mask(self, inputs, previous_mask=None):
        return any_item(previous_mask)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-2], input_shape[-1])

    def get_config(self):
        return {**super().get_config(), "decay": self.decay}
