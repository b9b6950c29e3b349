"""As `words`, in plain Python."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .patterns import WORDS
from .plain import UNKNOWN_ID, composed, each_once, padded, replaced


def check_words(vocabulary: Any, cased: bool) -> None:
    """Raise a `ValueError` unless it is a list of words, each once, as they are read."""
    # A vocabulary of none has no table in TensorFlow.
    fits = isinstance(vocabulary, (list, tuple)) and all(
        isinstance(word, str) and word for word in vocabulary or [None]
    )
    if not fits or len(set(vocabulary)) != len(vocabulary):
        raise ValueError(
            f"Expected a list of words, each once, for vocabulary. Received: {vocabulary!r}"
        )
    for word in [] if cased else vocabulary:
        if word != word.lower():
            raise ValueError(
                f"Expected words in lower case for vocabulary. Received: {word!r}"
            )


def each_alone(words: Any) -> list[list[Any]]:
    """Lists of one word each of words: a list, or an array `(batch,)`, of strings."""
    rows = words.tolist() if isinstance(words, np.ndarray) else words
    if _is_list(rows) and rows and _are_strings(rows):
        return [[word] for word in rows]
    raise ValueError(f"Expected a list of words, each a string. Received: {words!r}")


class Words:
    """As `words.Words`, of lists of strings."""

    def __init__(
        self, vocabulary: Sequence[str], letters: int = 0, cased: bool = False
    ) -> None:
        check_words(vocabulary, cased)
        self.letters = letters
        self.cased = cased
        self._ids = {word: i for i, word in enumerate(vocabulary, UNKNOWN_ID + 1)}
        self.layers = []

    def words(self, texts: Any) -> list[list[str]]:
        rows = texts.tolist() if isinstance(texts, np.ndarray) else texts
        if isinstance(rows, (list, tuple)):
            rows = [list(map(_decoded, r)) if _is_list(r) else _decoded(r) for r in rows]
            if rows and all(isinstance(row, str) for row in rows):
                return [replaced(f"{row} ", WORDS).split() for row in composed(rows)]
            if rows and all(_is_list(row) and _are_strings(row) for row in rows):
                return [[word for word in row if word] for row in composed(rows)]
        raise ValueError(
            "Expected a list of sentences, each a string or each a list of words. "
            f"Received: {texts!r}"
        )

    def each_alone(self, words: Any) -> list[list[Any]]:
        return each_alone(words)

    def ids(self, texts: Any) -> dict[str, np.ndarray]:
        rows = [list(map(self._as_read, row)) for row in self.words(texts)]
        width = max(1, *map(len, rows))
        numbers = [[self._ids.get(word, UNKNOWN_ID) for word in row] for row in rows]
        ids = {"words": padded(numbers, (None, width))}
        if self.letters:
            codes = [[list(map(ord, self._kept(word))) for word in row] for row in rows]
            ids["letters"] = padded(codes, (None, width, self.letters))
        return ids

    def unknown(self, texts: Any) -> np.ndarray:
        return each_once(
            [word for word in row if self._as_read(word) not in self._ids]
            for row in self.words(texts)
        )

    def _as_read(self, word):
        return word if self.cased else word.lower()

    def _kept(self, word):
        half = self.letters // 2
        return word[:half] + word[half:][half - self.letters :]


def _is_list(row):
    return isinstance(row, (list, tuple))


def _are_strings(row):
    return all(isinstance(word, str) for word in row)


def _decoded(text):
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
