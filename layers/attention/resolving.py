"""Scores and selections by their names."""

import keras

from ..validation import check_choice
from .additive_score import AdditiveScore
from .hard_selections import ArgMax, Sample, StraightThroughGumbel
from .scores import BilinearScore, CosineScore, DotScore, ScaledDotScore
from .selections import Softmax, Sparsemax

SCORES = {
    "additive": AdditiveScore,
    "bilinear": BilinearScore,
    "cosine": CosineScore,
    "dot": DotScore,
    "scaled_dot": ScaledDotScore,
}


SELECTIONS = {
    "argmax": ArgMax,
    "sample": Sample,
    "softmax": Softmax,
    "sparsemax": Sparsemax,
    "straight_through_gumbel": StraightThroughGumbel,
}


def score_named(score, policy):
    """The score layer that `score` is, or names.

    Raises:
        ValueError: It is neither.
    """
    return _layer_named("score", score, SCORES, dtype=policy)


def selection_named(selection, policy, seed=None):
    """The selection layer that `selection` is, or names; drawing with `seed`, if it draws.

    Raises:
        ValueError: It is neither.
    """
    draws = isinstance(selection, str) and selection in ("sample", "straight_through_gumbel")
    arguments = {"seed": seed} if draws else {}
    return _layer_named("selection", selection, SELECTIONS, dtype=policy, **arguments)


def _layer_named(kind, value, choices, **arguments):
    if isinstance(value, keras.layers.Layer):
        return value
    check_choice(kind, value, choices, other="a layer or ")
    return choices[value](**arguments)
