"""Hopfield retrieval in several learned projections at once.

`HopfieldAssociation` attends from one set to another, `HopfieldPooling` from learned cues to
a set, and `HopfieldLookup` from a set to learned patterns.
"""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import (
    HopfieldHeadOptions,
    HopfieldOptions,
    LayerOptions,
    ScoreLike,
    SelectionLike,
    Shape,
    Tensor,
)
from ..attention.attention import read_unmasked
from ..attention.multi_head import Heads
from ..masks import check_mask, zero_masked
from ..validation import check_positive
from .hopfield_attention import IteratedAttention, add_log_beta, check_beta, sharpened


class HopfieldHeads(Heads):
    """Heads with a β each, in which cues are updated among patterns before they read.

    A subclass writes `build`, which calls `build_heads`, and `call`, which calls `reader`.

    Args:
        num_heads: How many heads.
        key_dim: Width of the space of a head.
        value_dim: Width of a head's values; `key_dim` if absent.
        output_dim: Width of the result; that of the query if absent.
        use_bias: Whether the projections have biases.
        beta: As for `HopfieldAttention`.
        learn_beta: As for `HopfieldAttention`.
        updates: As for `HopfieldAttention`.
        tolerance: As for `HopfieldAttention`.
        score: As for `HopfieldAttention`.
        selection: As for `Attention`.
        dropout: As for `Attention`.
        seed: As for `Attention`.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        output_dim: int | None = None,
        use_bias: bool = True,
        beta: float | None = None,
        learn_beta: bool = False,
        updates: int = 1,
        tolerance: float = 0.0,
        score: ScoreLike = "dot",
        selection: SelectionLike = "softmax",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        attention = IteratedAttention(
            updates,
            tolerance,
            self.scale,  # β is a variable of this layer
            score=score,
            selection=selection,
            dropout=dropout,
            seed=seed,
            name="attention",
            dtype=kwargs.get("dtype"),
        )
        super().__init__(
            attention, num_heads, key_dim, value_dim, output_dim, use_bias, **kwargs
        )
        check_beta(beta)
        self.beta = beta
        self.learn_beta = learn_beta

    def build_heads(self, query_shape: Shape, value_shape: Shape, key_shape: Shape) -> None:
        super().build_heads(query_shape, value_shape, key_shape)
        self.log_beta = add_log_beta(self, (self.num_heads, 1, 1), self.key_dim)

    def scale(self, scores: Tensor) -> Tensor:
        return sharpened(scores, self.log_beta)

    def get_config(self):
        return {
            **super().get_config(),
            "beta": self.beta,
            "learn_beta": self.learn_beta,
            "updates": self._attention.updates,
            "tolerance": self._attention.tolerance,
        }


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldAssociation(HopfieldHeads):
    """Multi-head Hopfield retrieval, with learned projections, from one set to another.

    Cues W^q query are updated among patterns W^k key, and read W^v value: it is
    `MultiHeadAttention` with one update and β = 1/√key_dim. Each head has a β.

    Args:
        num_heads: How many heads.
        key_dim: Width of the space of a head.
        value_dim: Width of a head's values; `key_dim` if absent.
        output_dim: Width of the result; that of the query if absent.
        use_bias: Whether the projections have biases.
        **hopfield: `beta`, `learn_beta`, `updates`, `tolerance`, `score`, `selection`,
            `dropout` and `seed`, as for `HopfieldAttention`.

    Call arguments:
        As for `MultiHeadAttention`.

    Returns:
        As for `MultiHeadAttention`.

    Raises:
        ValueError: As for `MultiHeadAttention` and `HopfieldAttention`.

    Cost:
        That of `MultiHeadAttention`, with `updates` times the products.

    Example:

    >>> x = keras.ops.ones((2, 5, 8))
    >>> keras.ops.shape(HopfieldAssociation(num_heads=2, key_dim=4, updates=3)(x, x))
    (2, 5, 8)

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), the layer `Hopfield`.
        Theirs normalises its inputs, which `keras.layers.LayerNormalization` does.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        score: ScoreLike = "dot",
        **arguments: Unpack[HopfieldOptions],
    ) -> None:
        super().__init__(num_heads, key_dim, score=score, **arguments)

    def build(self, query_shape, value_shape, key_shape=None):
        self.build_heads(query_shape, value_shape, key_shape or value_shape)

    call = read_unmasked


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldPooling(HopfieldHeads):
    """Pooling of a set by learned cues, which retrieve from its items.

    Args:
        num_heads: How many heads.
        key_dim: Width of the space of a head.
        quantity: How many cues are learned.
        **arguments: As for `HopfieldAssociation`.

    Call arguments:
        inputs: Shape `(batch, items, dim)`.
        mask: Booleans of shape `(batch, items)`.
        return_attention_scores: Whether to return the weights, too.
        training: Whether to drop as in training.

    Returns:
        Shape `(batch, quantity · output_dim)`; with `return_attention_scores=True` also the
        weights, `(batch, heads, quantity, items)`.

    Raises:
        ValueError: As for `HopfieldAssociation`, or `quantity` is not a positive integer.

    Cost:
        quantity times m items times d, times `updates`.

    Example:

    >>> keras.ops.shape(HopfieldPooling(num_heads=2, key_dim=4)(keras.ops.ones((2, 5, 8))))
    (2, 8)

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), its `HopfieldPooling`.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        quantity: int = 1,
        **arguments: Unpack[HopfieldHeadOptions],
    ) -> None:
        super().__init__(num_heads, key_dim, **arguments)
        check_positive("quantity", quantity)
        self.quantity = quantity

    def build(self, inputs_shape):
        batch, _, dim = inputs_shape
        self.build_heads((batch, self.quantity, dim), inputs_shape, inputs_shape)
        self.cues = self.add_weight(
            shape=(self.quantity, dim), initializer="glorot_uniform", name="cues"
        )

    def call(self, inputs, mask=None, return_attention_scores=False, training=False):
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:2])
        inputs = zero_masked(inputs, mask)
        mask = None if mask is None else ops.cast(mask, "bool")[:, None]
        cues = ops.cast(self.cues, self.compute_dtype)[None]  # the same for every set
        read, weights = self.reader(inputs, inputs, mask, training)(cues)
        read = ops.reshape(read, (-1, self.quantity * read.shape[-1]))
        return (read, weights) if return_attention_scores else read

    def compute_mask(self, inputs, previous_mask=None):
        """None: the result has no axis of items."""

    def get_config(self):
        return {**super().get_config(), "quantity": self.quantity}


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldLookup(HopfieldHeads):
    """Retrieval from learned patterns and their values, by similarity to each item.

    Args:
        num_heads: How many heads.
        key_dim: Width of the space of a head.
        slots: How many patterns are learned, and values with them.
        **arguments: As for `HopfieldAssociation`.

    Call arguments:
        inputs: Cues, shape `(batch, items, dim)`.
        return_attention_scores: Whether to return the weights, too.
        training: Whether to drop as in training.

    Returns:
        Shape `(batch, items, output_dim)`; with `return_attention_scores=True` also the
        weights, `(batch, heads, items, slots)`.

    Raises:
        ValueError: As for `HopfieldAssociation`, or `slots` is not a positive integer.

    Cost:
        n items times `slots` times d, times `updates`.

    Example:

    >>> lookup = HopfieldLookup(num_heads=2, key_dim=4, slots=7)
    >>> keras.ops.shape(lookup(keras.ops.ones((2, 5, 8))))
    (2, 5, 8)

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), the layer `HopfieldLayer`.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        slots: int,
        **arguments: Unpack[HopfieldHeadOptions],
    ) -> None:
        super().__init__(num_heads, key_dim, **arguments)
        check_positive("slots", slots)
        self.slots = slots

    def build(self, inputs_shape):
        batch, _, dim = inputs_shape
        table = (batch, self.slots, dim)
        self.build_heads(inputs_shape, table, table)
        self.patterns, self.values = (
            self.add_weight(shape=(self.slots, dim), initializer="glorot_uniform", name=name)
            for name in ("patterns", "values")
        )

    def call(self, inputs, return_attention_scores=False, training=False):
        patterns, values = (
            ops.cast(table, self.compute_dtype)[None]  # the same for every cue
            for table in (self.patterns, self.values)
        )
        read, weights = self.reader(values, patterns, training=training)(inputs)
        return (read, weights) if return_attention_scores else read

    def get_config(self):
        return {**super().get_config(), "slots": self.slots}
