"""One step of a transformer: each position attends to all, and is then changed by itself."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..attention.multi_head import MultiHeadAttention
from ..layer import Layer
from ..masks import check_broadcasts, zero_masked
from ..sublayers import build_sublayer
from ..validation import check_fraction, check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class TransformerStep(Layer):
    """Self-attention and a transition, each with a residual and a normalisation after it.

    a = LayerNorm(x + MultiHead(x, x, x));  y = LayerNorm(a + W_2 ReLU(W_1 a + b_1) + b_2)

    A universal transformer repeats it with the same weights: see `AdaptiveHalting`.

    Args:
        num_heads: Heads of the attention, which divide the width of the vectors.
        hidden_dim: Units of the transition.
        dropout: Fraction of what attention and transition add that is dropped in training.
        seed: Of the dropout.

    Call arguments:
        vectors: x, shape `(batch, positions, dim)`.
        mask: Booleans of shape `(batch, positions)`; `True` may be attended to.
        training: Whether to drop.

    Returns:
        `(vectors, attention)`: y, of the shape of x, zeros where masked, and the weights,
        `(batch, heads, positions, positions)`, zeros of and for what is masked.

    Raises:
        ValueError: A size is not a positive integer, or the heads do not divide the width.

    Cost:
        n² d for n positions of width d; and n d (4 d + 2 hidden_dim).

    Example:

    >>> step = TransformerStep(num_heads=2, hidden_dim=16)
    >>> vectors, attention = step(keras.ops.ones((3, 5, 8)))
    >>> keras.ops.shape(vectors), keras.ops.shape(attention)
    ((3, 5, 8), (3, 2, 5, 5))

    Reference:
        [Dehghani et al., 2018](https://arxiv.org/abs/1807.03819), section 2.1, and [Vaswani
        et al., 2017](https://arxiv.org/abs/1706.03762), section 3.1.
    """

    def __init__(
        self,
        num_heads: int,
        hidden_dim: int,
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("num_heads", num_heads)
        check_positive("hidden_dim", hidden_dim)
        check_fraction("dropout", dropout)
        self.num_heads = num_heads
        self.hidden_dim = hidden_dim
        self.dropout = dropout
        self.seed = seed
        self.drop = keras.layers.Dropout(dropout, seed=seed, dtype=self.dtype_policy)
        self.supports_masking = True

    def build(self, vectors_shape):
        dim = vectors_shape[-1]
        if dim % self.num_heads:
            raise ValueError(
                f"Expected a width that num_heads={self.num_heads} divides for {self.name}. "
                f"Received: {tuple(vectors_shape)}"
            )

        def built(layer, *shapes):
            build_sublayer(self, layer, *shapes)
            return layer

        options = {"dtype": self.dtype_policy}
        attention = MultiHeadAttention(self.num_heads, dim // self.num_heads, **options)
        self.attention = built(attention, vectors_shape, vectors_shape)
        hidden = keras.layers.Dense(self.hidden_dim, activation="relu", **options)
        self.hidden = built(hidden, vectors_shape)  # W_1, b_1
        self.transition = built(  # W_2, b_2
            keras.layers.Dense(dim, **options), (*vectors_shape[:-1], self.hidden_dim)
        )
        self.norms = [
            built(keras.layers.LayerNormalization(epsilon=1e-6, **options), vectors_shape)
            for _ in range(2)
        ]

    def call(self, vectors, mask=None, training=False):
        if mask is not None:
            check_broadcasts("mask", mask, vectors.shape[:-1])
        vectors = zero_masked(vectors, mask)
        read, weights = self.attention(
            vectors,
            vectors,
            query_mask=mask,
            value_mask=mask,
            return_attention_scores=True,
        )
        after_attention, after_transition = self.norms
        a = after_attention(vectors + self.drop(read, training=training))
        changed = self.transition(self.hidden(a))
        y = after_transition(a + self.drop(changed, training=training))
        return zero_masked(ops.cast(y, self.compute_dtype), mask), weights

    def compute_mask(self, vectors, previous_mask=None):
        """None: padding is zeros."""

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "hidden_dim": self.hidden_dim,
            "dropout": self.dropout,
            "seed": self.seed,
        }
