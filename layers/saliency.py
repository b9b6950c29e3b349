"""Bottom-up saliency: items stand out by what they are, with no query asking for them."""

import keras
from keras import ops

from .precision import widen
from .selections import LOWEST
from .validation import check_positive


class Saliency(keras.layers.Layer):
    """A layer over the items of a sequence, with a mask that says which there are."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    @staticmethod
    def _zero_masked(values, mask):
        return values if mask is None else ops.where(mask[..., None], values, 0)


@keras.saving.register_keras_serializable(package="keras_memory")
class SaliencyGate(Saliency):
    """Each item times how much it stands out: g_i x_i, g_i = sigmoid(W x_i + b).

    Args:
        per_feature: Whether every feature has a gate of its own; one an item otherwise.

    Call arguments:
        inputs: Shape `(batch..., items, dim)`.
        mask: Booleans of shape `(batch..., items)`; masked items become 0.
        return_attention_scores: Whether to return the gates, too.

    Returns:
        Shape `(batch..., items, dim)`; with `return_attention_scores=True` also the gates,
        `(batch..., items, 1 or dim)`.

    Example:

    >>> keras.ops.shape(SaliencyGate()(keras.ops.ones((2, 5, 8))))
    (2, 5, 8)

    Reference:
        [Dauphin et al., 2016](https://arxiv.org/abs/1612.08083), equation 1, with the items
        themselves in the place of their linear map.
    """

    def __init__(self, per_feature=False, **kwargs):
        super().__init__(**kwargs)
        self.per_feature = per_feature

    def build(self, input_shape):
        units = input_shape[-1] if self.per_feature else 1
        self.gate = keras.layers.Dense(
            units, activation="sigmoid", dtype=self.dtype_policy, name="gate"
        )
        self.gate.build(input_shape)

    def call(self, inputs, mask=None, return_attention_scores=False):
        gates = self._zero_masked(self.gate(inputs), mask)
        gated = self._zero_masked(inputs, mask) * gates
        return (gated, gates) if return_attention_scores else gated

    def compute_output_spec(self, inputs, mask=None, return_attention_scores=False):
        shapes = [
            inputs.shape,
            (*inputs.shape[:-1], inputs.shape[-1] * self.per_feature or 1),
        ]
        gated, gates = (keras.KerasTensor(s, dtype=self.compute_dtype) for s in shapes)
        return (gated, gates) if return_attention_scores else gated

    def get_config(self):
        return {**super().get_config(), "per_feature": self.per_feature}


@keras.saving.register_keras_serializable(package="keras_memory")
class KWinners(Saliency):
    """Winners take all: each feature stays in the k items where it is largest, else 0.

    Items whose value equals the k-th largest all stay.

    Args:
        k: How many items win, at most as many as there are.

    Call arguments:
        inputs: Shape `(batch..., items, dim)`.
        mask: Booleans of shape `(batch..., items)`; masked items cannot win.

    Returns:
        Shape `(batch..., items, dim)`.

    Raises:
        ValueError: `k` is not a positive integer, or more than the items.

    Example:

    >>> KWinners(k=1)(keras.ops.array([[[1.0, 4.0], [3.0, 2.0]]])).numpy().tolist()
    [[[0.0, 4.0], [3.0, 0.0]]]

    Reference:
        [Makhzani & Frey, 2015](https://arxiv.org/abs/1409.2752), section 2, over the items of
        a sequence.
    """

    def __init__(self, k, **kwargs):
        super().__init__(**kwargs)
        check_positive("k", k)
        self.k = k

    def build(self, input_shape):
        items = input_shape[-2]
        if items is not None and self.k > items:
            raise ValueError(
                f"Expected at least k={self.k} items for {self.name}. Received: inputs "
                f"{tuple(input_shape)}"
            )

    def call(self, inputs, mask=None):
        values, largest = self._largest(inputs, mask)
        kth = ops.min(largest, axis=-1)[..., None, :]
        return self._zero_masked(ops.where(values >= kth, inputs, 0), mask)

    def _largest(self, inputs, mask):
        """The values, masked ones far below all others, and each feature's k largest."""
        values = widen(inputs)
        if mask is not None:
            values = ops.where(mask[..., None], values, LOWEST)
        return values, ops.top_k(ops.swapaxes(values, -1, -2), self.k)[0]

    def compute_output_shape(self, input_shape):
        return tuple(input_shape)

    def get_config(self):
        return {**super().get_config(), "k": self.k}


@keras.saving.register_keras_serializable(package="keras_memory")
class WinnerTakeAllPooling(KWinners):
    """The mean of each feature's k largest values over the items; the largest for k = 1.

    Where fewer than k items are not masked, the mean of those; where none is, 0.

    Args:
        k: How many items win, at most as many as there are.

    Call arguments:
        inputs: Shape `(batch..., items, dim)`.
        mask: Booleans of shape `(batch..., items)`; masked items cannot win.

    Returns:
        Shape `(batch..., dim)`.

    Raises:
        ValueError: `k` is not a positive integer, or more than the items.

    Example:

    >>> WinnerTakeAllPooling()(keras.ops.array([[[1.0, 4.0], [3.0, 2.0]]])).numpy().tolist()
    [[3.0, 4.0]]
    """

    def __init__(self, k=1, **kwargs):
        super().__init__(k, **kwargs)

    def call(self, inputs, mask=None):
        _, largest = self._largest(inputs, mask)
        real = largest > LOWEST / 2
        count = ops.maximum(ops.sum(ops.cast(real, largest.dtype), axis=-1), 1)
        pooled = ops.sum(ops.where(real, largest, 0), axis=-1) / count
        return ops.cast(pooled, self.compute_dtype)

    def compute_mask(self, inputs, previous_mask=None):
        """Of the sequences: which have any item."""
        return None if previous_mask is None else ops.any(previous_mask, axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-2], input_shape[-1])
