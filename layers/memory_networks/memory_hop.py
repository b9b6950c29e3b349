"""A hop of a memory network: its state is updated by what it reads from a memory."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import (
    ActivationLike,
    InitializerLike,
    LayerOptions,
    ScoreLike,
    SelectionLike,
)
from ..attention.holder import AttentionHolder, HeldAttention
from ..masks import join_masks, zero_masked
from ..sublayers import build_sublayer


@keras.saving.register_keras_serializable(package="keras_memory")
class MemoryHop(AttentionHolder):
    """A hop over a memory, which updates the state u: u' = f(H u + o), o = Σ_i w_i c_i.

    w = selection(score(u, m)), over the slots of a memory, each with an input vector m_i, its
    key, and an output vector c_i, its value. One layer after the other makes a memory network
    with adjacent tying; one layer that is called for every hop, with a projection H, makes
    one with layer-wise tying.

    Args:
        score: As for `Attention`.
        selection: As for `Attention`.
        mapped: Whether the state is projected by H; else H is the identity.
        activation: f, a name or a function; linear if absent.
        kernel_initializer: Of H; normal with a deviation of 0.1 if absent.
        dropout: As for `Attention`.
        seed: As for `Attention`.

    Call arguments:
        query: u, shape `(batch..., dim)`.
        value: c, shape `(batch..., slots, dim)`.
        key: m, shape `(batch..., slots, dim)`; the values if absent.
        value_mask: Booleans of shape `(batch..., slots)`; `True` may be read.
        return_attention_scores: Whether to return the weights, too.
        training: Whether to sample and to drop as in training.

    Returns:
        u', shape `(batch..., dim)`; with `return_attention_scores=True` also w,
        `(batch..., slots)`.

    Raises:
        ValueError: As for `Attention`, or state and values differ in width.

    Cost:
        m d for m slots of width d, twice.

    Example:

    >>> u, c, m = (keras.ops.ones(shape) for shape in ((2, 8), (2, 5, 8), (2, 5, 8)))
    >>> keras.ops.shape(MemoryHop()(u, c, m))
    (2, 8)

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), section 2, where the
        score is the dot product and the selection soft-max.
    """

    def __init__(
        self,
        score: ScoreLike = "dot",
        selection: SelectionLike = "softmax",
        mapped: bool = False,
        activation: ActivationLike | None = None,
        kernel_initializer: InitializerLike | None = None,
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        attention = HeldAttention(score, selection, dropout, seed, kwargs.get("dtype"))
        super().__init__(attention, **kwargs)
        self.mapped = mapped
        self.kernel_initializer = keras.initializers.get(
            kernel_initializer or keras.initializers.RandomNormal(stddev=0.1)
        )
        self.activation = keras.activations.get(activation)

    def build(self, query_shape, value_shape, key_shape=None):
        dim = query_shape[-1]
        if dim != value_shape[-1]:
            raise ValueError(
                f"Expected state and values of the same width for {self.name}. Received: "
                f"query {tuple(query_shape)}, value {tuple(value_shape)}"
            )
        build_sublayer(
            self, self._attention, (*query_shape[:-1], 1, dim), value_shape, key_shape
        )
        if self.mapped:
            self.kernel = self.add_weight(  # H
                shape=(dim, dim),
                initializer=self.kernel_initializer,
                name="kernel",
            )

    def call(
        self,
        query,
        value,
        key=None,
        value_mask=None,
        return_attention_scores=False,
        training=False,
    ):
        key = value if key is None else key
        queries = query[..., None, :]
        mask = join_masks(queries, key, value_mask=value_mask)
        value, key = (zero_masked(x, value_mask) for x in (value, key))
        read, weights = self._attention.reader(value, key, mask, training)(queries)  # o, w
        projected = query  # H u
        if self.mapped:
            projected = ops.matmul(query, ops.cast(self.kernel, self.compute_dtype))
        state = self.activation(projected + read[..., 0, :])
        return (state, weights[..., 0, :]) if return_attention_scores else state

    def get_config(self):
        return {
            **super().get_config(),
            "mapped": self.mapped,
            "activation": keras.activations.serialize(self.activation),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
