import unicodedata

import pytest

from keras_memory.zoo.text.characters import CharacterPairs, Characters
from keras_memory.zoo.text.sentences import ASCII_LETTERS, Sentences, sentences_of_words
from keras_memory.zoo.text.stories import Stories


def test_characters_and_back():
    text = Characters("\t\nabc")
    ids = text.ids(["ab", "", "cäb"])
    assert ids.numpy().tolist() == [[4, 5, 0], [0, 0, 0], [6, 1, 5]]
    assert text.texts([[4, 5, 3, 6], [6, 1, 5, 0]]).numpy().tolist() == [
        b"ab",
        "c\ufffdb".encode(),
    ]


def test_a_length_pads_and_cuts():
    ids = Characters("abc").ids(["abc", "a"], length=2)
    assert ids.numpy().tolist() == [[2, 3], [2, 0]]


def test_nothing_but_empty_texts():
    assert Characters("abc").ids(["", ""]).numpy().tolist() == [[0], [0]]


@pytest.mark.parametrize("texts", ["abc", [3], [["a"]], []])
def test_what_is_no_list_of_strings(texts):
    for ids in (Characters("abc").ids, Sentences(["a"], 2, 2).ids):
        with pytest.raises(ValueError, match="Expected a list of strings. Received: "):
            ids(texts)


def test_targets_are_one_step_ahead():
    inputs, targets = CharacterPairs("ab", "xy").ids(["ab"], ["xy"])
    assert inputs["source"].numpy().tolist() == [[2, 3]]
    assert inputs["target"].numpy().tolist() == [[2, 4, 5]]  # START x y
    assert targets.numpy().tolist() == [[4, 5, 3]]  # x y END


def test_sentences():
    texts = ["It's GOOD!<br /><br />Really... good, not bad?! Yes", "", "?"]
    words = sentences_of_words(texts, sentences=9, words=9).to_list()
    assert words == [
        [[b"it's", b"good", b"!"], [b"really"], [b"good", b"not", b"bad", b"?!"], [b"yes"]],
        [[]],
        [[b"?"]],
    ]


def test_long_sentences_are_cut_and_the_last_kept():
    (words,) = sentences_of_words(["a b c d e. f g."], sentences=2, words=3).to_list()
    assert words == [[b"d", b"e"], [b"f", b"g"]]


def test_sentences_as_numbers():
    ids = Sentences(["good", "bad"], sentences=2, words=3).ids(["good film. bad", ""])
    assert ids.numpy().tolist() == [[[2, 1, 0], [3, 0, 0]], [[0, 0, 0], [0, 0, 0]]]


STORIES = Stories(["mary", "went", "is", "the", "milk,apple", "o'clock"])


@pytest.mark.parametrize(
    ("story", "sentences"),
    [
        ("Mary went. The  end!\nIs it?", ["Mary went.", "The  end!", "Is it?"]),
        ("No full stop", ["No full stop"]),
        ("the hallway.Mary went", ["the hallway.", "Mary went"]),
        ("the hallway!mary went?Yes.", ["the hallway!", "mary went?", "Yes."]),
        ("the küche.Élan", ["the küche.", "Élan"]),
        ("(the hallway).Mary went", ["(the hallway).", "Mary went"]),
        ('"It is." Is it?', ['"It is."', "Is it?"]),
        ("Mr. Smith and Dr.Jones left. Mary", ["Mr. Smith and Dr.Jones left.", "Mary"]),
        ("The u.s.army, e.g. this", ["The u.s.army, e.g. this"]),
        ("玛丽走了。约翰？", ["玛丽走了。", "约翰？"]),
        ("\n\n One.\n", ["One."]),
        ("3.5 is no end.", ["3.5 is no end."]),
        ("", []),
        (["One. Still one.", "", " Two "], ["One. Still one.", "Two"]),
        ([], []),
    ],
)
def test_sentences_of_stories(story, sentences):
    found = STORIES.sentences([story, ["A"] if isinstance(story, list) else "A"])
    assert [s.decode() for s in found[0].numpy()] == sentences


def test_words_of_stories_have_numbers():
    ids = STORIES.ids(["Mary went. It is 3 O'Clock!", ""], ["Is Mary?", ""])
    assert ids["story"].numpy().tolist() == [
        [[1, 2, 0, 0], [0, 3, 0, 6]],
        [[0, 0, 0, 0], [0, 0, 0, 0]],
    ]
    assert ids["question"].numpy().tolist() == [[3, 1], [0, 0]]
    answers = ["milk,apple", "John", "Mary"]
    assert STORIES.answer_ids(answers, unknown=-1).tolist() == [4, -1, 0]
    assert STORIES.answer_ids(answers[::2]).tolist() == [4, 0]
    with pytest.raises(ValueError, match="answers in the vocabulary. Received: 'John'"):
        STORIES.answer_ids(answers)


def test_no_stories_at_all():
    ids = STORIES.ids([""], [""])
    assert ids["story"].shape == (1, 0, 1)
    assert ids["question"].shape == (1, 1)


@pytest.mark.parametrize(
    "vocabulary",
    ["mary", ["a", "a"], ["Mary"], [""], [3], None, ["u.s."], ["new york"], ["a,,b"], ["É"]],
)
def test_vocabularies(vocabulary):
    with pytest.raises(ValueError, match="Expected a list of strings in lower case"):
        Stories(vocabulary)


@pytest.mark.parametrize("stories", ["Mary went.", [3], None, ["Mary.", ["went"]], [[["a"]]]])
def test_what_is_no_list_of_stories(stories):
    with pytest.raises(ValueError, match="Expected a list of stories"):
        STORIES.ids(stories, ["Is Mary?"])


def test_as_many_stories_as_questions():
    with pytest.raises(ValueError, match="Received: 2 stories, 1 questions"):
        STORIES.ids(["Mary went.", "Mary went."], ["Is Mary?"])


FOREIGN = ["маша", "küche", "api_call", "übung", "दूध", "e-mail", "o'clock", "naïve"]


def test_words_of_any_language_have_numbers():
    text = Stories(FOREIGN)
    ids = text.ids(["МАША, Küche! api_call? ÜBUNG; दूध E-mail"], ["O'Clock: NAÏVE"])
    assert ids["story"].numpy().tolist() == [[[1, 2, 0], [3, 0, 0], [4, 5, 6]]]
    assert ids["question"].numpy().tolist() == [[7, 8]]


def test_accents_that_are_written_apart():
    text = Stories(FOREIGN)
    apart = unicodedata.normalize("NFD", "Küche übung")
    for story in (apart, [apart]):
        ids = text.ids([story], [apart])
        assert ids["story"].numpy().tolist() == [[[2, 4]]]
        assert ids["question"].numpy().tolist() == [[2, 4]]
    assert text.answer_ids([unicodedata.normalize("NFD", "naïve")]).tolist() == [7]
    assert text.answer_ids(["Übung", "МАША"]).tolist() == [3, 0]


def test_documents_of_any_language():
    words = sentences_of_words(["Schöner Film! Ἀγάπη."], sentences=2, words=3).to_list()
    assert [[word.decode() for word in sentence] for sentence in words[0]] == [
        ["schöner", "film", "!"],
        ["ἀγάπη"],
    ]
    assert Sentences(["schöner"], 1, 2).ids(["SCHÖNER Tag"]).numpy().tolist() == [[[2, 1]]]


def test_documents_as_version_0_1_0_read_them():
    """Letters outside of a to z are spaces, be they a letter of it in lower case."""
    (words,) = sentences_of_words(["Cliché \u212aelvin"], 1, 9, ASCII_LETTERS).to_list()
    assert words == [[b"clich", b"elvin"]]


@pytest.mark.parametrize(
    "vocabulary", [["Good"], ["well-known"], ["u.s."], ["a,b"], ["a", "a"]]
)
def test_vocabularies_of_documents(vocabulary):
    with pytest.raises(ValueError, match="Expected a list of strings in lower case"):
        Sentences(vocabulary, 2, 2)


def test_bytes_that_are_not_text():
    bad = [b"mary\xff went"]
    assert STORIES.question_ids(bad).numpy().tolist() == [[1, 2]]
    assert Sentences(["mary"], 1, 2).ids(bad).numpy().tolist() == [[[2, 1]]]
    assert STORIES.sentences(bad).to_list() == [["mary\ufffd went".encode()]]


def test_unknown_words_are_reported_once():
    stories = ["Zork went. ZORK is Übung!", "Mary went.", ""]
    unknown = STORIES.unknown(stories, ["Is Blip the zork?", "Is Mary?", ""])
    assert unknown.numpy().tolist() == ["blip, zork, übung".encode(), b"", b""]
    text = Sentences(["good"], sentences=2, words=9)
    assert text.unknown(["Good film. A FILM", ""]).numpy().tolist() == [b"film, a", b""]
    assert text.known_words(text.ids(["Good film. Good", "no"])).numpy().tolist() == [2, 0]
    assert Characters("abc").unknown(["axbyx", ""]).numpy().tolist() == [b"xy", b""]
