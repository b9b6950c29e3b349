"""Multi-head attention: attention in several learned projections at once."""

import keras
from keras import ops

from ..sublayers import build_once
from ..validation import check_positive, check_same_batch
from .attention import Attention


@keras.saving.register_keras_serializable(package="keras_memory")
class MultiHeadAttention(Attention):
    """Several attentions side by side, each on maps of its own, their results joined.

    head_h = attention(W^q_h query, W^v_h value, W^k_h key);  output = W^o [head_1 ...]

    The heads share the weights of their score, if it has any. A query that may attend to
    nothing reads zeros, of which the last map makes its bias, as in Keras.

    Args:
        num_heads: How many heads.
        key_dim: Width of a head's queries and keys.
        value_dim: Width of a head's values; `key_dim` if absent.
        output_dim: Width of the result; that of the query if absent.
        use_bias: Whether the maps have biases.
        **attention: `score`, `selection`, `dropout` and `seed`, as for `Attention`.

    Call arguments:
        As for `Attention`, with one batch axis.

    Returns:
        Shape `(batch, queries, output_dim)`; with `return_attention_scores=True` also the
        weights, `(batch, heads, queries, keys)`.

    Raises:
        ValueError: As for `Attention`, or a size is not a positive integer.

    Example:

    >>> x = keras.ops.ones((2, 5, 8))
    >>> keras.ops.shape(MultiHeadAttention(num_heads=2, key_dim=4)(x, x))
    (2, 5, 8)

    Reference:
        [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), section 3.2.2. With scaled
        dot scores and soft-max it computes what `keras.layers.MultiHeadAttention` does, given
        its weights; any other score and selection is what it adds.
    """

    def __init__(
        self, num_heads, key_dim, value_dim=None, output_dim=None, use_bias=True, **attention
    ):
        super().__init__(**attention)
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

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = key_shape or value_shape
        check_same_batch(self.name, query_shape, value_shape, key_shape, rank=3)
        batch, queries, width = query_shape
        heads, keys = self.num_heads, key_shape[-2]
        self.query_dense = self._heads_of(HeadsDense, query_shape, self.key_dim)  # W^q
        self.key_dense = self._heads_of(
            keras.layers.EinsumDense, key_shape, self.key_dim
        )  # W^k
        self.value_dense = self._heads_of(HeadsDense, value_shape, self.value_dim)  # W^v
        self.output_dense = keras.layers.EinsumDense(  # W^o
            "bthd,hdo->bto",
            output_shape=(None, self.output_dim or width),
            bias_axes="o" if self.use_bias else None,
            dtype=self.dtype_policy,
            name="output",
        )
        self.output_dense.build((batch, queries, heads, self.value_dim))
        query_shape = (batch, heads, queries, self.key_dim)
        build_once(self.score, query_shape, (batch, heads, keys, self.key_dim))
        build_once(self.selection, (batch, heads, queries, keys))

    def _heads_of(self, layer, shape, size):
        dense = layer(
            "btc,chd->bthd",
            output_shape=(None, self.num_heads, size),
            bias_axes="hd" if self.use_bias else None,
            dtype=self.dtype_policy,
        )
        dense.supports_masking = True  # which this layer sees to
        dense.build(shape)
        return dense

    def reader(self, value, key, mask=None, training=False):
        if mask is not None:
            mask = ops.expand_dims(mask, -3)  # the same for every head
        key = ops.swapaxes(self.key_dense(key), 1, 2)  # which most scores turn once more
        head = super().reader(self.value_dense(value), key, mask, training)

        def read(query):
            result, weights = head(self.query_dense(query))
            return self.output_dense(ops.swapaxes(result, 1, 2)), weights

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


class HeadsDense(keras.layers.EinsumDense):
    """A dense map to heads, `(batch, heads, steps, dim)`, with weights as Keras shapes them.

    Its product puts the heads where they are wanted, which turning them round afterwards
    would cost a copy.
    """

    def call(self, inputs):
        heads = ops.einsum("btc,chd->bhtd", inputs, self.kernel)
        return heads if self.bias is None else heads + self.bias[:, None]

    def compute_output_shape(self, input_shape):
        batch, steps, heads, dim = super().compute_output_shape(input_shape)
        return batch, heads, steps, dim
