"""Stories with other names are still true to their answers."""

import numpy as np
import pytest

from keras_memory.recipes.memory_networks.babi_exchanges import STRINGS, exchanged

TEXTS = {
    "story": [
        b"Mary got the milk.\nJohn moved to the garden.\nMary went to the kitchen.",
        b"The office is north of the kitchen.\nThe garden is east of the office.",
        b"The red square is to the left of the triangle.\n"
        b"The triangle is to the right of the red square.\nThe triangle is above the sphere.",
        b"Sumit is thirsty.\nMary left the milk.",
        b"Lily is a frog.\nLily is green.\nGreg is a swan.\nGreg is white.\nBrian is a frog.",
    ],
    "question": [
        b"Where is the milk?",
        b"How do you go from the kitchen to the garden?",
        b"Is the sphere below the triangle?",
        b"Where will sumit go?",
        b"What color is Brian?",
    ],
    "answer": [b"kitchen", b"n,e", b"yes", b"kitchen", b"green"],
    "task": [2, 19, 17, 20, 16],
}
STEPS = {b"n": (0, 1), b"e": (1, 0), b"s": (0, -1), b"w": (-1, 0)}


@pytest.fixture
def texts():
    return {
        name: np.array(column, object if name in STRINGS else "int32")
        for name, column in TEXTS.items()
    }


@pytest.fixture
def many(texts):
    """Sixty stories of each."""
    copies = [exchanged(texts, seed) for seed in range(60)]
    return [[{k: v[i] for k, v in copy.items()} for copy in copies] for i in range(5)]


def test_the_answer_follows_from_the_changed_story(many):
    carried, *_ = many
    for row in carried:
        got, _, went = row["story"].split(b"\n")
        assert got.split()[0] == went.split()[0]
        assert row["question"] == b"where is the milk?"  # the one thing that the task knows
        assert went == went.split()[0] + b" went to the " + row["answer"] + b"."
    assert {row["answer"] for row in carried} == {b"kitchen", b"garden"}


def test_a_map_is_turned_and_mirrored_as_a_whole(many):
    _, walks, *_ = many
    letters = {b"north": b"n", b"east": b"e", b"south": b"s", b"west": b"w"}
    for row in walks:
        place = {}
        first, second = (line.strip(b".").split() for line in row["story"].split(b"\n"))
        place[first[6]] = (0, 0)
        place[first[1]] = STEPS[letters[first[3]]]
        place[second[1]] = tuple(np.add(place[second[6]], STEPS[letters[second[3]]]).tolist())
        *_, start, _, _, end = row["question"].strip(b"?").split()
        walked = np.sum([STEPS[step] for step in row["answer"].split(b",")], axis=0)
        assert tuple((np.array(place[start]) + walked).tolist()) == place[end]
    assert len({row["answer"] for row in walks}) == 8


def test_a_picture_is_mirrored_and_its_things_stay_apart(many):
    _, _, pictures, *_ = many
    for row in pictures:
        assert row["answer"] == b"yes"
        above = b"above" in row["story"]
        assert (b"below" if above else b"above") in row["question"]
        left, right, upper = row["story"].split(b".")[:3]
        assert (b"left" in left) == (b"right" in right)
        assert left.split()[2] == right.split()[-1]  # what was the square, in both
        shapes = {line.strip(b".").split()[-1] for line in (left, right, upper)}
        assert len(shapes) == 3
    assert (
        len(
            {(b"left" in r["story"].split(b".")[0], b"above" in r["story"]) for r in pictures}
        )
        == 4
    )


def test_the_colour_is_that_of_the_other_of_its_kind(many):
    *_, kinds = many
    for row in kinds:
        lines = [line.strip(b".").split() for line in row["story"].split(b"\n")]
        (one, kind), colour = (lines[0][0], lines[0][-1]), lines[1][-1]
        assert lines[1][0] == one
        assert lines[4][-1] == kind
        assert row["question"] == b"what color is " + lines[4][0] + b"?"
        assert row["answer"] == colour
    assert {row["answer"] for row in kinds} == {b"green", b"white"}
    assert len({line[0] for line in (r["story"].split() for r in kinds)}) == 3


def test_motives_are_left_alone(many, texts):
    *_, motives, _ = many
    for row in motives:
        for name in STRINGS:
            assert row[name] == texts[name][3].lower()


def test_a_seed_repeats_itself(texts):
    one, same, other = (exchanged(texts, seed) for seed in (1, 1, 2))
    assert [one[k].tolist() for k in one] == [same[k].tolist() for k in same]
    assert one["story"].tolist() != other["story"].tolist()
