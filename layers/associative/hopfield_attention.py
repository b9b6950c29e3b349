"""The continuous Hopfield network is attention: stored patterns are keys, a cue is a query.

    ξ ← Σ_i w_i k_i,  w = softmax(β ξ · k),  again and again; then it reads  Σ_i w_i v_i

With one update it is attention. `HopfieldAttention` has no maps: it recalls. With maps that
are learned, `HopfieldAssociation` reads one set by another, `HopfieldPooling` a set by
queries that are learned, and `HopfieldLookup` patterns that are learned.
"""

import math

import keras
from keras import ops

from ..attention.attention import Attention
from ..attention.multi_head import MultiHeadAttention
from ..masks import check_mask
from ..validation import check_above_zero, check_not_negative, check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldAttention(Attention):
    """What cues remind of among stored patterns: ξ ← Σ_i w_i k_i, w = softmax(β ξ · k).

    Energy E = -lse(β, k ξ) + ½ ξ · ξ + ln(K) / β + ½ max|k|² never rises. The result is read
    with the weights of the last update, of values that are the patterns if none are given.
    `HopfieldAttention(beta)(cues, patterns)` is all that a retrieval takes.

    Args:
        beta: β > 0, the sharper the larger; 1/√dim if absent.
        learn_beta: Whether training changes β, which stays above 0.
        updates: How often the cue is updated, the last time by what is read.
        tolerance: A cue that an update moves less far than this is left where it is.
        score: As for `Attention`; dot products make it the network of the paper.
        **attention: `selection`, `dropout` (of the weights it reads with) and `seed`, as for
            `Attention`.

    Call arguments:
        As for `Attention`: `query` are the cues, `key` the patterns, `value` what is read.

    Returns:
        As for `Attention`.

    Raises:
        ValueError: As for `Attention`, or β is not above 0, `updates` is not a positive
            integer, or the tolerance is negative.

    Example:

    >>> patterns = keras.ops.array([[[1.0, 1, -1, -1], [1, -1, 1, -1]]])
    >>> cues = keras.ops.array([[[0.9, 0.2, 0.1, -0.8]]])
    >>> read = HopfieldAttention(beta=16.0, updates=3)(cues, patterns)
    >>> keras.ops.round(read).numpy().tolist()
    [[[1.0, 1.0, -1.0, -1.0]]]

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), equations 3 and 10.
    """

    def __init__(
        self,
        beta=None,
        learn_beta=False,
        updates=1,
        tolerance=0.0,
        score="dot",
        **attention,
    ):
        super().__init__(score=score, **attention)
        if beta is not None:
            check_above_zero("beta", beta)
        check_positive("updates", updates)
        check_not_negative("tolerance", tolerance)
        self.beta = beta
        self.learn_beta = learn_beta
        self.updates = updates
        self.tolerance = tolerance

    def build(self, query_shape, value_shape, key_shape=None):
        super().build(query_shape, value_shape, key_shape)
        self._build_beta((), query_shape[-1])

    def _build_beta(self, shape, dim):
        start = math.log(self.beta or dim**-0.5)
        self.log_beta = self.add_weight(
            shape=shape,
            initializer=keras.initializers.Constant(start),
            trainable=self.learn_beta,
            name="log_beta",
        )

    def reader(self, value, key, mask=None, training=False):
        prepared = self.score.prepare(key)

        def read(state):
            for _ in range(self.updates - 1):
                weights = self.weigh(state, prepared, mask, training)
                moved = ops.matmul(weights, key)
                if self.tolerance:
                    far = ops.norm(moved - state, axis=-1, keepdims=True) > self.tolerance
                    moved = ops.where(far, moved, state)
                state = moved  # ξ
            weights = self.weigh(state, prepared, mask, training)
            return self.read(weights, value, training), weights

        return read

    def scale(self, scores):
        """β s."""
        return ops.exp(ops.cast(self.log_beta, self.compute_dtype)) * scores

    def get_config(self):
        return {
            **super().get_config(),
            "beta": self.beta,
            "learn_beta": self.learn_beta,
            "updates": self.updates,
            "tolerance": self.tolerance,
        }


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldAssociation(MultiHeadAttention, HopfieldAttention):
    """Hopfield networks side by side, each in a space of its own, their results joined.

    Cues W^q query are updated among patterns W^k key, and read W^v value; see
    `MultiHeadAttention`, which it is with one update and β = 1/√key_dim. Each head has a β.

    Args:
        num_heads: How many heads.
        key_dim: Width of the space of a head.
        value_dim: Width of a head's values; `key_dim` if absent.
        output_dim: Width of the result; that of the query if absent.
        use_bias: Whether the maps have biases.
        **hopfield: `beta`, `learn_beta`, `updates`, `tolerance`, `score`, `selection`,
            `dropout` and `seed`, as for `HopfieldAttention`.

    Call arguments:
        As for `MultiHeadAttention`.

    Returns:
        As for `MultiHeadAttention`.

    Raises:
        ValueError: As for `MultiHeadAttention` and `HopfieldAttention`.

    Example:

    >>> x = keras.ops.ones((2, 5, 8))
    >>> keras.ops.shape(HopfieldAssociation(num_heads=2, key_dim=4, updates=3)(x, x))
    (2, 5, 8)

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), the layer `Hopfield`.
        Theirs normalises its inputs, which `keras.layers.LayerNormalization` does.
    """

    def __init__(self, num_heads, key_dim, score="dot", **arguments):
        super().__init__(num_heads, key_dim, score=score, **arguments)

    def build(self, query_shape, value_shape, key_shape=None):
        super().build(query_shape, value_shape, key_shape)
        self._build_beta((self.num_heads, 1, 1), self.key_dim)


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldPooling(HopfieldAssociation):
    """A set read with cues that are learned: what in it reminds of them.

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

    Example:

    >>> keras.ops.shape(HopfieldPooling(num_heads=2, key_dim=4)(keras.ops.ones((2, 5, 8))))
    (2, 8)

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), its `HopfieldPooling`.
    """

    def __init__(self, num_heads, key_dim, quantity=1, **arguments):
        super().__init__(num_heads, key_dim, **arguments)
        check_positive("quantity", quantity)
        self.quantity = quantity

    def build(self, inputs_shape):
        batch, _, dim = inputs_shape
        super().build((batch, self.quantity, dim), inputs_shape)
        self.cues = self.add_weight(
            shape=(self.quantity, dim), initializer="glorot_uniform", name="cues"
        )

    def call(self, inputs, mask=None, return_attention_scores=False, training=False):
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:2])
        mask = None if mask is None else ops.cast(mask, "bool")[:, None]
        cues = ops.cast(self.cues, self.compute_dtype)[None]  # the same for every set
        read, weights = self.reader(inputs, inputs, mask, training)(cues)
        read = ops.reshape(read, (-1, self.quantity * read.shape[-1]))
        return (read, weights) if return_attention_scores else read

    def compute_mask(self, inputs, previous_mask=None):
        """None: there are no items any more."""

    def get_config(self):
        return {**super().get_config(), "quantity": self.quantity}


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldLookup(HopfieldAssociation):
    """Items read from patterns that are learned: a table that is looked up by likeness.

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

    Example:

    >>> lookup = HopfieldLookup(num_heads=2, key_dim=4, slots=7)
    >>> keras.ops.shape(lookup(keras.ops.ones((2, 5, 8))))
    (2, 5, 8)

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), the layer `HopfieldLayer`.
    """

    def __init__(self, num_heads, key_dim, slots, **arguments):
        super().__init__(num_heads, key_dim, **arguments)
        check_positive("slots", slots)
        self.slots = slots

    def build(self, inputs_shape):
        batch, _, dim = inputs_shape
        table = (batch, self.slots, dim)
        super().build(inputs_shape, table, table)
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
