"""The words around each word."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..masks import check_mask, zero_masked
from ..validation import check_natural


@keras.saving.register_keras_serializable(package="keras_memory")
class ContextWindow(Layer):
    """Each item of a sequence with the items before and after it, in one vector.

    output_t = [x_{t-before} ... x_t ... x_{t+after}]

    Where the sequence has no such item, or it is masked, there are zeros; and so there are in
    the whole vector of a masked item.

    Args:
        before: How many items before each.
        after: How many items after each.

    Call arguments:
        inputs: x, shape `(batch, items, dim)`.
        mask: Booleans of shape `(batch, items)`: `True` for items, `False` for padding.

    Returns:
        Shape `(batch, items, (before + 1 + after) * dim)`.

    Raises:
        ValueError: A number of items is not an integer of 0 or more, or the shape of the mask
            does not fit.

    Cost:
        A copy of the inputs for each item of the window.

    Example:

    >>> window = ContextWindow(1, 1)(keras.ops.convert_to_tensor([[[1.0], [2.0], [3.0]]]))
    >>> keras.ops.convert_to_numpy(window)[0].tolist()
    [[0.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 0.0]]

    Reference:
        [Mesnil et al., 2013](https://doi.org/10.21437/Interspeech.2013-596), section 3.1.
        Ours has zeros beyond the ends, where the paper has a word for padding.
    """

    def __init__(
        self, before: int = 3, after: int = 3, **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        check_natural("before", before)
        check_natural("after", after)
        self.before = before
        self.after = after
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:-1])
        inputs = zero_masked(inputs, mask)
        items = ops.shape(inputs)[1]
        padded = ops.pad(inputs, [[0, 0], [self.before, self.after], [0, 0]])
        count = self.before + 1 + self.after
        windows = ops.concatenate([padded[:, i : i + items] for i in range(count)], axis=-1)
        return zero_masked(windows, mask)

    def compute_output_shape(self, inputs_shape):
        *batch, dim = inputs_shape
        return (*batch, (self.before + 1 + self.after) * dim)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "before": self.before, "after": self.after}
