"""Words out of letters: the points of a pen, each with the number of its letter."""

import string

import numpy as np

SHORTEST, LONGEST = 3, 8  # letters of a word
LINE_HEIGHT = 3.0  # of a small letter, about, by which bends are measured
GAP = 1.2  # between letters
# Standard deviations: of how a writer bends each letter, of how each time it is written, of
# each of its points; and of how far a letter is off the line and from the one before.
BEND, VARIATION, SHAKE, STEP = 0.1, 0.04, 0.06, 0.15


def sample_text(random):
    """A word of letters at random."""
    size = random.integers(SHORTEST, LONGEST + 1)
    return "".join(random.choice([*string.ascii_lowercase], size))


def writer_of(letters, random):
    """A writer's own letters: `{letter: strokes}`, slanted, stretched and bent."""
    slant, width = random.normal(0, 0.2), np.exp(random.normal(0, 0.12))
    height = np.exp(random.normal(0, 0.12))
    style = np.array([[width, 0], [slant * height, height]])
    return {
        letter: [stroke @ style for stroke in bent(strokes, BEND, random)]
        for letter, strokes in letters.items()
    }


def bent(strokes, deviation, random):
    """All strokes of a letter after the same smooth change of the plane."""
    centre = np.concatenate(strokes).mean(axis=0)
    linear = np.eye(2) + random.normal(0, deviation, (2, 2))
    square = random.normal(0, deviation / 2, (3, 2))

    def moved(stroke):
        at = (stroke - centre) / LINE_HEIGHT
        x, y = at.T
        curved = at @ linear + np.stack([x * y, x * x, y * y], axis=-1) @ square
        return centre + LINE_HEIGHT * curved

    return [moved(stroke) for stroke in strokes]


def resampled(stroke):
    """A stroke at points whose distance along it is 1, or nearly so; a dot is one point."""
    lengths = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(lengths)])
    count = round(along[-1]) + 1
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, stroke[:, axis]) for axis in (0, 1)], axis=-1)


def compose(text, letters, random):
    """A word of a writer's letters: arrays `points` and `letters`.

    Args:
        text: The word.
        letters: `{letter: strokes}` of the writer.
        random: A `numpy.random.Generator`.

    Returns:
        For each point `(Δx, Δy, end)`, where `end` is 1 if the pen leaves the paper after it;
        and the number of its letter. Last comes a full stop, whose number is that of the
        letters.
    """
    x, strokes, numbers = 0.0, [], []
    for number, letter in enumerate(text):
        shape = [resampled(stroke) for stroke in bent(letters[letter], VARIATION, random)]
        xs = np.concatenate(shape)[:, 0]
        offset = np.array([x + GAP - xs.min(), 0]) + random.normal(0, STEP, 2)
        strokes += [stroke + offset for stroke in shape]
        numbers += [number] * len(shape)
        x = xs.max() + offset[0]
    strokes.append(np.array([[x + GAP, 0]]) + random.normal(0, STEP, 2))
    numbers.append(len(text))
    places = np.concatenate(strokes)
    places += random.normal(0, SHAKE, places.shape)
    sizes = [len(stroke) for stroke in strokes]
    ends = np.zeros(len(places))
    ends[np.cumsum(sizes) - 1] = 1
    steps = np.diff(places, axis=0, prepend=0)
    return {
        "points": np.concatenate([steps, ends[:, None]], axis=1).astype("float32"),
        "letters": np.repeat(numbers, sizes).astype("int32"),
    }
