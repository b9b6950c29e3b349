"""A curriculum of lengths that depends on nothing but the history of a run."""

from ..running.argument_types import History
from ..running.late_tensorflow import tf

WRONG = "answer_wrong_symbols"
# So few wrong symbols, of the actions sampled in training, raise the level.
SOLVED = 0.2
# How many batches are of any length, and how many of any up to the next one.
ANY, UP_TO_NEXT = 0.10, 0.25


def level(history: History, highest: int) -> int:
    """C: one more for every epoch so far in which few symbols were wrong.

    Args:
        history: The epochs so far, a row each.
        highest: What it never exceeds.
    """
    return min(sum(row[WRONG] < SOLVED for row in history), highest)


def sampled_length(level, longest, chances):
    """A length d: for 10 % of the batches of any length, for 25 % of up to C + e, otherwise
    d = C + e, with P(e = k) = 2^-k.

    Args:
        level: C.
        longest: The longest length.
        chances: Three numbers from [0, 1).

    Returns:
        The length, a tensor.
    """
    kind, extra, which = chances[0], chances[1], chances[2]
    e = 1 + tf.cast(tf.floor(-tf.math.log(1 - extra) / tf.math.log(2.0)), tf.int32)
    hardest = tf.minimum(level + e, longest)
    most = tf.where(kind < ANY, longest, hardest)
    uniform = 1 + tf.cast(which * tf.cast(most, which.dtype), tf.int32)
    return tf.where(kind < ANY + UP_TO_NEXT, tf.minimum(uniform, most), hardest)
