"""Recall beyond the papers' tests: of cues of which more is wrong, or something else."""

import numpy as np

from ..datasets.changed_images import noisy
from ..running.beyond import fresh
from .digits import SIDE, known_points

CUES, FEWER = 200, 50
TURNED = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)  # fractions of a cue
ONES = (0.5, 0.4, 0.25, 0.1)  # fractions of a pattern


def pairs_of_letters(recipe, model):
    """Cues of one letter that recall both of their pair, in percent."""
    random = fresh(recipe)
    _, pairs = recipe.to_batch(recipe.examples("test"))
    chosen = random.integers(0, len(pairs["first"]), CUES)
    pairs = {side: np.asarray(letters)[chosen] for side, letters in pairs.items()}
    rows = []
    for turned in TURNED:
        row = {"condition": f"{turned * 100:g} % of the points turned"}
        for side, other in (("first", "second"), ("second", "first")):
            cues = {side: flipped(random, pairs[side], turned), other: 0 * pairs[other]}
            found = model.recall(cues)
            right = [np.all(np.equal(found[s], pairs[s]), axis=-1) for s in pairs]
            row[f"recalled from the {side}, %"] = float(100 * np.mean(np.all(right, axis=0)))
        rows.append(row)
    return rows


def random_patterns(recipe, model):
    """Wrong units where recall ends, in percent: of worse cues, and of uneven patterns."""
    random = fresh(recipe)
    _, patterns = recipe.to_batch(recipe.examples("test"))
    patterns = np.asarray(patterns)[:FEWER]
    rows = []
    for turned in TURNED:
        cues = flipped(random, patterns, turned)
        condition = f"{100 * turned:g} % of a cue turned"
        rows.append(_wrong_units(condition, model, cues, patterns))
    for ones in ONES:
        is_one = random.random((recipe.patterns, recipe.units)) < ones
        uneven = np.where(is_one, 1, -1).astype("float32")
        network = recipe.model()
        network.memory.store(uneven)
        condition = f"{100 * ones:g} % of the units of a pattern +1"
        rows.append(_wrong_units(condition, network, uneven[:FEWER], uneven[:FEWER]))
    return rows


def halves_of_digits(recipe, model):
    """Stored digits that are recalled exactly, in percent, and squared errors."""
    random = fresh(recipe)
    digits = recipe.examples("train")["pattern"]
    digits = digits[random.permutation(len(digits))[:CUES]]
    columns = np.arange(SIDE**2) % SIDE
    conditions = {
        **{f"the lower {n} rows hidden": (digits, known_points(n)) for n in (7, 14, 21, 24)},
        "the left 14 columns hidden": (digits, columns >= SIDE // 2),
        "half of the points hidden": (digits, random.random(SIDE**2) < 0.5),
        **{
            f"the lower 14 rows hidden, noise of {deviation}": (
                noisy(random, digits, deviation),
                known_points(14),
            )
            for deviation in (0.1, 0.3)
        },
    }
    rows = []
    for condition, (cues, known) in conditions.items():
        cues, patterns = (
            np.asarray(recipe.to_batch({"pattern": images})[1]) for images in (cues, digits)
        )
        found = np.asarray(model.recall(cues * known, known=known[None])["attractors"])
        rows.append(
            {
                "condition": condition,
                "recalled, %": float(
                    100 * np.mean(~recipe.is_wrong(found, patterns).any(axis=-1))
                ),
                "squared error": float(np.mean(np.square(found - patterns))),
            }
        )
    return rows


def flipped(random, patterns, fraction):
    """Patterns of ±1 of which each unit is turned with this probability."""
    is_turned = random.random(patterns.shape) < fraction
    return np.where(is_turned, -patterns, patterns).astype("float32")


def _wrong_units(condition, model, cues, patterns):
    found = np.asarray(model.recall(cues)["attractors"])
    wrong = float(100 * np.mean(found != patterns))
    return {"condition": condition, "wrong units, %": wrong}
