"""MATLAB files of version 5, read without trust in them.

SciPy's reader may crash on a damaged file. Here, every size that a file states is compared
with the bytes that are there.
"""

import math
import struct
import zlib

import numpy as np

HEADER = 128  # bytes
ORDERS = {b"IM": "<", b"MI": ">"}
LARGEST = 1 << 28  # bytes of all variables, once decompressed
DEEPEST = 8  # structures in structures
# Types of an element: of numbers, that of NumPy.
NUMBERS = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
MATRIX, COMPRESSED = 14, 15
# Classes of a matrix.
STRUCTURE, OBJECT, FIRST_NUMERIC, LAST_NUMERIC = 2, 3, 6, 15
COMPLEX = 0x0800


def variable(data, name):
    """A variable of a file: an array, or of a structure the dictionary of its fields.

    Text, cells, sparse matrices and arrays of structures are `None`.

    Args:
        data: The bytes of the file.
        name: Of the variable.

    Raises:
        Exception: The file is damaged or has no such variable; `reading.named_faults` makes
            one line of it.
    """
    order, left = ORDERS[data[HEADER - 2 : HEADER]], LARGEST
    for kind, body in _elements(memoryview(data)[HEADER:], order):
        if kind == COMPRESSED:
            unzip = zlib.decompressobj()
            body = unzip.decompress(body, left + 1)
            left -= len(body)
            if left < 0 or not unzip.eof:
                raise ValueError(f"more than {LARGEST:,} bytes, or cut short")
            kind, body = next(_elements(memoryview(body), order))
        if kind == MATRIX:
            found, value = _matrix(body, order, name)
            if found == name:
                return value
    raise KeyError(name)


def _elements(data, order):
    """The elements one after the other: type and bytes."""
    start = 0
    while start < len(data):
        kind, size = struct.unpack_from(f"{order}II", data, start)
        start += 8
        padded = size if kind == COMPRESSED else -(-size // 8) * 8
        if kind >> 16:  # a small element: type and size in one number, four bytes after it
            kind, size = kind & 0xFFFF, kind >> 16
            start, padded = start - 4, 4
            if size > padded:
                raise ValueError(f"an element of {size} bytes in {padded}")
        if start + size > len(data):
            raise ValueError(f"{len(data) - start} bytes of {size}")
        yield kind, data[start : start + size]
        start += padded


def _matrix(data, order, name=None, depth=0):
    """The name and the value of a matrix; of another `name`, without its value."""
    if depth > DEEPEST:
        raise ValueError(f"more than {DEEPEST} structures in each other")
    if not data:
        return "", None
    parts = _elements(data, order)
    (_, flags), (_, shape), (_, found) = (next(parts) for _ in range(3))
    found = bytes(found).decode("ascii")
    if name not in (None, found):
        return found, None
    flags = struct.unpack_from(f"{order}I", flags)[0]
    kind, shape = flags & 0xFF, np.frombuffer(shape, f"{order}u4").tolist()
    if FIRST_NUMERIC <= kind <= LAST_NUMERIC:
        if flags & COMPLEX:
            raise ValueError("complex numbers")
        stored, numbers = next(parts)
        return found, np.frombuffer(numbers, order + NUMBERS[stored]).reshape(
            shape, order="F"
        )
    if kind in (STRUCTURE, OBJECT) and math.prod(shape) == 1:
        if kind == OBJECT:
            next(parts)  # the name of its class
        (_, size), (_, fields) = next(parts), next(parts)
        size = struct.unpack_from(f"{order}i", size)[0]
        fields = bytes(fields)
        names = [fields[i : i + size] for i in range(0, len(fields), size)]
        names = [field.partition(b"\0")[0].decode("ascii") for field in names]
        values = [_matrix(value, order, depth=depth + 1)[1] for _, value in parts]
        return found, dict(zip(names, values, strict=True))
    return found, None
