"""Patterns of numbers out of a user's own files: images, an array, or rows of CSV."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .reading import LARGEST_TEXT, named_faults, open_file, read_lines
from .tables import number_of

IMAGES = ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"
MOST_NUMBERS = 1 << 26  # of all patterns: 256 MB


def read_patterns(path: str, side: int = 32) -> np.ndarray:
    """Patterns in the order of a file's rows, or of the names of images in a folder.

    Args:
        path: A folder of images; an array `.npy`, whose first axis is that of the patterns;
            or a file `.csv` of numbers, a pattern a row, perhaps under names of columns.
        side: Pixels of a side of the square that an image becomes, grey, from 0 to 1.

    Returns:
        `(patterns, …)`, float32: of images, `(patterns, side, side)`.

    Raises:
        ValueError: There are no patterns, or too many, one is malformed, or not of finite
            numbers; the message names the file, and the line.
        ImportError: Pillow is not installed, which reads images.
    """
    if Path(path).is_dir():
        return _of_folder(Path(path), side)
    ending = Path(path).suffix.lower()
    if ending not in (".csv", ".npy"):
        raise ValueError(
            "Expected a folder of images, or a file that ends with .csv, .npy. Received: "
            f"{path}"
        )
    if not Path(path).exists():
        raise ValueError(f"Expected a file. Received: {path}, no such file")
    return read_array(path) if ending == ".npy" else _of_rows(path)


def read_image(path: str | Path, side: int) -> np.ndarray:
    """An image as a square of numbers from 0 to 1, `(side, side)`.

    Raises:
        ValueError: The file is not an image.
        ImportError: Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise ImportError("Expected Pillow, which reads images: pip install pillow") from None
    with named_faults(path, "an image"), open_file(path, LARGEST_TEXT) as file:
        image = Image.open(file).convert("L").resize((side, side), Image.Resampling.BILINEAR)
        return np.asarray(image, "float32") / 255


def read_array(path: str | Path) -> np.ndarray:
    """An array `.npy`, float32.

    Raises:
        ValueError: It is not an array of finite numbers, with two axes or more.
    """
    with open_file(path, LARGEST_TEXT) as file, named_faults(path, "an array of NumPy"):
        array = np.lib.format.read_array(file, allow_pickle=False)
    if array.dtype.kind not in "bfiu" or array.ndim < 2 or not array.size:
        raise ValueError(
            f"{path}: Expected numbers along two axes or more. Received: {array.dtype} "
            f"{array.shape}"
        )
    _check_number(path, array.size)
    return finite_numbers(array, path)


def finite_numbers(array: np.ndarray, path: str | Path, first: int = 0) -> np.ndarray:
    """An array as float32, whose first row is so many rows from the beginning of a file.

    Raises:
        ValueError: A number is not finite.
    """
    with np.errstate(over="ignore"):
        array = array.astype("float32")
    if not np.isfinite(array).all():
        row = first + int(np.argwhere(~np.isfinite(array))[0, 0])
        raise ValueError(f"{path}: Expected finite numbers. Received: others in row {row}")
    return array


def numbers_of(cells: list[str], source: str) -> np.ndarray:
    """Finite numbers, `(cells,)`, float32, out of their texts.

    Raises:
        ValueError: A text is something else; the message names the source.
    """
    with np.errstate(over="ignore"):
        found = np.array([number_of(cell) for cell in cells], "float32")
    if not len(found) or not np.isfinite(found).all():
        raise ValueError(f"{source}: Expected numbers. Received: {', '.join(cells)!r:.90}")
    return found


def read_cells(path: str) -> Iterator[tuple[str, list[str]]]:
    """The cells of each row of CSV, and where it is, but of names of columns in the first.

    Raises:
        ValueError: A row is malformed, or there are none; the message names file and line.
    """
    row = 0
    for row, line in enumerate(read_lines(path), start=1):
        try:
            cells = next(csv.reader([line], strict=True), [])
        except csv.Error as error:
            raise ValueError(f"{path}:{row}: Expected CSV. Received: {error}") from None
        if row > 1 or not all(map(_is_name, cells)):
            yield f"{path}:{row}", cells
    if row < 1:
        raise ValueError(f"{path}: Expected rows of numbers. Received: none")


def _is_name(cell):
    try:
        float(cell)
    except ValueError:
        return bool(cell.strip())
    return False


def _of_folder(path, side):
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in IMAGES)
    if not files:
        raise ValueError(f"{path}: Expected images ({', '.join(IMAGES)}). Received: none")
    _check_number(path, len(files) * side**2)
    return np.stack([read_image(file, side) for file in files])


def _of_rows(path):
    rows, size = [], 0
    for source, cells in read_cells(path):
        row = numbers_of(cells, source)
        if rows and len(row) != len(rows[0]):
            raise ValueError(
                f"{source}: Expected {len(rows[0])} numbers, as before. Received: {len(row)}"
            )
        size += len(row)
        _check_number(source, size)
        rows.append(row)
    if not rows:
        raise ValueError(f"{path}: Expected rows of numbers. Received: none")
    return np.stack(rows)


def _check_number(source, size):
    if size > MOST_NUMBERS:
        raise ValueError(
            f"{source}: Expected up to {MOST_NUMBERS:,} numbers. Received: {size:,}"
        )
