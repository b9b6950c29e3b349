"""Multi-head attention: attention in several learned projections at once."""

import inspect
from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Reader, ScoreLike, SelectionLike, Shape, Tensor
from ..sublayers import build_sublayer
from ..validation import check_positive, check_same_batch
from .attention import check_has_reader, read_unmasked
from .holder import AttentionHolder, HeldAttention

# The arguments of an attention that is made of them.
OF_AN_ATTENTION = ("score", "selection", "dropout", "seed")


class Heads(AttentionHolder):
    """Learned projections to several heads, an attention in all of them, and one back.

    A subclass writes `build`, which calls `build_heads`, and `call`, which calls `reader`.

    Args:
        attention: The attention of the heads, with a `reader`.
        num_heads: How many heads.
        key_dim: Width of a head's queries and keys.
        value_dim: Width of a head's values; `key_dim` if absent.
        output_dim: Width of the result; that of the query if absent.
        use_bias: Whether the projections have biases.
    """

    def __init__(
        self,
        attention: keras.layers.Layer,
        num_heads: int,
        key_dim: int,
        value_dim: int | None,
        output_dim: int | None,
        use_bias: bool,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(attention, **kwargs)
        check_positive("num_heads", num_heads)
        check_positive("key_dim", key_dim)
        for name, size in (("value_dim", value_dim), ("output_dim", output_dim)):
            if size is not None:
                check_positive(name, size)
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim = value_dim or key_dim
        self.output_dim = output_dim
        self.use_bias = use_bias

    def build_heads(self, query_shape: Shape, value_shape: Shape, key_shape: Shape) -> None:
        check_same_batch(self.name, query_shape, value_shape, key_shape, rank=3)
        batch, queries, width = query_shape
        heads, keys, key_dim = self.num_heads, key_shape[-2], self.key_dim
        self.query_dense = self._projection(HeadsDense, query_shape, key_dim)  # W^q
        # With the steps first, since most scores transpose the keys once more.
        self.key_dense = self._projection(keras.layers.EinsumDense, key_shape, key_dim)  # W^k
        self.value_dense = self._projection(HeadsDense, value_shape, self.value_dim)  # W^v
        self.output_dense = keras.layers.EinsumDense(  # W^o
            "bthd,hdo->bto",
            output_shape=(None, self.output_dim or width),
            bias_axes="o" if self.use_bias else None,
            dtype=self.dtype_policy,
            name="output",
        )
        build_sublayer(self, self.output_dense, (batch, queries, heads, self.value_dim))
        build_sublayer(
            self,
            self._attention,
            (batch, heads, queries, key_dim),
            (batch, heads, keys, self.value_dim),
            (batch, heads, keys, key_dim),
        )

    def _projection(self, layer, shape, size):
        dense = layer(
            "btc,chd->bthd",
            output_shape=(None, self.num_heads, size),
            bias_axes="hd" if self.use_bias else None,
            dtype=self.dtype_policy,
        )
        dense.supports_masking = True  # the masks are applied by the attention
        build_sublayer(self, dense, shape)
        return dense

    def reader(
        self, value: Tensor, key: Tensor, mask: Tensor | None = None, training: bool = False
    ) -> Reader:
        """A function from queries to what all heads read, and their weights."""
        if mask is not None and len(mask.shape) < 4:
            mask = ops.expand_dims(mask, -3)  # the same for every head
        key = ops.swapaxes(self.key_dense(key), 1, 2)
        read_heads = self._attention.reader(self.value_dense(value), key, mask, training)

        def read(query):
            heads, weights = read_heads(self.query_dense(query))
            return self.output_dense(ops.swapaxes(heads, 1, 2)), weights

        return read

    def get_config(self):
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_dim": self.output_dim,
            "use_bias": self.use_bias,
        }


@keras.saving.register_keras_serializable(package="keras_memory")
class MultiHeadAttention(Heads):
    """Multi-head attention with learned projections of queries, keys and values.

    head_h = attention(W^q_h query, W^v_h value, W^k_h key);  output = W^o [head_1 ...]

    The heads share the weights of their score, if it has any. A query that may attend to
    nothing reads zeros, which the output projection turns into its bias, as in Keras.

    Args:
        num_heads: How many heads.
        key_dim: Width of a head's queries and keys.
        value_dim: Width of a head's values; `key_dim` if absent.
        output_dim: Width of the result; that of the query if absent.
        use_bias: Whether the projections have biases.
        attention: The attention of the heads, as `HopfieldAttention(updates=3)`; absent, an
            `Attention` of the arguments below, which are its own if it is given.
        score: As for `Attention`.
        selection: As for `Attention`.
        dropout: As for `Attention`.
        seed: As for `Attention`.

    Call arguments:
        As for `Attention`, with one batch axis.

    Returns:
        Shape `(batch, queries, output_dim)`; with `return_attention_scores=True` also the
        weights, `(batch, heads, queries, keys)`.

    Raises:
        ValueError: As for `Attention`, a size is not a positive integer, `attention` is not
            an attention, or a score, selection, dropout or seed is given beside it.

    Cost:
        As `Attention`, over all heads; and (n + m) d² for the projections.

    Example:

    >>> x = keras.ops.ones((2, 5, 8))
    >>> keras.ops.shape(MultiHeadAttention(num_heads=2, key_dim=4)(x, x))
    (2, 5, 8)

    Reference:
        [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), section 3.2.2. With scaled
        dot scores and soft-max it computes what `keras.layers.MultiHeadAttention` does, given
        its weights; any other score, selection and attention is what it adds.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        output_dim: int | None = None,
        use_bias: bool = True,
        attention: keras.layers.Layer | None = None,
        score: ScoreLike = "scaled_dot",
        selection: SelectionLike = "softmax",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        self._is_given = attention is not None
        if not self._is_given:
            attention = HeldAttention(score, selection, dropout, seed, kwargs.get("dtype"))
        else:
            _check_none_given(score=score, selection=selection, dropout=dropout, seed=seed)
            if isinstance(attention, dict):
                attention = keras.saving.deserialize_keras_object(attention)
        check_has_reader(attention)
        super().__init__(
            attention, num_heads, key_dim, value_dim, output_dim, use_bias, **kwargs
        )

    def build(self, query_shape, value_shape, key_shape=None):
        self.build_heads(query_shape, value_shape, key_shape or value_shape)

    call = read_unmasked

    def get_config(self):
        config = super().get_config()
        if not self._is_given:
            return {**config, "attention": None}
        attention = keras.saving.serialize_keras_object(self._attention)
        own = {name: value for name, value in config.items() if name not in OF_AN_ATTENTION}
        return {**own, "attention": attention}


def _check_none_given(**arguments):
    """Raise a `ValueError` unless all are as they are by default."""
    signature = inspect.signature(MultiHeadAttention).parameters
    for name, value in arguments.items():
        if value != signature[name].default:
            raise ValueError(
                f"Expected {', '.join(arguments)} of the attention that is given. Received: "
                f"{name}={value!r} beside attention"
            )


class HeadsDense(keras.layers.EinsumDense):
    """A dense projection to heads, `(batch, heads, steps, dim)`, with Keras's weight shapes.

    Its product puts the heads where they are wanted, without the copy of a transposition.
    """

    def call(self, inputs):
        heads = ops.einsum("btc,chd->bhtd", inputs, self.kernel)
        return heads if self.bias is None else heads + self.bias[:, None]

    def compute_output_shape(self, input_shape):
        batch, steps, heads, dim = super().compute_output_shape(input_shape)
        return batch, heads, steps, dim
