"""What may take another's place in a bAbI task, and leave a story true to its answer.

    Mary got the milk.   John went to the park.       Where is the milk?    ...
    John got the apple.  Mary went to the kitchen.    Where is the apple?   ...

What follows from a story does not hang on these words, so one story is worth many. Pronouns
are left as they are: in copies, "he" may stand for Mary. A name is taken from those that the
task knows, or from those of all tasks.
"""

import itertools
import re

import numpy as np

from ..running.argument_types import Arrays

# Each may be called as any other of its group that the task knows.
GROUPS = [
    group.split()
    for group in (
        b"mary john sandra daniel bill fred jeff julie",
        b"gertrude winona emily jessica",
        b"lily bernhard greg julius brian",
        b"kitchen bathroom bedroom hallway office garden school park cinema",
        b"apple football milk",
        b"frog lion swan rhino",
        b"red pink yellow blue green white gray",
        b"square rectangle triangle sphere",
    )
]
# All who have a name, in any task; the last four are those of the task of motives.
NAMES = [*itertools.chain(*GROUPS[:3]), *b"sumit yann antoine jason".split()]
# Of whom a story says "she"; of the others "he".
WOMEN = b"mary sandra julie gertrude winona emily jessica lily".split()
# Clockwise: a map may be turned and mirrored.
COMPASSES = b"north east south west".split(), b"n e s w".split()
# A picture may be mirrored, but not turned: "above" and "left" need other sentences.
SIDES = (b"left", b"right"), (b"above", b"below")
# Of this task, what a place or a thing is good for matters.
MOTIVES = 20
STRINGS = "story", "question", "answer"
WORD = re.compile(rb"[a-z]+")


def exchanged(texts: Arrays, seed: int, across_tasks: bool = False) -> Arrays:
    """The same stories, questions and answers, each with other names, in lower case.

    Args:
        texts: Arrays of strings `story`, `question`, `answer`, and of integers `task`.
        seed: Of what takes the place of what.
        across_tasks: Whether anybody may be called as anybody of any task.

    Returns:
        Arrays of the same names and lengths.
    """
    rng = np.random.default_rng(seed)

    def others(task, known):
        by_name = _others_of_all(known, rng) if across_tasks else {}
        return by_name if task == MOTIVES else _others(known, rng) | by_name

    return _each_replaced(texts, others)


def persons_exchanged(texts, seed, are_new=False):
    """The same with other persons alone, for whom pronouns are right, too.

    Args:
        texts: As of `exchanged`.
        seed: Of who takes the place of whom.
        are_new: Whether they are those whom the task does not know; otherwise those whom it
            knows exchange their names.
    """
    rng = np.random.default_rng(seed)

    def others(task, known):
        by_name = {}
        for group in (WOMEN, [name for name in NAMES if name not in WOMEN]):
            own = [name for name in group if name in known]
            new = [name for name in group if name not in known] if are_new else own
            by_name |= zip(own, rng.permutation(new), strict=False)
        return by_name

    return _each_replaced(texts, others)


def _each_replaced(texts, others):
    """The same with other words, which follow from the task and the words that it knows."""
    known = {
        task: {
            word
            for name in STRINGS
            for text in texts[name][texts["task"] == task]
            for word in WORD.findall(text.lower())
        }
        for task in np.unique(texts["task"])
    }
    changed = {name: [] for name in STRINGS}
    for i, task in enumerate(texts["task"]):
        by_word = others(task, known[task])
        for name, column in changed.items():
            column.append(_replaced(texts[name][i].lower(), by_word))
    return {**texts, **{name: np.array(column, object) for name, column in changed.items()}}


def _replaced(text, others):
    return WORD.sub(lambda word: others.get(word[0], word[0]), text)


def _others_of_all(known, rng):
    """What takes the place of each name, of those of all tasks."""
    names = [name for name in NAMES if name in known]
    return dict(zip(names, rng.permutation(NAMES), strict=False))


def _others(known, rng):
    """What takes the place of each word of those that a task knows, in one story."""
    others = {}
    for group in GROUPS:
        names = [name for name in group if name in known]
        others |= zip(names, rng.permutation(names), strict=True)
    turn, sense = rng.integers(4), rng.choice([1, -1])
    for compass in COMPASSES:
        others |= {name: compass[(turn + sense * i) % 4] for i, name in enumerate(compass)}
    for pair in SIDES:
        if set(pair) <= known and rng.integers(2):
            others |= zip(pair, reversed(pair), strict=True)
    return others
