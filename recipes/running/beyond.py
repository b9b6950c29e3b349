"""Beyond the paper's test: conditions named and sampled fresh, and what a model does there.

Each recipe's study has a function `beyond`, which gives a row for each condition:

    {"condition": "bits one with p = 0.1", "wrong bits": 0.0, "target": "0"}

A target (`"0"`, `"≤ 0.5"`, `"≥ 0.99"`) is one of the first figure of its row.
"""

import operator
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

    from .argument_types import Rows
    from .recipe import Recipe

# Of this stream of random numbers nothing is trained, chosen or tested elsewhere.
SEED = 2026_1128
# What a target may say of a figure; a number alone is meant exactly.
SIGNS = {"≤": operator.le, "≥": operator.ge, "": operator.eq}


def fresh(recipe: "Recipe") -> np.random.Generator:
    """A generator that no data set uses, always the same for a recipe.

    Args:
        recipe: The recipe.

    Returns:
        A `numpy.random.Generator`.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("ntm_copy")
    >>> bool((fresh(recipe).integers(0, 2, 9) == fresh(recipe).integers(0, 2, 9)).all())
    True
    """
    return np.random.default_rng((SEED, zlib.crc32(recipe.name.encode())))


def beyond(recipe: "Recipe", model: "keras.Model") -> "Rows":
    """The rows of a recipe's study beyond the paper's test, alike in their columns.

    Args:
        recipe: The recipe.
        model: A trained model of it.

    Returns:
        A list of dictionaries: `condition`, figures by name, and where a row has one,
        `target`, and whether it is `reached`, `"yes"` or `"no"`. What a row lacks is `""`.
        None of them where the study has no such part.

    Example:

    >>> from keras_memory.recipes.machines.ntm_copy import NTMCopy
    >>> from keras_memory.recipes.running.study import Study
    >>> row = {"condition": "twice as long", "wrong bits": 0.2, "target": "≤ 0.5"}
    >>> class Longer(NTMCopy):
    ...     study = Study(beyond=lambda recipe, model: [row])
    >>> beyond(Longer(), model=None)
    [{'condition': 'twice as long', 'wrong bits': 0.2, 'target': '≤ 0.5', 'reached': 'yes'}]
    """
    rows = recipe.study.beyond(model)
    figures = dict.fromkeys(
        name for row in rows for name in row if name not in ("condition", "target")
    )
    columns = ["condition", *figures]
    if any(row.get("target") for row in rows):
        rows = [{**row, "reached": _reached(row)} for row in rows]
        columns += ["target", "reached"]
    return [{column: row.get(column, "") for column in columns} for row in rows]


def _reached(row):
    if not row.get("target"):
        return ""
    sign, _, bound = row["target"].rpartition(" ")
    figure = next(v for k, v in row.items() if k not in ("condition", "target"))
    return "yes" if SIGNS[sign](figure, float(bound)) else "no"
