"""Facts about others, which leave the answer to a question about a story as it is.

    Mary got the milk.  Mary went to the hallway.  Fred moved to the park.  Where is the milk?

Somebody who is neither in the story nor in the question goes somewhere, and takes nothing
along: of none of the twenty tasks does this change an answer. Objects stay where they are,
counts and lists are of what one person carries, and in tasks of animals, maps, sizes and
colours nobody goes anywhere at all.
"""

import re

import numpy as np

from .babi_exchanges import NAMES, WORD, exchanged

PLACES = b"kitchen bathroom bedroom hallway office garden school park cinema".split()
MOVED = b"went to", b"moved to", b"journeyed to", b"travelled to", b"went back to"
PRONOUN = re.compile(rb"\b(she|he|they)\b", re.IGNORECASE)


def with_others(texts, seed, count, is_varied=False):
    """The same questions about stories in which others go somewhere, too.

    Args:
        texts: Arrays of strings `story` and `question`, and others; of `supporting_facts`,
            which are numbers of sentences, from 1, the numbers change with the stories.
        seed: Of who goes where.
        count: So many facts about others in each story.
        is_varied: Whether some stories have fewer facts, down to none, and half of them have
            these anywhere in the story; otherwise all are after it.

    Returns:
        Arrays of the same names and lengths.
    """
    rng = np.random.default_rng(seed)
    stories, longer = [], dict(texts)
    if "supporting_facts" in texts:
        longer["supporting_facts"] = texts["supporting_facts"].copy()
    for row, (story, question) in enumerate(
        zip(texts["story"], texts["question"], strict=True)
    ):
        lines = story.split(b"\n")
        number = rng.integers(count + 1) if is_varied else count
        facts = _facts(_absent(lines, question), number, rng)
        is_after = not is_varied or rng.integers(2)
        gaps = [len(lines)] * len(facts) if is_after else _gaps(lines, len(facts), rng)
        for gap, fact in zip(sorted(gaps, reverse=True), facts, strict=True):
            lines.insert(gap, fact)
        stories.append(b"\n".join(lines))
        if "supporting_facts" in longer:
            numbers = longer["supporting_facts"][row]
            numbers += (np.array(gaps, int) < numbers[:, None]).sum(axis=1)
    return {**longer, "story": np.array(stories, object)}


def retold(texts, seed, count):
    """The same about any persons, and up to so many facts about others in each story."""
    rng = np.random.default_rng(seed)
    return with_others(exchanged(texts, rng, across_tasks=True), rng, count, is_varied=True)


def _absent(lines, question):
    """Those who are not in the story, nor in the question."""
    known = set(WORD.findall(b"\n".join([*lines, question]).lower()))
    return [name for name in NAMES if name not in known]


def _facts(others, count, rng):
    """Sentences about so many who go somewhere."""
    who, how, where = (
        rng.integers(len(words), size=count) for words in (others, MOVED, PLACES)
    )
    return [
        b"%s %s the %s." % (others[i].capitalize(), MOVED[j], PLACES[k])
        for i, j, k in zip(who, how, where, strict=True)
    ]


def _gaps(lines, count, rng):
    """Where facts may be: not between a pronoun and the sentence that says whose it is."""
    free = [i for i, line in enumerate(lines) if not PRONOUN.search(line)] + [len(lines)]
    return rng.choice(free, size=count)
