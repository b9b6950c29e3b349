"""Rows of a user's own file, on disk: what is in memory is where each one lies."""

from __future__ import annotations

import array
import hashlib
import pickle
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self, overload

import numpy as np

from ..running.late_tensorflow import tf
from .records import ByNumber

PICKLED = pickle.HIGHEST_PROTOCOL


class StoredRows(Sequence[Any]):
    """Python objects in a file of the temporary folder, which ends with the process.

    In memory, a row takes 16 bytes: the places of its first byte and of that after its last.
    """

    def __init__(self, rows: Iterable[Any]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - read as long as it lives
        self._lock = threading.Lock()
        ends = array.array("q", [0])
        for row in rows:
            ends.append(ends[-1] + self._file.write(pickle.dumps(row, PICKLED)))
        self._places = np.stack([ends[:-1], ends[1:]], axis=-1)

    def chosen(self, are_chosen: np.ndarray) -> Self:
        """Of the rows those of which Booleans `(rows,)` say so, in the same file."""
        chosen = object.__new__(type(self))
        chosen._file, chosen._lock = self._file, self._lock
        chosen._places = self._places[are_chosen]
        return chosen

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, i: int) -> Any: ...
    @overload
    def __getitem__(self, i: slice) -> list[Any]: ...
    def __getitem__(self, i: int | slice) -> Any:
        if isinstance(i, slice):
            return [self[number] for number in range(len(self))[i]]
        begin, end = self._places[i].tolist()
        with self._lock:
            self._file.seek(begin)
            content = self._file.read(end - begin)
        return pickle.loads(content)


class Column(Sequence[bytes]):
    """A text of each row, in UTF-8; a slice of it is an array."""

    def __init__(self, rows: Sequence[Any], place: int) -> None:
        self._rows, self._place = rows, place

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return np.array([row[self._place].encode() for row in self._rows[i]], object)
        return self._rows[i][self._place].encode()


class RowsByNumber(ByNumber):
    """Rows as examples.

    Args:
        rows: The rows.
        columns: The function from a row to its value, and the type of that, by name.
    """

    def __init__(
        self, rows: Sequence[Any], columns: Mapping[str, tuple[Callable[[Any], Any], str]]
    ) -> None:
        self._rows, self._columns = rows, columns

    @property
    def specs(self) -> Mapping[str, tf.TensorSpec]:
        types = {name: tf.as_dtype(dtype) for name, (_, dtype) in self._columns.items()}
        return {name: tf.TensorSpec((), dtype, name) for name, dtype in types.items()}

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, numbers: Sequence[int]) -> dict[str, np.ndarray]:
        rows = [self._rows[int(number)] for number in numbers]
        return {
            name: np.array(
                [value(row) for row in rows], object if dtype == "string" else dtype
            )
            for name, (value, dtype) in self._columns.items()
        }


def numbers_of(texts: Iterable[str]) -> list[int]:
    """Of each text its number, from 0 on; the same text has the same, that of its first.

    Of each text, eight bytes of a digest are in memory.
    """
    digests = array.array("Q")
    for text in texts:
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        digests.append(int.from_bytes(digest, "little"))
    _, first, inverse = np.unique(
        np.frombuffer(digests, "uint64"), return_index=True, return_inverse=True
    )
    numbers = np.empty(len(first), "int64")
    numbers[np.argsort(first)] = np.arange(len(first))
    return numbers[inverse].tolist()
