"""What reads the words of a sentence, one after the other or all at once."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.argument_types import Tensor

# One sample for all words of a sentence: as good, and sooner, as random numbers take time.
Dropout = keras.layers.SpatialDropout1D
KERNEL = 5  # words that a convolution reads at once
HEADS = 4


def recurrent(new_cell: Callable[[int], Any], both: bool = False) -> Callable[..., Any]:
    """An encoder of layers of recurrent cells, from left to right, or in both directions."""

    def encode(x, mask, units, depth, dropout):
        for number in range(depth):
            name = f"encoder_{number}"
            rnn = layers.MemoryRNN(new_cell(units), return_sequences=True, name=name)
            if both:
                rnn = keras.layers.Bidirectional(rnn, name=name)
            x = Dropout(dropout)(rnn(x, mask=mask))
        return x

    return encode


def self_attention(x: Tensor, mask: Tensor, units: int, depth: int, dropout: float) -> Tensor:
    """Layers of self-attention and a network for each word, each added to what came in."""
    x = keras.layers.Dense(units, name="projection")(x)
    x = Dropout(dropout)(x + positions(x))
    for number in range(depth):
        read = keras.layers.LayerNormalization()(x)
        attention = layers.MultiHeadAttention(
            HEADS, units // HEADS, name=f"attention_{number}"
        )
        x = x + Dropout(dropout)(attention(read, read, value_mask=mask))
        hidden = keras.layers.LayerNormalization()(x)
        hidden = keras.layers.Dense(2 * units, activation="relu")(hidden)
        hidden = Dropout(dropout)(hidden)
        x = x + Dropout(dropout)(keras.layers.Dense(units)(hidden))
    return keras.layers.LayerNormalization()(x)


def positions(x: Tensor) -> Tensor:
    """Sines and cosines of the number of each item, of the shape of x `(batch, items, dim)`.

    Of [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762), section 3.5.
    """
    dim = x.shape[-1]
    number = ops.cumsum(ops.ones_like(x), axis=1) - 1
    pair = ops.arange(dim) // 2 * 2
    angle = number / ops.cast(ops.power(10_000.0, pair / dim), x.dtype)
    return ops.where(ops.arange(dim) % 2 == 0, ops.sin(angle), ops.cos(angle))


def convolution(x: Tensor, mask: Tensor, units: int, depth: int, dropout: float) -> Tensor:
    """Layers of convolutions over the words."""
    for _ in range(depth):
        x = ops.where(mask[..., None], x, 0.0)
        x = keras.layers.Conv1D(units, KERNEL, padding="same", activation="relu")(x)
        x = Dropout(dropout)(x)
    return x


ENCODERS = {
    "elman": recurrent(layers.ElmanCell),
    "lstm": recurrent(keras.layers.LSTMCell),
    "gru": recurrent(keras.layers.GRUCell),
    "bidirectional": recurrent(keras.layers.LSTMCell, both=True),
    "self_attention": self_attention,
    "conv": convolution,
}
