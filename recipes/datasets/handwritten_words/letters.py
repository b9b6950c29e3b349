"""Letters as strokes: of the fonts of Hershey, and of people who wrote for Omniglot.

A stroke is an array `(points, 2)`, x to the right and y upwards, in the unit of a resampled
stroke: the distance between two of its points. Letters stand on the line y = 0.
"""

import re
import string
import zipfile

import numpy as np

from ..reading import named_faults, open_file

LETTERS = string.ascii_lowercase
FONTS = "futural", "scripts"  # whose letters are single lines
FONT_BASELINE, FONT_UNIT = 9, 5.0
OMNIGLOT = "strokes_background_small1.zip"
OMNIGLOT_DRAWERS = 20
OMNIGLOT_BASELINE, OMNIGLOT_UNIT = -80.0, 12.0
MEMBER = re.compile(r".*/Latin/character(\d\d)/\d{1,6}_(\d\d)\.txt")
LARGEST_LETTER = 1 << 18  # bytes of a file
MOST_MEMBERS = 1 << 16


def font_letters():
    """The letters of each font: `{font: {letter: strokes}}`.

    Raises:
        ImportError: The package `hershey-fonts` is not installed.
    """
    try:
        from HersheyFonts import HersheyFonts
    except ImportError:
        raise ImportError(
            "Expected the package hershey-fonts, of whose letters words are made: pip "
            "install 'keras-memory[handwriting]'. Received: it is not installed"
        ) from None
    found = {}
    for name in FONTS:
        font = HersheyFonts()
        font.load_default_font(name)
        found[name] = {
            letter: [_of_font(stroke) for stroke in font.strokes_for_text(letter)]
            for letter in LETTERS
        }
    return found


def _of_font(stroke):
    points = np.array([*stroke], float)
    return np.stack([points[:, 0], FONT_BASELINE - points[:, 1]], axis=-1) / FONT_UNIT


def omniglot_letters(path):
    """The letters of each person: `{number from 1: {letter: strokes}}`.

    Args:
        path: The archive of pen strokes.

    Raises:
        ValueError: It is not such an archive, or a letter is missing or malformed.
    """
    found = {drawer: {} for drawer in range(1, OMNIGLOT_DRAWERS + 1)}
    expected = f"a zip archive with Latin letters of {OMNIGLOT_DRAWERS} people"
    with open_file(path) as file, named_faults(path, expected):
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise ValueError(f"{len(members)} members")
        for member in members:
            place = MEMBER.fullmatch(member.filename)
            if place is None or member.filename.startswith("__MACOSX"):
                continue
            if member.file_size > LARGEST_LETTER:
                raise ValueError(f"{member.filename}: {member.file_size} bytes")
            text = archive.read(member).decode("ascii")
            strokes = _of_omniglot(text, member.filename)
            found[int(place[2])][LETTERS[int(place[1]) - 1]] = strokes
        for drawer, letters in found.items():
            if missing := set(LETTERS) - set(letters):
                raise ValueError(f"no {min(missing)!r} of person {drawer}")
    return found


def _of_omniglot(text, source):
    """Strokes out of lines `x,y,milliseconds`, with BREAK after each stroke."""
    strokes, points = [], []
    for row, line in enumerate(text.split("\n"), start=1):
        if line.strip() == "BREAK":
            if points:
                strokes.append((np.array(points) - [0, OMNIGLOT_BASELINE]) / OMNIGLOT_UNIT)
            points = []
        elif line.strip() not in ("", "START"):
            numbers = [float(number) for number in line.split(",")]
            if len(numbers) != 3 or not np.isfinite(numbers).all():
                raise ValueError(f"{source}:{row}: {line[:40]!r}")
            points.append(numbers[:2])
    if not strokes:
        raise ValueError(f"{source}: no strokes")
    return strokes
