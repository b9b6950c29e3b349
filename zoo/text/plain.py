"""Text to numbers and back without TensorFlow: in plain Python, the same words and numbers.

The classes are those of `characters`, `sentences` and `stories`, for lists of strings. What
they return are NumPy arrays; of strings, of `bytes` objects in UTF-8, as `.numpy()` of
TensorFlow's. Letters that Unicode has after its version 13 may be read otherwise.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras
import numpy as np

from .patterns import ASCII_LETTERS, LETTERS, LINES, NOT_OF_WORDS, lines_of_words, python

START, END = "\t", "\n"
UNKNOWN_ID, START_ID, END_ID = 1, 2, 3
SPACES = " \t\n\v\f\r"  # that TensorFlow strips


def composed(texts: Any) -> Any:
    """Lists of strings with each accent in one code point with its letter (NFC).

    Tensors are as they were: TensorFlow has no such operation.
    """
    if isinstance(texts, str):
        return unicodedata.normalize("NFC", texts)
    return list(map(composed, texts)) if isinstance(texts, (list, tuple)) else texts


def check_vocabulary(
    vocabulary: Any,
    words_of: Callable[[list[str]], list[list[str]]],
    separator: str | None = None,
) -> None:
    """Raise a `ValueError` unless texts are read as these words.

    Args:
        vocabulary: A list of strings, each once.
        words_of: From strings to the words of each.
        separator: Of the words of an entry that may have several; without it, none may.
    """
    expected = "Expected a list of strings in lower case, each once and each a word, for "
    fits = isinstance(vocabulary, (list, tuple)) and all(
        isinstance(word, str) and word for word in vocabulary
    )
    if not fits or len(set(vocabulary)) != len(vocabulary):
        raise ValueError(f"{expected}vocabulary. Received: {vocabulary!r}")
    found = words_of(list(vocabulary)) if vocabulary else []
    for word, read in zip(vocabulary, found, strict=True):
        if read != (word.split(separator) if separator else [word]):
            raise ValueError(
                f"{expected}vocabulary. Received: {word!r}, which is read as {read}"
            )


def strings(texts: Any, compose: bool = True) -> list[str]:
    """Texts, in a list.

    Args:
        texts: A list of strings, or of `bytes` in UTF-8.
        compose: Whether they are `composed`.

    Raises:
        ValueError: They are something else.
    """
    rows = texts.tolist() if isinstance(texts, np.ndarray) else texts
    fits = isinstance(rows, (list, tuple)) and rows
    if not fits or not all(isinstance(text, (str, bytes)) for text in rows):
        raise ValueError(f"Expected a list of strings. Received: {texts!r}")
    decoded = list(map(_decoded, rows))
    return composed(decoded) if compose else decoded


def _decoded(text):
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def replaced(text: str, patterns: Iterable[tuple[str, str]]) -> str:
    """A text after each pattern in turn was replaced."""
    for pattern, replacement in patterns:
        text = python(pattern).sub(replacement, text)
    return text


def words_of(text: str) -> list[str]:
    """The words of a story's sentence, in lower case."""
    return replaced(text.lower(), [(NOT_OF_WORDS, " ")]).split()


def lines_of(story: str) -> list[str]:
    """The sentences of a story."""
    return _not_empty(replaced(story, LINES).split("\n"))


def _not_empty(sentences):
    return [bare for sentence in sentences if (bare := sentence.strip(SPACES))]


def sentences_of_words(
    text: str, sentences: int, words: int, letters: str = LETTERS
) -> list[list[str]]:
    """As `sentences.sentences_of_words`, of one text."""
    lines = replaced(text, lines_of_words(words, letters)).lower().split("\n")
    return [line.split() for line in lines[-sentences:]]


def encoded(texts: Any) -> np.ndarray:
    """Lists of strings, of one shape, as an array of `bytes`."""
    return np.vectorize(str.encode, otypes=[object])(np.array(texts, object))


def each_once(rows: Iterable[Iterable[str]], separator: str = ", ") -> np.ndarray:
    """Strings `(batch,)`: the words of each row, joined."""
    return encoded([separator.join(dict.fromkeys(row)) for row in rows])


def dense(rows: Sequence[Sequence[str]]) -> np.ndarray:
    """Lists of strings as an array, padded with `""`."""
    texts = np.full((len(rows), max(map(len, rows), default=0)), b"", object)
    for text, row in zip(texts, rows, strict=True):
        text[: len(row)] = [sentence.encode() for sentence in row]
    return texts


def names(choices: Sequence[str], index: Any) -> np.ndarray:
    """The string of each index into a list of them."""
    return encoded(choices)[keras.ops.convert_to_numpy(index)]


def row_names(texts: Any, index: Any) -> np.ndarray:
    """The string of each index into its row of texts `(batch, n)`; `""` of the index n."""
    texts = np.pad(texts, [[0, 0], [0, 1]], constant_values=b"")
    return np.take_along_axis(texts, keras.ops.convert_to_numpy(index), axis=1)


def text_spec(name: str, rank: int = 1) -> Any:
    """Of an endpoint, which is TensorFlow's.

    Raises:
        ImportError: There is no TensorFlow.
    """
    raise ImportError(
        "Expected TensorFlow, whose endpoints take strings: pip install tensorflow"
    )


def padded(rows: Any, shape: tuple[int | None, ...]) -> np.ndarray:
    """Nested lists of numbers as an array, padded with zeros and cut.

    Args:
        rows: The lists, as deep as the shape is long.
        shape: The array's; `None` for as long as the longest list.
    """
    depth = len(shape)
    sizes = [size if size is not None else 0 for size in shape]

    def measure(part, axis):
        if shape[axis] is None:
            sizes[axis] = max(sizes[axis], len(part))
        if axis + 1 < depth:
            for row in part:
                measure(row, axis + 1)

    def fill(array, part):
        for i, row in enumerate(part[: len(array)]):
            if array.ndim == 1:
                array[i] = row
            else:
                fill(array[i], row)

    measure(rows, 0)
    array = np.zeros(sizes, "int32")
    fill(array, rows)
    return array


def _room_for_one(array):
    """One column at least, be all texts empty."""
    missing = [[0, 0]] * (array.ndim - 1) + [[0, int(array.shape[-1] == 0)]]
    return np.pad(array, missing)


class Characters:
    """As `characters.Characters`."""

    def __init__(self, characters: str) -> None:
        self._characters = ["", "\ufffd", *characters]
        self._ids = {name: i for i, name in enumerate(self._characters) if i > UNKNOWN_ID}
        self.size = len(self._characters)
        self.layers = []

    def ids(self, texts: Sequence[str], length: int | None = None) -> np.ndarray:
        rows = [[self._ids.get(c, UNKNOWN_ID) for c in text] for text in strings(texts)]
        return _room_for_one(padded(rows, (None, length)))

    def unknown(self, texts: Sequence[str]) -> np.ndarray:
        return each_once(([c for c in t if c not in self._ids] for t in strings(texts)), "")

    def texts(self, ids: Any) -> np.ndarray:
        rows = keras.ops.convert_to_numpy(ids)
        texts = ("".join(self._characters[i] for i in row) for row in rows)
        return encoded([text.partition(END)[0] for text in texts])


class CharacterPairs:
    """As `characters.CharacterPairs`."""

    def __init__(self, source_characters: str, target_characters: str) -> None:
        self.source = Characters(source_characters)
        self.target = Characters(START + END + target_characters)
        self.layers = []
        self.sizes = tuple(text.size for text in (self.source, self.target))

    def ids(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        source_length: int | None = None,
    ) -> tuple[dict[str, Any], Any]:
        targets = [START + target + END for target in strings(targets, compose=False)]
        target = self.target.ids(targets)
        source = self.source.ids(sources, source_length)
        return {"source": source, "target": target[:, :-1]}, target[:, 1:]


class Sentences:
    """As `sentences.Sentences`."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        sentences: int,
        words: int,
        letters: str = LETTERS,
    ) -> None:
        self.size = (sentences, words)
        self.letters = letters
        check_vocabulary(vocabulary, lambda texts: list(map(sum_of, self.words(texts))))
        self._ids = {word: i for i, word in enumerate(vocabulary, UNKNOWN_ID + 1)}
        self.layers = []

    def words(self, texts: Sequence[str]) -> list[list[list[str]]]:
        texts = strings(texts, compose=self.letters != ASCII_LETTERS)
        return [sentences_of_words(text, *self.size, self.letters) for text in texts]

    def ids(self, texts: Sequence[str]) -> np.ndarray:
        rows = [
            [[self._ids.get(word, UNKNOWN_ID) for word in sentence] for sentence in text]
            for text in self.words(texts)
        ]
        return padded(rows, (None, *self.size))

    def known_words(self, ids: Any) -> np.ndarray:
        return np.count_nonzero(ids > UNKNOWN_ID, axis=(1, 2)).astype("int32")

    def unknown(self, texts: Sequence[str]) -> np.ndarray:
        words = map(sum_of, self.words(texts))
        return each_once([word for word in row if word not in self._ids] for row in words)


def sum_of(rows: Iterable[list[str]]) -> list[str]:
    """Lists one after the other."""
    return [word for row in rows for word in row]


class Stories:
    """As `stories.Stories`."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        check_vocabulary(
            vocabulary, lambda texts: list(map(words_of, strings(texts))), separator=","
        )
        self.size = len(vocabulary)
        self._ids = {word: i for i, word in enumerate(vocabulary, 1)}
        self.layers = []

    def sentences(self, stories: Any) -> list[list[str]]:
        rows = stories.tolist() if isinstance(stories, np.ndarray) else stories
        fits = isinstance(rows, (list, tuple))
        if fits and all(isinstance(row, (list, tuple)) for row in rows):
            texts = [list(map(_decoded, row)) for row in rows]
            if all(isinstance(text, str) for row in texts for text in row):
                return list(map(_not_empty, composed(texts)))
        elif fits and all(isinstance(row, (str, bytes)) for row in rows):
            return list(map(lines_of, strings(rows)))
        raise ValueError(
            f"Expected a list of stories, each a string or each a list of sentences. "
            f"Received: {stories!r}"
        )

    def ids(self, stories: Any, questions: Any) -> dict[str, np.ndarray]:
        sentences, questions = self.sentences(stories), strings(questions)
        if len(sentences) != len(questions):
            raise ValueError(
                f"Expected as many stories as questions. Received: {len(sentences)} stories, "
                f"{len(questions)} questions"
            )
        story = [list(map(self._numbers, row)) for row in sentences]
        return {
            "story": _room_for_one(padded(story, (None, None, None))),
            "question": self.question_ids(questions),
        }

    def question_ids(self, questions: Any) -> np.ndarray:
        rows = list(map(self._numbers, strings(questions)))
        return _room_for_one(padded(rows, (None, None)))

    def unknown(self, stories: Any, questions: Any) -> np.ndarray:
        texts = zip(strings(questions), self.sentences(stories), strict=True)
        words = (sum_of(map(words_of, [question, *story])) for question, story in texts)
        return each_once([word for word in row if word not in self._ids] for row in words)

    def answer_ids(self, answers: Any, unknown: int | None = None) -> np.ndarray:
        answers = strings(answers)
        ids = [self._ids.get(answer.lower(), 0) - 1 for answer in answers]
        if unknown is None and -1 in ids:
            raise ValueError(
                f"Expected answers in the vocabulary. Received: {answers[ids.index(-1)]!r}"
            )
        return np.array([unknown if i < 0 else i for i in ids], "int32")

    def _numbers(self, text):
        return [self._ids.get(word, 0) for word in words_of(text)]
