"""Attention without a query: which items of a sequence matter?"""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, ScoreLike, SelectionLike
from ..masks import any_item, check_mask, join_masks, zero_masked
from ..sublayers import build_sublayer
from ..validation import check_positive
from .holder import AttentionHolder, HeldAttention


@keras.saving.register_keras_serializable(package="keras_memory")
class AttentionPooling(AttentionHolder):
    """A sequence read with a learned query u, the context vector: Σ_i w_i x_i.

    w = selection(score(u, x)). With the additive score that is v · tanh(U x_i + b), the
    attention of hierarchical networks: pool the words of each sentence, then the sentences.

    Args:
        units: Width of u; that of the items if absent.
        score: As for `Attention`.
        selection: As for `Attention`.
        dropout: As for `Attention`.
        seed: As for `Attention`.

    Call arguments:
        inputs: Shape `(batch..., items, dim)`.
        mask: Booleans of shape `(batch..., items)`; a sequence with none gives zeros.
        return_attention_scores: Whether to return the weights, too.
        training: Whether to sample and to drop as in training.

    Returns:
        Shape `(batch..., dim)`; with `return_attention_scores=True` also the weights,
        `(batch..., items)`.

    Raises:
        ValueError: As for `Attention`, or `inputs` has fewer than three axes.

    Cost:
        m d for m items of width d.

    Example:

    >>> words = keras.ops.ones((2, 4, 7, 8))  # batch, sentences, words, dim
    >>> keras.ops.shape(AttentionPooling()(AttentionPooling()(words)))
    (2, 8)

    Reference:
        [Yang et al., 2016](https://aclanthology.org/N16-1174), section 2.2. What is called u
        there is v here; here, u makes the bias b = W u.
    """

    def __init__(
        self,
        units: int | None = None,
        score: ScoreLike = "additive",
        selection: SelectionLike = "softmax",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        attention = HeldAttention(score, selection, dropout, seed, kwargs.get("dtype"))
        super().__init__(attention, **kwargs)
        if units is not None:
            check_positive("units", units)
        self.units = units

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                f"Expected inputs (batch, items, dim) for {self.name}. Received: "
                f"{tuple(input_shape)}"
            )
        units = self.units or input_shape[-1]
        self.context = self.add_weight(  # u
            shape=(1, units), initializer="glorot_uniform", name="context"
        )
        build_sublayer(self, self._attention, (*input_shape[:-2], 1, units), input_shape)

    def call(self, inputs, mask=None, return_attention_scores=False, training=False):
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:-1])
        inputs = zero_masked(inputs, mask)
        batch = ops.shape(inputs)[:-2]
        query = ops.broadcast_to(
            ops.cast(self.context, self.compute_dtype), (*batch, *self.context.shape)
        )
        mask = join_masks(query, inputs, value_mask=mask)
        read, weights = self._attention.reader(inputs, inputs, mask, training)(query)
        read, weights = read[..., 0, :], weights[..., 0, :]
        return (read, weights) if return_attention_scores else read

    def compute_mask(self, inputs, previous_mask=None):
        return any_item(previous_mask)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
