"""Bottom-up saliency: gates and winners-take-all, which need no query."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..masks import (
    LOWEST,
    any_item,
    check_mask,
    k_largest,
    kth_largest,
    mask_scores,
    zero_masked,
)
from ..precision import widen
from ..sublayers import build_sublayer
from ..validation import check_positive


class Saliency(Layer):
    """A layer over the items of a sequence, with an item mask."""

    def __init__(self, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    @staticmethod
    def _zero_masked(values, mask):
        if mask is not None:
            check_mask("mask", mask, values.shape[:-1])
        return zero_masked(values, mask)


@keras.saving.register_keras_serializable(package="keras_memory")
class SaliencyGate(Saliency):
    """Each item times a learned gate, its saliency: g_i x_i, g_i = sigmoid(W x_i + b).

    Args:
        per_feature: Whether every feature has a gate of its own; one an item otherwise.

    Call arguments:
        inputs: Shape `(batch..., items, dim)`.
        mask: Booleans of shape `(batch..., items)`; masked items become 0.
        return_attention_scores: Whether to return the gates, too.

    Returns:
        Shape `(batch..., items, dim)`; with `return_attention_scores=True` also the gates,
        `(batch..., items, 1 or dim)`.

    Cost:
        m d; m d² per feature.

    Example:

    >>> keras.ops.shape(SaliencyGate()(keras.ops.ones((2, 5, 8))))
    (2, 5, 8)

    Reference:
        [Dauphin et al., 2016](https://arxiv.org/abs/1612.08083), equation 1, with the items
        themselves in the place of their projection.
    """

    def __init__(self, per_feature: bool = False, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.per_feature = per_feature

    def build(self, input_shape):
        units = input_shape[-1] if self.per_feature else 1
        self.gate = keras.layers.Dense(
            units, activation="sigmoid", dtype=self.dtype_policy, name="gate"
        )
        build_sublayer(self, self.gate, input_shape)

    def call(self, inputs, mask=None, return_attention_scores=False):
        inputs = self._zero_masked(inputs, mask)
        gates = self._zero_masked(self.gate(inputs), mask)
        gated = inputs * gates
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

    Cost:
        m d log k.

    Example:

    >>> KWinners(k=1)(keras.ops.array([[[1.0, 4.0], [3.0, 2.0]]])).numpy().tolist()
    [[[0.0, 4.0], [3.0, 0.0]]]

    Reference:
        [Makhzani & Frey, 2015](https://arxiv.org/abs/1409.2752), section 2, over the items of
        a sequence.
    """

    def __init__(self, k: int, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_positive("k", k)
        self.k = k

    def call(self, inputs, mask=None):
        if 0 in tuple(inputs.shape):
            return inputs
        values = self._by_feature(inputs, mask)
        wins = ops.swapaxes(values >= kth_largest(values, self.k), -1, -2)
        return self._zero_masked(ops.where(wins, inputs, 0), mask)

    @staticmethod
    def _by_feature(inputs, mask):
        """A row of values for each feature, those of masked items far below all others."""
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:-1])
            mask = ops.cast(mask, "bool")[..., None]
        return ops.swapaxes(mask_scores(widen(inputs), mask), -1, -2)

    def get_config(self):
        return {**super().get_config(), "k": self.k}


@keras.saving.register_keras_serializable(package="keras_memory")
class WinnerTakeAllPooling(KWinners):
    """The mean of each feature's k largest values over the items; the largest for k = 1.

    What `keras.layers.GlobalMaxPooling1D` is for k = 1, with masks and any leading axes.
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

    Cost:
        m d log k.

    Reference:
        [Kalchbrenner et al., 2014](https://arxiv.org/abs/1404.2188), section 3.2, keeps the k
        largest in their order; here, their mean.

    Example:

    >>> WinnerTakeAllPooling()(keras.ops.array([[[1.0, 4.0], [3.0, 2.0]]])).numpy().tolist()
    [[3.0, 4.0]]
    """

    def __init__(self, k: int = 1, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(k, **kwargs)

    def call(self, inputs, mask=None):
        largest = k_largest(self._by_feature(inputs, mask), self.k)
        real = largest > LOWEST / 2
        count = ops.maximum(ops.sum(ops.cast(real, largest.dtype), axis=-1), 1)
        pooled = ops.sum(ops.where(real, largest, 0), axis=-1) / count
        return ops.cast(pooled, self.compute_dtype)

    def compute_mask(self, inputs, previous_mask=None):
        return any_item(previous_mask)
