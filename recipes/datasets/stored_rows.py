"""Rows of a user's own file, on disk: what is in memory is the number of each."""

from __future__ import annotations

import array
import hashlib
import itertools
import pickle
import struct
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, overload

import numpy as np

from ..running.late_tensorflow import tf
from .records import ByNumber, padded

PICKLED = pickle.HIGHEST_PROTOCOL
PLACE, PLACES = struct.Struct("q"), struct.Struct("2q")  # of one row, of two
AT_ONCE = 100  # rows
LARGE = 1 << 20  # texts
# So many bits less, so that a double has places after the point of a multiple.
SHORTER = np.uint64(33)


class TemporaryBytes:
    """A file of the temporary folder, which ends with the object, or the process."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - read as long as it lives
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)
        #: Append bytes, and return how many.
        self.write = self._file.write

    def read(self, begin: int, size: int) -> bytes:
        """So many bytes from a place on, in any thread."""
        with self._lock:
            self._file.seek(begin)
            return self._file.read(size)


class StoredRows(Sequence[Any]):
    """Python objects in a file of the temporary folder, which ends with the process.

    Where each of them ends is in another; in memory is the number of each, 4 bytes.
    """

    def __init__(self, rows: Iterable[Any]) -> None:
        self._file, self._ends = TemporaryBytes(), TemporaryBytes()
        count, end = 0, 0
        self._ends.write(PLACE.pack(end))
        for row in rows:
            end += self._file.write(pickle.dumps(row, PICKLED))
            self._ends.write(PLACE.pack(end))
            count += 1
        self._numbers = np.arange(count, dtype="uint32")

    def chosen(self, places: np.ndarray) -> Self:
        """Those of the rows that Booleans `(rows,)`, or places, say; in the same file."""
        chosen = object.__new__(type(self))
        vars(chosen).update(vars(self), _numbers=self._numbers[places])
        return chosen

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, i: int) -> Any: ...
    @overload
    def __getitem__(self, i: slice) -> list[Any]: ...
    def __getitem__(self, i: int | slice) -> Any:
        if isinstance(i, slice):
            return [self[number] for number in range(len(self))[i]]
        number = int(self._numbers[i])
        begin, end = PLACES.unpack(self._ends.read(PLACE.size * number, PLACES.size))
        return pickle.loads(self._file.read(begin, end - begin))


class Column(Sequence[Any]):
    """A value of each row, by a function of the row; a slice is an array of objects."""

    def __init__(self, rows: Sequence[Any], value: Callable[[Any], Any]) -> None:
        self._rows, self._value = rows, value

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return np.fromiter(map(self._value, self._rows[i]), object)
        return self._value(self._rows[i])


class RowsByNumber(ByNumber):
    """Rows as examples.

    Args:
        rows: The rows.
        columns: By name: the function from a row to its value, the type of that, and the
            sizes of its axes, `None` of one that a batch pads; or all values, an array in
            memory, which `examples[name]` is, too.
    """

    def __init__(
        self,
        rows: Sequence[Any],
        columns: Mapping[str, tuple[Any, ...] | np.ndarray],
    ) -> None:
        self._rows, self._columns = rows, columns

    @property
    def specs(self) -> Mapping[str, tf.TensorSpec]:
        return {
            name: tf.TensorSpec((), column.dtype, name)
            if isinstance(column, np.ndarray)
            else tf.TensorSpec(column[2:], column[1], name)
            for name, column in self._columns.items()
        }

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, part: Any) -> Any:
        return self._columns[part] if isinstance(part, str) else super().__getitem__(part)

    def read(self, numbers: Sequence[int]) -> dict[str, np.ndarray]:
        rows = [self._rows[int(number)] for number in numbers]
        return {
            name: column[np.asarray(numbers, int)]
            if isinstance(column, np.ndarray)
            else _values(rows, *column)
            for name, column in self._columns.items()
        }


def _values(rows, value, dtype, *shape):
    values = [value(row) for row in rows]
    if shape and values:
        return padded(values, dtype)
    if shape:
        return np.zeros((0, *(size or 0 for size in shape)), dtype)
    return np.array(values, object if dtype == "string" else dtype)


def numbers_of(texts: Iterable[str]) -> np.ndarray:
    """Of each text its number, from 0 on; the same text has the same, that of its first.

    Of each text, eight bytes of a digest are in memory.
    """
    return _numbered(_digests(texts))


def groups_of(texts: Iterable[str]) -> np.ndarray:
    """As `numbers_of`; but of more texts than LARGE, numbers that a few others have, too, and
    for which no more is in memory.
    """
    digests = _digests(texts)
    if len(digests) <= LARGE:
        return _numbered(digests)
    digests >>= SHORTER
    return digests


def _digests(texts):
    digests = array.array("Q")
    for text in texts:
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        digests.append(int.from_bytes(digest, "little"))
    return np.frombuffer(digests, "uint64")


def _numbered(digests):
    _, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
    numbers = np.empty(len(first), "int64")
    numbers[np.argsort(first)] = np.arange(len(first))
    return numbers[inverse]


def in_groups(rows: Iterable[Any], name: Callable[[Any], str]) -> Iterator[list[Any]]:
    """Lists of the rows that have the same name, in the order of the first ones.

    They may come in any order: those before the last are stored.
    """
    stored = StoredRows(rows)
    numbers = numbers_of(map(name, stored))
    order = np.argsort(numbers, kind="stable")
    for _, places in itertools.groupby(order, numbers.__getitem__):
        yield [stored[place] for place in places]


def filled(values: Any, shape: Sequence[int], fill: int = 0) -> np.ndarray:
    """Values at the beginning of each axis of that shape; the same at all other places."""
    values = np.asarray(values)
    whole = np.full(shape, fill, values.dtype)
    whole[tuple(map(slice, values.shape))] = values
    return whole


def parts(rows: Sequence[Any], size: int = AT_ONCE) -> Iterator[Sequence[Any]]:
    """The rows, so many at once: slices."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def moments(arrays: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of all rows of arrays `(rows, features)`, in double precision.

    One pass, as of Chan, Golub and LeVeque, 1979.
    """
    count, mean, squares = 0, np.zeros(()), np.zeros(())
    for rows in arrays:
        found = np.asarray(rows, "float64")
        here, difference = found.mean(axis=0), found.mean(axis=0) - mean
        total = count + len(found)
        squares = squares + np.square(found - here).sum(axis=0)
        squares = squares + difference**2 * (count * len(found) / total)
        count, mean = total, mean + difference * (len(found) / total)
    return mean, squares / count
