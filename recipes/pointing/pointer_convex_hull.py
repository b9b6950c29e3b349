"""Convex hulls: a network learns which points are the corners, and to go round them.

points 1 2 3 4 5  ->  1 4 2 5, counter-clockwise from the lowest number
"""

from typing import ClassVar, Literal

import numpy as np
import shapely
import tensorflow as tf
from pydantic import Field

from ...zoo.pointing.pointer_network import ORDERS
from ..datasets.convex_hull.convex_hull_dataset_builder import Builder
from ..running.fields import PointCounts
from ..running.recipe import recipe_dataclass
from .family import PointerRecipe, same_lines

# A recipe of our own; half the units make a step so much faster that twice as many pay.
BY_ANGLE = {
    "order": "angle",
    "bidirectional": True,
    "glimpse": True,
    "units": 128,
    "epochs": 40,
}
SOURCE = "Vinyals et al. 2015, table 1"
# Of a baseline for so many points, unconstrained: accuracy and area in per cent.
PUBLISHED_BASELINES = {("lstm", 5): "87.7, 99.6", ("lstm", 10): "29.9, FAIL"}


@recipe_dataclass
class PointerConvexHull(PointerRecipe):
    """Section 3.1 of [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).

    The paper's network was trained on 5 to 50 points; this one is on 5 to 20. With
    `order=angle` points are read in the order of their angle about their mean, and a hull
    begins where reading does.
    """

    points: PointCounts = Field(
        (5, 10, 20, 40, 50, 100, 200), description="numbers of points that are tested"
    )
    order: Literal[ORDERS] = Field("given", description="in which order points are read")

    builder: ClassVar = Builder
    least: ClassVar = 3
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
    study: ClassVar = {
        "Three seeds": [{"seed": seed} for seed in range(3)],
        "Points read by angle from both ends, glimpses": [
            {"seed": seed, **BY_ANGLE} for seed in range(3)
        ],
        "LSTM without attention": [
            {"architecture": "lstm", "min_points": n, "max_points": n} for n in (5, 10)
        ],
        "LSTM with attention": [
            {"architecture": "lstm_attention", "min_points": n, "max_points": n}
            for n in (5, 10)
        ],
    }

    @property
    def preset(self):
        return self.name if self.order == "given" else f"{self.name}_by_{self.order}"

    @property
    def is_candidate(self):
        return self.architecture == "pointer"

    @property
    def targets(self):
        return {
            "accuracy_percent_n_5": ("≥", 92.0),
            "area_percent_n_5": ("≥", 99.6),
            "accuracy_percent_n_10": ("≥", 87.0 if self.order == "given" else 95.0),
            "area_percent_n_10": ("≥", 99.8),
        }

    def lay_out(self, examples):
        if self.order == "angle":
            examples = {**examples, "pointers": _from_first_read(**examples)}
        return super().lay_out(examples)

    def study_rows(self, runs):
        """Of baselines, each of which knows one number of points, a row each."""
        if self.is_candidate:
            return super().study_rows(runs)
        return [_baseline(run) for run in runs]

    def study_text(self, rows):
        if self.is_candidate:
            return super().study_text(rows)
        return "Each is trained and tested on one number of points alone."

    def further_metrics(self, model):
        """What a decoder says that may say anything, as the paper's."""
        return {
            f"{name}_n_{n}_unconstrained": value
            for n in self.tested
            if n <= 50
            for name, value in self._metrics(model, self.held_out(n), "anything").items()
        }

    def lines(self, places):
        return [places]

    def measure(self, points, said, right):
        """Right polygons; area of simple ones, of that of the hull; how many are not."""
        ours = [_polygon(p, s) for p, s in zip(points, said, strict=True)]
        hulls = [_polygon(p, r) for p, r in zip(points, right, strict=True)]
        once = np.array([len(set(s)) == len(s) for s in said])
        simple = once & shapely.is_valid(ours) & (shapely.area(ours) > 0)
        covered = shapely.area(ours)[simple] / shapely.area(hulls)[simple]
        return {
            "accuracy_percent": 100 * same_lines(said, right),
            "area_percent": 100 * np.mean(covered) if simple.any() else 0.0,
            "not_simple": np.sum(~simple),
        }


def _baseline(run):
    """What a baseline said, beside the paper's."""
    (n,) = run.recipe.tested
    metrics = run.metrics | run.recipe.further_metrics(run.model)
    end = f"_n_{n}"
    return {
        "network": run.recipe.architecture,
        "points": n,
        **{k.replace(end, ""): value for k, value in metrics.items() if end in k},
        "paper": PUBLISHED_BASELINES.get((run.recipe.architecture, n), ""),
    }


def _polygon(points, places):
    """The polygon with these corners; an empty one of fewer than three."""
    return shapely.Polygon(points[places]) if len(places) > 2 else shapely.Polygon()


def _from_first_read(points, pointers, length):
    """Hulls that begin at the corner of the least angle about the mean of the points."""
    points = points - points[:, :1]  # as exact as what the network sees
    is_point = tf.sequence_mask(length, tf.shape(points)[1])[..., None]
    count = tf.cast(length, points.dtype)[:, None]
    mean = tf.reduce_sum(tf.where(is_point, points, 0), axis=1) / count
    corners = tf.gather(points, tf.maximum(pointers - 1, 0), batch_dims=1) - mean[:, None]
    angle = tf.atan2(corners[..., 1], corners[..., 0])
    is_corner = pointers > 0
    first = tf.argmin(tf.where(is_corner, angle, np.inf), axis=1, output_type=tf.int32)
    number = tf.reduce_sum(tf.cast(is_corner, tf.int32), axis=1)[:, None]
    turned = (tf.range(tf.shape(pointers)[1]) + first[:, None]) % number
    return tf.where(is_corner, tf.gather(pointers, turned, batch_dims=1), 0)
