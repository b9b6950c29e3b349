"""Convex hulls: a network learns which points are the corners, and to go round them.

points 1 2 3 4 5  ->  1 4 2 5, counter-clockwise from the lowest number
"""

from typing import ClassVar

import numpy as np
import shapely

from .datasets.convex_hull.convex_hull_dataset_builder import Builder
from .pointing import PointerRecipe, exact
from .recipe import recipe_dataclass

SOURCE = "Vinyals et al. 2015, table 1"


@recipe_dataclass
class PointerConvexHull(PointerRecipe):
    """Section 3.1 of [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).

    The paper's network was trained on 5 to 50 points; this one is on 5 to 20.
    """

    builder: ClassVar = Builder
    rule: ClassVar = "simple_polygon"
    data: ClassVar = f"convex_hull {Builder.VERSION} (generated)"
    published: ClassVar = {
        "accuracy_percent_n_5": (92.0, SOURCE),
        "area_percent_n_5": (99.6, SOURCE),
        "accuracy_percent_n_10": (87.0, SOURCE),
        "area_percent_n_10": (99.8, SOURCE),
        "accuracy_percent_n_50": (69.6, SOURCE),
        "area_percent_n_50": (99.9, SOURCE),
        "accuracy_percent_n_100": (50.3, SOURCE),
        "accuracy_percent_n_200": (22.1, SOURCE),
    }
    targets: ClassVar = {
        "accuracy_percent_n_5": ("≥", 92.0),
        "area_percent_n_5": ("≥", 99.6),
        "accuracy_percent_n_10": ("≥", 87.0),
        "area_percent_n_10": ("≥", 99.8),
    }
    study: ClassVar = {"Three seeds": [{"seed": seed} for seed in range(3)]}

    def lines(self, places):
        return [places]

    def measure(self, points, said, right):
        """Exact answers; area of simple polygons, of that of the hull; how many are not."""
        ours = [_polygon(p, s) for p, s in zip(points, said, strict=True)]
        hulls = [_polygon(p, r) for p, r in zip(points, right, strict=True)]
        simple = shapely.is_valid(ours) & (shapely.area(ours) > 0)
        covered = shapely.area(ours)[simple] / shapely.area(hulls)[simple]
        return {
            "accuracy_percent": 100 * exact(said, right),
            "area_percent": 100 * np.mean(covered) if simple.any() else 0.0,
            "not_simple": np.sum(~simple),
        }


def _polygon(points, places):
    """The polygon with these corners; an empty one of fewer than three."""
    return shapely.Polygon(points[places]) if len(places) > 2 else shapely.Polygon()
