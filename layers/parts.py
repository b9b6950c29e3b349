"""Parts: layers that a layer is given, or that a name stands for."""

import keras

from .additive import AdditiveScore
from .hard_selections import ArgMax, Sample, StraightThroughGumbel
from .scores import BilinearScore, CosineScore, DotScore, ScaledDotScore
from .selections import Softmax, Sparsemax
from .validation import check_choice

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


def build_part(layer, *shapes):
    """Build a layer, unless it comes built, as from a file."""
    if not layer.built:
        layer.build(*shapes)


def with_parts(config, *names):
    """A copy of a config whose parts of these names are layers again."""
    parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in names}
    return {**config, **parts}
