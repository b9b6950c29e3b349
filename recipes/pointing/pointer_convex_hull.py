"""Convex hulls: a network learns which points are the corners, and to go round them.

points 1 2 3 4 5  ->  1 4 2 5, counter-clockwise from the lowest number
"""

from typing import Any, ClassVar, Literal

import numpy as np
import shapely
from pydantic import Field

from ...zoo.pointing.pointer_network import ORDERS
from ..datasets.convex_hull import Builder
from ..running.argument_types import Arrays, Batch, Metrics
from ..running.fields import Integers
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .family import PointerRecipe
from .pointer_convex_hull_study import STUDY
from .training import same_lines


@recipe_dataclass
class PointerConvexHull(PointerRecipe):
    """Section 3.1 of [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).

    The paper's network was trained on 5 to 50 points; this one is on 5 to 20. With
    `order=angle` points are read in the order of their angle about their mean, and a hull
    begins where reading does.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("pointer_convex_hull", order="angle", units=64)
    >>> model = recipe.model()
    >>> model.arguments["rule"], model.arguments["order"]
    ('simple_polygon', 'angle')
    """

    points: Integers = Field(
        (5, 10, 20, 40, 50, 100, 200), description="numbers of points that are tested"
    )
    order: Literal[ORDERS] = Field("given", description="in which order points are read")

    builder: ClassVar = Builder
    least: ClassVar = 3
    rule: ClassVar = "simple_polygon"
    study: ClassVar = STUDY

    def to_batch(self, examples: Arrays) -> Batch:
        if self.order == "angle":
            examples = {**examples, "pointers": _from_first_read(**examples)}
        return super().to_batch(examples)

    def lines(self, indices: Any) -> list[Any]:
        return [indices]

    def measure(self, points: Any, answers: Any, targets: Any) -> Metrics:
        """Right polygons; area of simple ones, of that of the hull; how many are not."""
        ours = [_polygon(p, answer) for p, answer in zip(points, answers, strict=True)]
        hulls = [_polygon(p, target) for p, target in zip(points, targets, strict=True)]
        once = np.array([len(set(answer)) == len(answer) for answer in answers])
        simple = once & shapely.is_valid(ours) & (shapely.area(ours) > 0)
        covered = shapely.area(ours)[simple] / shapely.area(hulls)[simple]
        return {
            "accuracy_percent": 100 * same_lines(answers, targets),
            "area_percent": 100 * np.mean(covered) if simple.any() else 0.0,
            "not_simple": np.sum(~simple),
        }


def _polygon(points, indices):
    """The polygon with these corners; an empty one of fewer than three."""
    return shapely.Polygon(points[indices]) if len(indices) > 2 else shapely.Polygon()


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
