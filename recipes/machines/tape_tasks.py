"""What the tasks put on the input tape, and what is to be predicted from it.

copy              a b c              -> a b c
duplicated_input  a a a b b b c c c  -> a b c
reverse           a b c              -> c b a
repeat_copy       2 a b c            -> a b c a b c
forward_reverse   a b c              -> c b a, of a head that only moves forward
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np

from ..running.late_tensorflow import tf

MOVES, FORWARD = (-1, 0, 1), (0, 1)
DUPLICATES, MOST_REPEATS = 3, 3
# Steps of an episode that a machine may lose, as where it turns.
SPARE = 4


@dataclasses.dataclass(frozen=True)
class Task:
    """Where each cell of the tape and each target comes from, and the heads' moves.

    Args:
        written: How many cells n symbols take.
        cell: From the number of a cell to that of its symbol; -1 for that of repeats.
        predicted: How many targets there are, from n and the repeats.
        target: From the number of a target, n and the repeats to that of its symbol.
        input_moves: Of the input head.
        memory_moves: Of the memory head; none without a memory.
        time: Steps for a target, beside one for each cell.
    """

    written: Callable[[Any], Any] = lambda n: n
    cell: Callable[[Any], Any] = lambda i: i
    predicted: Callable[[Any, Any], Any] = lambda n, repeats: n
    target: Callable[[Any, Any], Any] = lambda j, n: j
    input_moves: tuple[int, ...] = MOVES
    memory_moves: tuple[int, ...] = ()
    time: int = 1

    def steps(self, longest: Any) -> Any:
        """Of an episode of up to so many symbols: ∅, the tape, ∅, time for targets, spare."""
        targets = self.predicted(longest, MOST_REPEATS)
        return self.written(longest) + 2 + self.time * targets + SPARE


def _backwards(j, n):
    return n - 1 - j


TASKS = {
    "copy": Task(),
    "duplicated_input": Task(
        written=lambda n: DUPLICATES * n, cell=lambda i: i // DUPLICATES
    ),
    "reverse": Task(target=_backwards),
    "repeat_copy": Task(
        written=lambda n: n + 1,
        cell=lambda i: i - 1,
        predicted=lambda n, repeats: n * repeats,
        target=lambda j, n: j % n,
        time=2,  # to go back to the start, twice
    ),
    "forward_reverse": Task(target=_backwards, input_moves=FORWARD, memory_moves=MOVES),
}


def tapes(task: Task, symbols: Any, length: Any, repeats: Any) -> tuple[dict[str, Any], Any]:
    """Inputs and targets of a task.

    Args:
        task: One of `TASKS`.
        symbols: From 1, `(batch, longest)`.
        length: How many of them there are, `(batch,)`.
        repeats: How often they are to be predicted, in a task of repeats, `(batch,)`.

    Returns:
        A dictionary of tapes, `symbols` `(batch, steps)`, and `length`, how many targets
        there are; and the targets, `(batch, most targets)`, zeros after the end.
    """
    longest = symbols.shape[1] or tf.shape(symbols)[1]
    n = length[:, None]
    i = tf.range(task.steps(longest))[None] - 1  # after ∅
    source = task.cell(i)
    written = tf.where(
        source < 0, repeats[:, None], _taken(symbols, tf.broadcast_to(source, _shape(n, i)))
    )
    tape = tf.where((i >= 0) & (i < task.written(n)), written, 0)
    predicted = task.predicted(length, repeats)
    j = tf.range(task.predicted(longest, MOST_REPEATS))[None]
    j = tf.broadcast_to(j, _shape(n, j))
    targets = tf.where(j < predicted[:, None], _taken(symbols, task.target(j, n)), 0)
    return {"symbols": tape, "length": predicted}, targets


def tape_of(
    task: Task, symbols: np.ndarray, repeats: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The same of one sequence, without TensorFlow; there is nothing after its end."""
    n = len(symbols)
    source = task.cell(np.arange(task.written(n)))
    tape = np.zeros(task.steps(n), "int32")
    tape[1 : 1 + len(source)] = np.where(source < 0, repeats, symbols[source])
    targets = symbols[task.target(np.arange(task.predicted(n, repeats)), n)]
    length = np.array([len(targets)], "int32")
    return {"symbols": tape[None], "length": length}, targets


def _shape(n, i):
    return tf.stack([tf.shape(n)[0], tf.shape(i)[1]])


def _taken(symbols, source):
    source = tf.clip_by_value(source, 0, tf.shape(symbols)[1] - 1)
    return tf.gather(symbols, source, batch_dims=1)
