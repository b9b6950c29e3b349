"""Pointing beyond the paper's test: other numbers of points, places and units."""

import numpy as np

from ..running.beyond import fresh

EXAMPLES = 500
MOST = 10  # points, where a network knows more
JITTER = 1e-3  # no four points on one circle, no three on one line


def uniform(random, shape):
    return random.random(shape)


def clustered(random, shape):
    """Near three points of the unit square."""
    examples, points, dim = shape
    centres = random.random((examples, 3, dim))
    nearest = random.integers(3, size=(examples, points, 1))
    return np.take_along_axis(centres, nearest, axis=1) + 0.03 * random.normal(size=shape)


def on_a_circle(random, shape):
    angle = 2 * np.pi * random.random(shape[:2])
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return 0.5 + 0.5 * circle + JITTER * random.normal(size=shape)


def on_a_line(random, shape):
    """From one side of the unit square to the other, at any angle of up to 45 degrees."""
    along = random.random((*shape[:2], 1))
    slope = random.uniform(-1, 1, (shape[0], 1, 1))
    line = np.concatenate([along, 0.5 + slope * (along - 0.5)], axis=-1)
    return line + JITTER * random.normal(size=shape)


def moved(random, shape):
    """Uniform, a thousand times as far from each other, and ten thousand away."""
    return 1e4 + 1e3 * random.random(shape)


PLACES = {
    "uniform": uniform,
    "in three clusters": clustered,
    "near a circle": on_a_circle,
    "near a line": on_a_line,
    "uniform, moved and magnified": moved,
}
OF_PLANES = "near a circle", "near a line"


def beyond(recipe, model):
    """The metrics of points in each kind of places, and of other numbers of points."""
    if recipe.architecture != "pointer":
        return []  # a baseline knows the numbers of points that it was trained for
    random, known = fresh(recipe), min(MOST, recipe.max_points)
    conditions = [
        (known, name) for name in PLACES if recipe.dim == 2 or name not in OF_PLANES
    ]
    conditions += [(n, "uniform") for n in _other_numbers(recipe)]
    return [
        {"condition": f"{n} points, {name}", **_metrics(recipe, model, random, n, name)}
        for n, name in conditions
    ]


def _other_numbers(recipe):
    """One point less than the fewest in training, half as many again as the most."""
    fewer, more = recipe.min_points - 1, recipe.max_points * 3 // 2
    return [n for n in (fewer, more) if n >= recipe.least]


def _metrics(recipe, model, random, n, name):
    points = PLACES[name](random, (EXAMPLES, n, recipe.dim)).astype("float32")
    answers = [np.asarray(recipe.builder.answer(example)) for example in points]
    length = np.full(len(points), n, "int32")
    solved = recipe.solve(model, points, length)
    found = [row[row >= 0] for row in solved]  # without the -1 after their end
    return {k: float(v) for k, v in recipe.measure(points, found, answers).items()}
