"""Delaunay triangulations: a network learns to answer triangles, point by point."""

from typing import Any, ClassVar

import numpy as np
from pydantic import Field, PositiveInt

from ..datasets.delaunay_triangulation import Builder
from ..running.argument_types import Metrics
from ..running.recipe import recipe_dataclass
from .family import PointerRecipe
from .pointer_delaunay_study import STUDY
from .training import exact


@recipe_dataclass
class PointerDelaunay(PointerRecipe):
    """Section 3.2 of [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).

    As in the paper, a network is trained for one number of points.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("pointer_delaunay", min_points=6, max_points=6, units=64)
    >>> recipe.model().arguments["rule"]
    'triangles'
    """

    min_points: PositiveInt = Field(5, description="fewest points in training")
    max_points: PositiveInt = Field(5, description="most points in training")

    builder: ClassVar = Builder
    least: ClassVar = 3
    rule: ClassVar = "triangles"
    closed: ClassVar = False
    study: ClassVar = STUDY

    def lines(self, indices: Any) -> list[Any]:
        return [indices[i : i + 3] for i in range(0, len(indices), 3)]

    def measure(self, points: Any, answers: Any, targets: Any) -> Metrics:
        """Exact answers, in whatever order; the fraction of the triangles that were found."""
        ours, theirs = ([_triangles(row) for row in rows] for rows in (answers, targets))
        found = [len(o & t) / len(t) for o, t in zip(ours, theirs, strict=True)]
        same = [  # and no triangle twice
            len(answer) == len(target) and o == t
            for answer, target, o, t in zip(answers, targets, ours, theirs, strict=True)
        ]
        return {
            "accuracy_percent": 100 * np.mean(same),
            "accuracy_in_order_percent": 100 * exact(answers, targets),
            "triangle_percent": 100 * np.mean(found),
        }


def _triangles(indices):
    """The triangles of an answer, each a set of three indices."""
    whole = indices[: len(indices) // 3 * 3].reshape(-1, 3)
    return {frozenset(triangle) for triangle in whole.tolist()}
