"""What may take another's place in a bAbI task, and leave a story true to its answer.

    Mary got the milk.   John went to the park.       Where is the milk?    ...
    John got the apple.  Mary went to the kitchen.    Where is the apple?   ...

What follows from a story does not hang on these words, so one story is worth many. Pronouns
are left as they are: in copies, "he" may stand for Mary.
"""

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
# Clockwise: a map may be turned and mirrored.
COMPASSES = b"north east south west".split(), b"n e s w".split()
# A picture may be mirrored, but not turned: "above" and "left" need other sentences.
SIDES = (b"left", b"right"), (b"above", b"below")
# Of this task, what a place or a thing is good for matters.
MOTIVES = 20
STRINGS = "story", "question", "answer"
WORD = re.compile(rb"[a-z]+")


def exchanged(texts: Arrays, seed: int) -> Arrays:
    """The same stories, questions and answers, each with other names, in lower case.

    Args:
        texts: Arrays of strings `story`, `question`, `answer`, and of integers `task`.
        seed: Of what takes the place of what.

    Returns:
        Arrays of the same names and lengths.
    """
    rng = np.random.default_rng(seed)
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
        others = _others(known[task], rng) if task != MOTIVES else {}
        for name, column in changed.items():
            column.append(_replaced(texts[name][i].lower(), others))
    return {k: np.array(v, object) for k, v in changed.items()} | {"task": texts["task"]}


def _replaced(text, others):
    return WORD.sub(lambda word: others.get(word[0], word[0]), text)


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
