"""Digits changed otherwise than in training: to be classified, and to be completed."""

import numpy as np

from ..datasets.changed_images import changed_images, noisy
from ..running.beyond import fresh
from .digits import SIDE, known_points, nearest

TESTED = 1_000


def classified(recipe, model):
    """The percentage of digits of which another class is predicted."""
    random = fresh(recipe)
    digits = _sampled(random, recipe.examples("test"))
    return [
        {
            "condition": condition,
            "error in %": recipe.errors(model, {**digits, "image": images}),
        }
        for condition, images in changed_images(random, digits["image"]).items()
    ]


def completed(recipe, model):
    """Squared errors of hidden points: other parts hidden, and what is left with noise."""
    random = fresh(recipe)
    digits = _sampled(random, recipe.examples("test"))["digit"]
    _, stored = recipe.to_batch(recipe.examples("train"))
    stored, noise = np.asarray(stored), noisy(random, digits, 0.2)
    rows, columns = np.divmod(np.arange(SIDE**2), SIDE)
    is_known = {
        **{f"the lower {hidden} rows": known_points(hidden) for hidden in (7, 14, 21)},
        "the upper 14 rows": rows >= SIDE // 2,
        "the left 14 columns": columns >= SIDE // 2,
        "a square of 14 in the middle": np.maximum(
            np.abs(rows - 13.5), np.abs(columns - 13.5)
        )
        > SIDE // 4,
        "half of the points, at random": random.random(SIDE**2) < 0.5,
    }
    conditions = [(f"hidden: {part}", digits, known) for part, known in is_known.items()]
    conditions.append(("hidden: the lower 14 rows, noise of 0.2", noise, known_points(14)))
    return [
        {
            "condition": condition,
            "squared error": _hidden_error(
                model.predict(cues * known / 255.0, batch_size=1000, verbose=0), digits, known
            ),
            "of the nearest digit": _hidden_error(
                nearest(np.float32(cues * known / 255), stored, known), digits, known
            ),
        }
        for condition, cues, known in conditions
    ]


def _sampled(random, examples):
    size = len(next(iter(examples.values())))
    chosen = random.permutation(size)[:TESTED]
    return {name: array[chosen] for name, array in examples.items()}


def _hidden_error(found, digits, known):
    return float(np.mean(np.square(found - digits / 255)[:, ~known]))
