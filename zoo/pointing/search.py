"""The likeliest answer of a pointer network that a rule allows: a beam search."""

from collections.abc import Sequence
from typing import Any

from keras import ops

from ...layers.masks import LOWEST
from ...layers.pointing.pointer_rnn import PointerRNN
from ..beam_search import beam_search
from .rules import END, RULES, count_of


def search(
    decoder: PointerRNN,
    reading: Sequence[Any],
    points: Any,
    length: Any,
    rule: str,
    beam_width: int,
) -> dict[str, Any]:
    """The likeliest path that the decoder finds under the rule.

    At each step, points that the rule forbids leave their probability to the others.

    Args:
        decoder: A `layers.PointerRNN`.
        reading: What the encoder gives: inputs of the decoder by their numbers,
            `(batch, 1 + n, dim)`; the memory, `(batch, 1 + n, units)`, and its mask; and the
            decoder's first states.
        points: The points as they are, `(batch, n, dim)`, which the rule is about.
        length: How many of them there are, `(batch,)`.
        rule: The name of a rule.
        beam_width: How many paths are kept at each step.

    Returns:
        `{"indices": (batch, steps), "log_probability": (batch,)}`.
    """
    rule = RULES[rule]
    inputs, memory, mask, *states = reading
    inputs, memory, mask, points, longest = (
        ops.repeat(x, beam_width, axis=0)
        for x in (inputs, memory, mask, points, rule.longest(length)[:, None])
    )
    reader = decoder.reader(memory, mask)
    n = ops.shape(points)[1]
    steps = rule.longest(n)
    step_number = ops.arange(steps)

    def step(last, states):
        last = _merged(last)
        path, *states = [_merged(state) for state in states]
        path = ops.where(step_number == count_of(path)[:, None], last[:, None], path)
        x = ops.take_along_axis(inputs, last[:, None, None], axis=1)[:, 0]
        logits, states = decoder.step(x, states, reader)
        allowed = rule.allowed(path, points, mask[:, 1:])
        is_room = count_of(path)[:, None] < longest - 1
        allowed = ops.where(is_room, allowed, ops.arange(n + 1) == END)
        # Below the logits of a baseline for indices beyond its classes.
        gains = ops.log_softmax(ops.where(allowed, logits, 2 * LOWEST))
        return by_beam(gains), [by_beam(state) for state in (path, *states)]

    def by_beam(x):
        return ops.reshape(x, (-1, beam_width, ops.shape(x)[-1]))

    path = ops.zeros_like(step_number) + ops.zeros_like(length)[:, None]
    tokens, scores = beam_search(step, [path, *states], END, END, beam_width, steps)
    return {"indices": tokens[:, 0] - 1, "log_probability": scores[:, 0]}


def _merged(x):
    """The axes of batch and beams as one."""
    return ops.reshape(x, (-1, *ops.shape(x)[2:]))
