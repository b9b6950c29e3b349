"""Attention: values averaged by how well their keys match a query.

    scores = score(query, key)  ->  weights = selection(scores, mask)  ->  weights · value

Any score (see `scores`) goes with any selection (see `selections`). Self-attention is
`attention(x, x)`; with `use_causal_mask=True`, no step attends to a later one.
"""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Reader, ScoreLike, SelectionLike, Tensor
from ..layer import Layer
from ..masks import join_masks, zero_masked
from ..sublayers import build_sublayer
from ..validation import check_same_batch
from . import scores, selections


def read_unmasked(
    self,
    query: Tensor,
    value: Tensor,
    key: Tensor | None = None,
    query_mask: Tensor | None = None,
    value_mask: Tensor | None = None,
    key_mask: Tensor | None = None,
    attention_mask: Tensor | None = None,
    return_attention_scores: bool = False,
    training: bool = False,
    use_causal_mask: bool = False,
) -> Any:
    """The `call` of a layer that reads by its `reader`: what is masked is left out."""
    key = value if key is None else key
    mask = join_masks(
        query,
        key,
        query_mask,
        value_mask,
        key_mask,
        attention_mask,
        use_causal_mask,
        getattr(self, "num_heads", None),
    )
    query = zero_masked(query, query_mask)
    value, key = (zero_masked(x, value_mask, key_mask) for x in (value, key))
    read, weights = self.reader(value, key, mask, training)(query)
    return with_requested(read, (return_attention_scores, weights))


@keras.saving.register_keras_serializable(package="keras_memory")
class Attention(Layer):
    """Values averaged by how well their keys match the query: Σ_i w_i v_i.

    w = selection(score(query, key)). Weights are computed in float32 or wider; masked keys
    get weight exactly 0, and a query that may attend to nothing gets zeros. It takes
    Keras's implicit masks, and passes on that of the query.

    Args:
        score: A score layer, or `"additive"`, `"bilinear"`, `"cosine"`, `"dot"`,
            `"scaled_dot"` or `"separate"`.
        selection: A selection layer, or `"argmax"`, `"sample"`, `"softmax"`, `"sparsemax"`
            or `"straight_through_gumbel"`.
        dropout: Fraction of the weights that training drops.
        seed: Of the dropout, and of a selection that samples.

    Call arguments:
        query: Shape `(batch..., queries, dim)`.
        value: Shape `(batch..., keys, value_dim)`.
        key: Shape `(batch..., keys, dim)`; the values if absent.
        query_mask: Booleans of shape `(batch..., queries)`; `True` may attend.
        value_mask: Booleans of shape `(batch..., keys)`; `True` may be attended to.
        key_mask: As `value_mask`.
        attention_mask: Booleans of shape `(batch..., queries, keys)`; leading axes may be 1
            or absent.
        return_attention_scores: Whether to return the weights, too.
        training: Whether to sample and to drop as in training.
        use_causal_mask: Whether query i attends to keys 0 ... i alone.

    Returns:
        What was read, shape `(batch..., queries, value_dim)`; with
        `return_attention_scores=True` also the weights, `(batch..., queries, keys)`.

    Raises:
        ValueError: Score or selection is unknown, ranks, widths or numbers of keys do not
            fit, or a mask has another shape.

    Cost:
        n m d multiplications for n queries and m keys of width d, twice: to score and
        to read.

    Example:

    >>> query, value = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(Attention(score="additive", selection="sparsemax")(query, value))
    (2, 3, 6)

    Reference:
        [Bahdanau et al., 2014](https://arxiv.org/abs/1409.0473); scores and selections name
        their own papers. Other than `keras.layers.Attention`, it takes any score and
        selection, and a row that is wholly masked gives zeros instead of the mean of what is
        masked.
    """

    def __init__(
        self,
        score: ScoreLike = "scaled_dot",
        selection: SelectionLike = "softmax",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        policy = self.dtype_policy
        self.score = scores.get(score, policy)
        self.selection = selections.get(selection, policy, seed)
        self.dropout = dropout
        self.dropout_layer = keras.layers.Dropout(dropout, seed=seed, dtype=policy)
        self.seed = seed

    def __call__(self, query, value=None, key=None, **kwargs):
        """As `call`; a list of query, value and key is taken, as by Keras's own attention."""
        if isinstance(query, (list, tuple)) and value is None:
            query, value, key = (*query, None, None)[:3]
        if value is None:
            raise ValueError(
                f"Expected a query and a value for {self.name}. Received: no value"
            )
        return super().__call__(query, value, key, **kwargs)

    def build(self, query_shape, value_shape, key_shape=None):
        key_shape = key_shape or value_shape
        check_same_batch(self.name, query=query_shape, value=value_shape, key=key_shape)
        build_sublayer(self, self.score, query_shape, key_shape)
        build_sublayer(self, self.selection, (*query_shape[:-1], key_shape[-2]))

    call = read_unmasked

    def reader(
        self, value: Tensor, key: Tensor, mask: Tensor | None = None, training: bool = False
    ) -> Reader:
        """A function from queries to what they read and its weights.

        What does not depend on the queries is computed here, once. The mask broadcasts to the
        scores.
        """
        prepared = self.score.prepare(key)

        def read(query):
            weights = self.weigh(query, prepared, mask, training)
            return self.read(weights, value, training), weights

        return read

    def weigh(
        self,
        query: Tensor,
        prepared: Tensor,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        """w = selection(score(query, key)), of keys that the score has prepared."""
        scores = self.scale(self.score.compare(query, prepared))
        weights = self.selection(scores, mask=mask, training=training)
        return ops.cast(weights, self.compute_dtype)

    def scale(self, scores: Tensor) -> Tensor:
        """Scores, scaled before the selection; here by 1."""
        return scores

    def read(self, weights: Tensor, value: Tensor, training: bool = False) -> Tensor:
        """Σ_i w_i v_i."""
        if not self.selection.reads_have_gradients:
            weights = ops.stop_gradient(weights)
        return ops.matmul(self.dropout_layer(weights, training=training), value)

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "score": serialize(self.score),
            "selection": serialize(self.selection),
            "dropout": self.dropout,
            "seed": self.seed,
        }


def check_has_reader(attention: object) -> None:
    """Raise a `ValueError` unless it is an attention that reads for one query at a time."""
    if not hasattr(attention, "reader"):
        raise ValueError(
            f"Expected an Attention or a MultiHeadAttention. Received: {attention!r}"
        )


def with_requested(read: Any, *further: tuple[bool, Any]) -> Any:
    """What was read, followed by the further results that are requested.

    Args:
        read: What was read.
        *further: Pairs of a Boolean, whether it is requested, and a result.
    """
    requested = [result for is_requested, result in further if is_requested]
    return (read, *requested) if requested else read
