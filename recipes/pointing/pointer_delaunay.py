"""Delaunay triangulations: a network learns to tell triangles, three points at a time."""

from typing import ClassVar

import numpy as np
from pydantic import Field, PositiveInt

from ..datasets.delaunay_triangulation.delaunay_triangulation_dataset_builder import Builder
from ..running.recipe import recipe_dataclass
from .family import PointerRecipe, exact

SOURCE = "Vinyals et al. 2015, section 4.3"


@recipe_dataclass
class PointerDelaunay(PointerRecipe):
    """Section 3.2 of [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).

    As in the paper, a network is trained for one number of points.
    """

    min_points: PositiveInt = Field(5, description="fewest points in training")
    max_points: PositiveInt = Field(5, description="most points in training")

    builder: ClassVar = Builder
    least: ClassVar = 3
    rule: ClassVar = "triangles"
    closed: ClassVar = False
    data: ClassVar = f"delaunay_triangulation {Builder.VERSION} (generated)"
    published: ClassVar = {
        "accuracy_percent_n_5": (80.7, SOURCE),
        "triangle_percent_n_5": (93.0, SOURCE),
        "accuracy_percent_n_10": (22.6, SOURCE),
        "triangle_percent_n_10": (81.3, SOURCE),
    }
    study: ClassVar = {
        "Three seeds": [{"seed": seed} for seed in range(3)],
        "Ten points": [
            {"seed": seed, "min_points": 10, "max_points": 10, "units": 128}
            for seed in range(3)
        ],
    }

    @property
    def is_candidate(self):
        """Of five points alone: of ten, few triangulations are without an error."""
        return self.max_points == 5

    @property
    def targets(self):
        """The paper's figures, of which it has some for 5 and 10 points."""
        names = [f"{name}_percent_n_{self.max_points}" for name in ("accuracy", "triangle")]
        return {
            name: ("≥", self.published[name][0]) for name in names if name in self.published
        }

    def study_text(self, rows):
        published = [f"{name} {bound}" for name, (_, bound) in self.targets.items()]
        return f"{super().study_text(rows)} Published: {', '.join(published)}."

    def lines(self, places):
        return [places[i : i + 3] for i in range(0, len(places), 3)]

    def measure(self, points, said, right):
        """Exact answers, in whatever order; the share of the triangles that were found."""
        ours, theirs = ([_triangles(p) for p in places] for places in (said, right))
        found = [len(o & t) / len(t) for o, t in zip(ours, theirs, strict=True)]
        same = [  # and no triangle twice
            len(s) == len(r) and o == t
            for s, r, o, t in zip(said, right, ours, theirs, strict=True)
        ]
        return {
            "accuracy_percent": 100 * np.mean(same),
            "accuracy_in_order_percent": 100 * exact(said, right),
            "triangle_percent": 100 * np.mean(found),
        }


def _triangles(places):
    """The triangles of an answer, each a set of three places."""
    whole = places[: len(places) // 3 * 3].reshape(-1, 3)
    return {frozenset(triangle) for triangle in whole.tolist()}
