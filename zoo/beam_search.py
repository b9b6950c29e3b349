"""Beam search: the likeliest sequence of a model that predicts token by token."""

from collections.abc import Callable, Sequence
from typing import Any

from keras import ops

from ..layers.masks import LOWEST
from ..layers.validation import check_positive


def beam_search(
    step: Callable[[Any, list[Any]], tuple[Any, list[Any]]],
    states: Sequence[Any],
    start: int,
    end: int,
    width: int,
    length: Any,
) -> tuple[Any, Any]:
    """Extend the `width` likeliest prefixes at every step; with a width of 1, greedily.

    It is one loop over tensors, so it goes into a SavedModel.

    Args:
        step: From the last tokens, `(batch, width)`, and the states to the log-probabilities
            of the next token, `(batch, width, vocabulary)`, and the next states.
        states: A list of tensors `(batch, dim)`, the states before the first step; `step`
            is given them with an axis `width` after the batch.
        start: The token before the first.
        end: The token that ends a sequence, and pads it.
        width: How many beams are kept.
        length: Tokens of a sequence, at most; a tensor if it depends on the input.

    Returns:
        Tokens, `(batch, width, length)`, and their log-probabilities, `(batch, width)`; the
        likeliest first.

    Raises:
        ValueError: `width` or `length` is not a positive integer.

    Example:

    A chain of three tokens, of which 0 ends a sequence:

    >>> next = keras.ops.array([[1.0, 0, 0], [0.1, 0.3, 0.6], [0.8, 0.1, 0.1]])
    >>> def step(last, states):
    ...     return keras.ops.log(keras.ops.take(next, last, axis=0)), states
    >>> tokens, scores = beam_search(step, [keras.ops.zeros((1, 1))], 1, 0, width=2, length=3)
    >>> print(tokens.numpy().tolist(), keras.ops.exp(scores).numpy().round(3))
    [[[2, 0, 0], [1, 2, 0]]] [[0.48  0.144]]
    """
    check_positive("width", width)
    if isinstance(length, (int, float)):
        check_positive("length", length)
    batch = ops.shape(states[0])[0]
    none = ops.zeros((batch, width), dtype="int32")
    # The beams are alike at first: all but one are out.
    first = ops.where(ops.arange(width) == 0, 0.0, LOWEST)
    beams = (
        0,
        ops.full((batch, width, length), end, dtype="int32"),
        none + start,
        ops.zeros((batch, width)) + first,
        [ops.repeat(state[:, None], width, axis=1) for state in states],
    )

    def is_unfinished(i, tokens, last, scores, states):
        return ops.logical_or(i == 0, ops.any(last != end))

    def extend(i, tokens, last, scores, states):
        gains, states = step(last, states)
        vocabulary = ops.shape(gains)[-1]
        # A sequence that has ended is padded, at no cost.
        end_alone = ops.where(ops.arange(vocabulary) == end, 0.0, LOWEST)
        ended = ops.logical_and(last == end, i > 0)
        gains = ops.where(ended[..., None], end_alone, ops.cast(gains, "float32"))
        totals = ops.reshape(scores[..., None] + gains, (batch, width * vocabulary))
        scores, indices = ops.top_k(totals, width)
        indices = ops.cast(indices, "int32")
        beam, last = indices // vocabulary, indices % vocabulary
        tokens = _take(tokens, beam)
        is_step = ops.arange(length, dtype="int32") == i
        tokens = ops.where(is_step, last[..., None], tokens)
        return i + 1, tokens, last, scores, [_take(state, beam) for state in states]

    _, tokens, _, scores, _ = ops.while_loop(
        is_unfinished, extend, beams, maximum_iterations=length
    )
    return tokens, scores


def _take(values, beam):
    """The values, `(batch, width, dim)`, of the beams, `(batch, width)`."""
    chosen = ops.take_along_axis(values, beam[..., None], axis=1)
    # As a loop wants it, no size that was known is unknown afterwards.
    return ops.reshape(chosen, (*ops.shape(beam), *ops.shape(values)[2:]))
