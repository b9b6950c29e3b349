"""What texts have: their words, characters and names, for the vocabulary of a model."""

import collections
from collections.abc import Iterable
from typing import Any

from .plain import composed, lines_of, sentences_of_words, sum_of, words_of
from .plain_words import Words

UNREAD = "word"  # any: a vocabulary of none is refused


def listed(texts: Any) -> list[Any]:
    """A column of texts as a list of strings, or of lists of strings.

    Args:
        texts: A list, an array of NumPy, a column of pandas, polars or `datasets`, a tensor,
            a dataset of `tf.data`, or what else gives one text after the other; strings, or
            `bytes` in UTF-8.

    Raises:
        ValueError: It is one string, or has something else in it.
    """
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        raise ValueError(f"Expected a list of strings. Received: {texts!r}")
    return [_text(text) for text in texts]


def _text(text):
    if hasattr(text, "numpy"):  # a tensor, as datasets of `tf.data` give
        text = text.numpy()
    if isinstance(text, bytes):
        return text.decode("utf-8", "replace")
    return str(text) if isinstance(text, str) else listed(text)


def words_of_stories(stories: Any, questions: Any, answers: Any) -> list[str]:
    """The words of stories and questions, and the answers, sorted.

    Args:
        stories: Strings, or for each story a list of its sentences.
        questions: Strings.
        answers: Strings; of several words, with commas between.
    """
    sentences = sum_of(
        lines_of(story) if isinstance(story, str) else story
        for story in composed(listed(stories))
    )
    texts = {*sentences, *composed(listed(questions))}
    words = {word for text in texts for word in words_of(text)}
    return sorted(words | {answer.lower() for answer in composed(listed(answers))})


def words_of_documents(
    documents: Any, sentences: int, words: int, letters: str, most: int
) -> list[str]:
    """The most frequent words of documents, the most frequent first.

    Args:
        documents: Strings.
        sentences: As of `Sentences`, whose words these are.
        words: As of `Sentences`.
        letters: As of `Sentences`.
        most: How many words there are at most.
    """
    counts = collections.Counter(
        word
        for document in composed(listed(documents))
        for sentence in sentences_of_words(document, sentences, words, letters)
        for word in sentence
    )
    return [word for word, _ in counts.most_common(most)]


def words_of_sentences(sentences: Any, cased: bool) -> collections.Counter[str]:
    """The words of sentences, and how often each occurs.

    Args:
        sentences: Strings, or words, a list of strings for each sentence.
        cased: Whether upper case is read as such.
    """
    rows = Words([UNREAD]).words(listed(sentences))
    return collections.Counter(word if cased else word.lower() for word in sum_of(rows))


def characters_of(texts: Any) -> str:
    """The characters of texts, sorted."""
    return "".join(sorted(set().union(*listed(texts))))


def numbers_of(kind: str, given: list[str], known: list[str]) -> list[int]:
    """The place of each name among those that a model knows.

    Args:
        kind: What they are, as `"tags"`.
        given: The names.
        known: Those of the model.

    Raises:
        ValueError: The model does not know one.
    """
    places = {name: place for place, name in enumerate(known)}
    for name in given:
        if name not in places:
            raise ValueError(f"Expected one of the model's {kind}. Received: {name!r}")
    return [places[name] for name in given]


def names_of(given: Any) -> list[str]:
    """Labels, tags or intents, each once, sorted."""
    return sorted(set(listed(given)))


def check_names(argument: str, given: Any) -> None:
    """Raise a `ValueError` unless an argument is a list of strings, each once."""
    fits = given and all(isinstance(name, str) and name for name in given)
    if not fits or len(set(given)) != len(given):
        raise ValueError(
            f"Expected a list of strings, each once, for {argument}. Received: {given!r}"
        )
