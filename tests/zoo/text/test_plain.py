"""Text without TensorFlow: the words and numbers are the same."""

import random
import unicodedata

import hypothesis
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import strategies

from keras_memory.zoo.text import characters, plain, sentences, stories, strings
from keras_memory.zoo.text.patterns import ASCII_LETTERS, LETTERS

# What the tests of this folder read, and more: languages, signs, spaces, ends of sentences.
REAL = """
It's GOOD!<br /><br />Really... good, not bad?! Yes|Mary went. The  end!
the hallway.Mary went|the hallway!mary went?Yes.
the küche.Élan|(the hallway).Mary went|"It is." Is it?
3.5 is not an end.|Mr. Smith and Dr.Jones left. Mary|The u.s.army, e.g. this|玛丽走了。约翰？
О чём он? Маша ушла.
МАША, Küche! api_call? ÜBUNG; दूध E-mail|O'Clock: NAÏVE|Schöner Film! Ἀγάπη. ΟΔΥΣΣΕΥΣ ΤΕΛΟΣ
Cliché \u212aelvin|İstanbul Iğdır ışık|مرحبا بالعالم؟ نعم.|שלום עולם! כן|ไปตลาด
東京へ行った。本当？
dž Ǆ ß ẞ ŒUVRE ﬁn|e\u0301te\u0301 u\u0308bung|x²+½ Ⅻ ٣|naïve “quoted.” «oui.»Non|¿Qué? ¡Sí!
prof\u017f. S\u017ft. MR\u017f. vs. ST.x i.e.
a\u00a0b\u2003c\u2028d\u0085e\x0bf\x0cg\rh\ti|<a><b|..!?..
""".replace("\n", "|").split("|")


@pytest.fixture(scope="module")
def letters():
    """The characters that both have in their tables: Unicode is newer in one than the other.

    TensorFlow's have letters of Unicode 15 and lower case of Unicode 13.
    """
    every = [chr(i) for i in range(1, 0x110000) if not 0xD800 <= i < 0xE000]
    lower = tf.strings.lower(every, encoding="utf-8").numpy()
    assigned = [c for c in every if unicodedata.category(c) != "Cn"]
    older = {c for c, low in zip(every, lower, strict=True) if low.decode() == c.lower()}
    known = [c for c in assigned if c in older]
    assert len(assigned) - len(known) < 100
    return known


def lines(letters, count):
    """Real lines, and lines of pieces of them among characters of any kind."""
    chooser = random.Random(0)
    pieces = [*REAL, *" .!?\n\t'\"-_,)(«»<>", "mr.", "Dr.", "e.g.", "<br />", "。"]
    yield from REAL
    for _ in range(count - len(REAL)):
        parts = chooser.choices(pieces, k=4) + chooser.choices(letters, k=6)
        chooser.shuffle(parts)
        yield chooser.choice(["", " "]).join(parts)


def same(texts):
    ours = [[w.encode() for w in plain.words_of(text)] for text in texts]
    assert stories.words_of(strings.strings(texts, compose=False)).to_list() == ours
    story = stories.Stories(["a"]).sentences(texts).to_list()
    assert story == [
        [s.encode() for s in row] for row in plain.Stories(["a"]).sentences(texts)
    ]
    for alphabet in (LETTERS, ASCII_LETTERS):
        theirs = sentences.sentences_of_words(texts, 3, 4, alphabet)
        rows = plain.Sentences(["a"], 3, 4, alphabet).words(texts)
        joined = tf.strings.reduce_join(theirs, axis=-1, separator=" ")
        assert joined.to_list() == [
            [" ".join(words).encode() for words in row] for row in rows
        ]


def test_ten_thousand_lines_have_the_same_words(letters):
    same(list(lines(letters, 10_000)))


def test_any_text_has_the_same_words(letters):
    @hypothesis.settings(max_examples=25, deadline=None, derandomize=True)
    @hypothesis.given(strategies.lists(strategies.text(strategies.sampled_from(letters))))
    def check(texts):
        same([*texts, "a"])

    check()


def equal(found, expected):
    np.testing.assert_array_equal(found, np.asarray(expected))


def test_the_same_numbers():
    texts = ["Good film! Zork. BAD", "", "bad? good"]
    pair = [of.Sentences(["good", "bad"], 2, 3) for of in (plain, sentences)]
    ids = [of.ids(texts) for of in pair]
    equal(*ids)
    equal(*[of.unknown(texts) for of in pair])
    equal(*[of.known_words(row) for of, row in zip(pair, ids, strict=True)])

    pair = [of.Characters("abc\n") for of in (plain, characters)]
    for length in (None, 2, 5):
        equal(*[of.ids(["ab", "", "cäb"], length) for of in pair])
    equal(*[of.unknown(["axbyx", ""]) for of in pair])
    equal(*[of.ids(["", ""]) for of in pair])
    pair = [of.CharacterPairs("ab", "xy") for of in (plain, characters)]
    equal(*[of.target.texts([[4, 5, 3, 4], [5, 1, 4, 0]]) for of in pair])
    (one, ours), (two, theirs) = [of.ids(["ab", "b"], ["xy", "x"], 3) for of in pair]
    equal(ours, theirs)
    for name in ("source", "target"):
        equal(one[name], two[name])
    assert pair[0].sizes == pair[1].sizes


def test_the_same_stories():
    words = ["mary", "went", "is", "the", "milk,apple"]
    pair = [of.Stories(words) for of in (plain, stories)]
    for story in (
        ["Mary went. Zork is!", ""],
        [["Mary went.", " ", "Is."], []],
        [b"mary", "x"],
    ):
        one, two = [of.ids(story, ["Is Mary?", "the Zork"]) for of in pair]
        for name in ("story", "question"):
            equal(one[name], two[name])
        equal(*[of.unknown(story, ["Is Blip?", ""]) for of in pair])
        equal(plain.dense(pair[0].sentences(story)), strings.dense(pair[1].sentences(story)))
    equal(*[of.answer_ids(["Mary", "x"], unknown=-1) for of in pair])
    for of in pair:
        with pytest.raises(ValueError, match="in the vocabulary. Received: 'x'"):
            of.answer_ids(["x"])
        with pytest.raises(ValueError, match="Received: 1 stories, 2 questions"):
            of.ids(["Mary"], ["is", "is"])
        for wrong in ("Mary went.", [3], None, ["Mary.", ["went"]], [[["a"]]]):
            with pytest.raises(ValueError, match="Expected a list of stories"):
                of.sentences(wrong)


@pytest.mark.parametrize("texts", ["abc", [3], [["a"]], []])
def test_what_is_no_list_of_strings(texts):
    for ids in (plain.Characters("abc").ids, plain.Sentences(["a"], 2, 2).ids):
        with pytest.raises(ValueError, match="Expected a list of strings. Received: "):
            ids(texts)


def test_names():
    equal(plain.names(["a", "b"], np.array([1, 0])), strings.names(["a", "b"], [1, 0]))
    texts = [["a", "b"], ["c", ""]]
    index = np.array([[0, 2], [0, 1]])
    ours = plain.row_names(plain.dense(texts), index)
    equal(ours, strings.row_names(tf.constant(texts), index))
    with pytest.raises(ImportError, match="pip install tensorflow"):
        plain.text_spec("text")
