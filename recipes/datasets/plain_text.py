"""A user's own text, for language models of characters: of any size, on disk."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np

from ...zoo.text.plain import composed
from ..running.late_tensorflow import tf
from .reading import open_file
from .records import ByNumber
from .stored_rows import TemporaryBytes

AT_ONCE = 1_000_000  # bytes, or characters
MOST_CHARACTERS = 1 << 16  # different ones
CODES = 0x110000  # of Unicode


def read_text(path: str) -> Iterator[str]:
    """A text in UTF-8, composed (NFC), in pieces.

    Raises:
        ValueError: There is no such file, it is empty, or not such a text; the message names
            file and line.
    """
    decoder, row, rest = codecs.getincrementaldecoder("utf-8-sig")(), 1, ""
    try:
        file = open_file(path)
    except OSError as error:
        raise ValueError(f"Expected a text. Received: {path} ({error.strerror})") from None
    is_empty = True
    with file:
        while block := file.read(AT_ONCE):
            rest += _decoded(decoder, block, path, row)
            row += block.count(b"\n")
            # No character of ASCII is composed with the one before it.
            end = next((i for i in reversed(range(len(rest))) if rest[i].isascii()), 0)
            if end:
                yield composed(rest[:end])
                rest, is_empty = rest[end:], False
    rest += _decoded(decoder, b"", path, row)
    if rest:
        yield composed(rest)
    elif is_empty:
        raise ValueError(f"{path}: Expected a text. Received: none")


def _decoded(decoder, block, path, row):
    try:
        return decoder.decode(block, final=not block)
    except UnicodeDecodeError as error:
        row += error.object.count(b"\n", 0, error.start)
        received = error.object[error.start : error.start + 40]
        raise ValueError(
            f"{path}:{row}: Expected text in UTF-8. Received: {received!r}"
        ) from None


class StoredText(Sequence[str]):
    """A text in a file of the temporary folder, two bytes a character.

    Args:
        pieces: The text, one after the other.
        source: Where they are from, as a message names it.

    Raises:
        ValueError: It has more different characters than MOST_CHARACTERS.
    """

    def __init__(self, pieces: Iterable[str], source: str) -> None:
        self._file = TemporaryBytes()
        self._start, self._size, found = 0, 0, np.empty(0, "uint32")
        number_of, is_new = np.zeros(CODES, "uint16"), np.ones(CODES, bool)
        for piece in pieces:
            codes = np.frombuffer(piece.encode("utf-32-le"), "uint32")
            new = np.unique(codes[is_new[codes]])
            if len(found) + len(new) > MOST_CHARACTERS:
                raise ValueError(
                    f"{source}: Expected up to {MOST_CHARACTERS:,} different characters. "
                    "Received: more"
                )
            number_of[new], is_new[new] = np.arange(len(new)) + len(found), False
            found = np.concatenate([found, new])
            self._file.write(number_of[codes].tobytes())
            self._size += len(codes)
        #: All characters, by their numbers.
        self.characters = found.tobytes().decode("utf-32-le")

    def part(self, start: int, end: int) -> Self:
        """The characters from one place to another, in the same file."""
        part = object.__new__(type(self))
        vars(part).update(vars(self), _start=self._start + start, _size=end - start)
        return part

    def __len__(self) -> int:
        return self._size

    def numbers(self, start: int, end: int) -> np.ndarray:
        """The numbers of the characters from one place to another, uint16."""
        size = 2 * max(0, min(end, self._size) - start)
        return np.frombuffer(self._file.read(2 * (self._start + start), size), "uint16")

    def __getitem__(self, i: Any) -> str:
        if not isinstance(i, slice):
            place = range(self._size)[i]
            return self[place : place + 1]
        start, end, step = i.indices(self._size)
        return "".join(self.characters[n] for n in self.numbers(start, end)[::step])

    def numbered(self, alphabet: str) -> np.ndarray:
        """Of each of the characters its place in an alphabet, that has them all."""
        places = {character: place for place, character in enumerate(alphabet)}
        return np.array([places[character] for character in self.characters], "uint16")

    def first_of(self, characters: Iterable[str]) -> tuple[int, int]:
        """The first place that has one of these characters, and its line, from 1 on."""
        is_one = np.isin([*self.characters], [*characters])
        is_end = np.isin([*self.characters], ["\n"])
        row = 1
        for start in range(0, self._size, AT_ONCE):
            numbers = self.numbers(start, start + AT_ONCE)
            if is_one[numbers].any():
                place = int(is_one[numbers].argmax())
                return start + place, row + int(is_end[numbers[:place]].sum())
            row += int(is_end[numbers].sum())
        raise ValueError(f"Expected one of {[*characters]}. Received: none")


class Pieces(ByNumber):
    """Pieces of a text, and the same one character further on.

    Args:
        text: The text.
        places: Of each of its characters the number that a model has.
        number: How many pieces there are.
        length: Characters of a piece.
    """

    def __init__(
        self, text: StoredText, places: np.ndarray, number: int, length: int
    ) -> None:
        self._text, self._places, self._number, self._length = text, places, number, length

    def __len__(self) -> int:
        return self._number

    @property
    def specs(self) -> Mapping[str, tf.TensorSpec]:
        shape = (self._length,)
        return {name: tf.TensorSpec(shape, tf.uint16, name) for name in ("symbols", "next")}

    def read(self, numbers: Sequence[int]) -> dict[str, np.ndarray]:
        starts = [int(number) * self._length for number in numbers]
        found = [self._text.numbers(start, start + self._length + 1) for start in starts]
        symbols = self._places[np.stack(found)]
        return {"symbols": symbols[:, :-1], "next": symbols[:, 1:]}
