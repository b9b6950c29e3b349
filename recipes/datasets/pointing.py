"""Points, and an answer that points back at them: what builders of such data sets share."""

import abc
import dataclasses

import numpy as np
import scipy.spatial
import tensorflow_datasets as tfds

from ...zoo.pointing.points import FARTHEST
from .generated import split_generators
from .reading import read_lines
from .records import padded

CHUNK = 10_000  # examples that are sampled at once
LARGEST = 1 << 28  # numbers in an array, padding and all


@dataclasses.dataclass
class PointingConfig(tfds.core.BuilderConfig):
    """From `min_points` to `max_points` points, of each number as many.

    Without `train_examples` there is no training split, only validation and test.
    """

    min_points: int = 5
    max_points: int = 20
    train_examples: int = 0


def pointing_config(min_points, max_points, train_examples=0):
    """The configuration that holds so many points, under a name that says which."""
    return PointingConfig(
        name=config_name(min_points, max_points, train_examples),
        min_points=min_points,
        max_points=max_points,
        train_examples=train_examples,
    )


def config_name(min_points, max_points, train_examples):
    name = f"points_{min_points}"
    if max_points > min_points:
        name += f"_to_{max_points}"
    return f"{name}_train_{train_examples}" if train_examples else name


def finite_points(points):
    """The points in double precision.

    Raises:
        ValueError: A coordinate is not finite.
    """
    points = np.asarray(points, "float64")
    if not np.isfinite(points).all():
        raise ValueError(f"Expected finite coordinates. Received: {points.tolist()}")
    return points


def from_lowest(points, way):
    """A closed way through points, from its lowest number on, counter-clockwise."""
    way = np.roll(way, -way.argmin())
    return way if _area(points[way]) >= 0 else np.roll(way[::-1], 1)


def _area(corners):
    """Of a polygon; positive if it is counter-clockwise."""
    corners = corners - corners[0]  # products of coordinates far away would be rounded
    (x, y), (next_x, next_y) = corners.T, np.roll(corners, -1, axis=0).T
    return 0.5 * np.sum(x * next_y - next_x * y)


def by_qhull(structure, points):
    """A structure of SciPy's of these points, as `scipy.spatial.ConvexHull`.

    Raises:
        ValueError: There are fewer than three points, all lie on one line, or a coordinate is
            not finite.
    """
    points = finite_points(points)
    try:
        return structure(points)
    except scipy.spatial.QhullError as error:
        raise ValueError(
            f"Expected three points or more, not all on a line. Received: "
            f"{points.tolist()} ({str(error).splitlines()[0]})"
        ) from None


class PointingBuilder(tfds.core.GeneratorBasedBuilder, abc.ABC, skip_registration=True):
    """Uniformly random points in the unit cube of `dim` dimensions, and their answer.

    Each split samples from its own stream of random numbers, `(seed, configuration, split)`.
    A subclass says `seed`, `dim`, `homepage` and how to `answer`, and may `draw` others.
    """

    dim = 2

    @staticmethod
    @abc.abstractmethod
    def answer(points):
        """From points `(n, dim)` to those that answer, by their numbers from 0."""

    def draw(self, random, shape):
        """Points, from a generator of random numbers."""
        return random.random(shape, dtype=np.float32)

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "points": tfds.features.Tensor(shape=(None, self.dim), dtype=np.float32),
                    # From 1 on, as in the authors' files: a batch pads with 0.
                    "pointers": tfds.features.Tensor(shape=(None,), dtype=np.int32),
                    "length": np.int32,
                }
            ),
            homepage=self.homepage,
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        least, most = self.builder_config.min_points, self.builder_config.max_points
        random = np.random.default_rng((self.seed, least, most, stream))
        for start in range(0, size, CHUNK):
            here = min(CHUNK, size - start)
            lengths = random.integers(least, most + 1, here)
            points = self.draw(random, (here, most, self.dim))
            for i, length in enumerate(lengths.tolist()):
                known = points[i, :length]
                yield (
                    start + i,
                    {
                        "points": known,
                        "pointers": np.asarray(self.answer(known), "int32") + 1,
                        "length": length,
                    },
                )


def read_pointers(path, dim=2, closed=True, rule="anything"):
    r"""The examples in a text file of the form that the paper's authors published.

    A line is an example: the coordinates of its points, the word `output`, and the numbers of
    the points that answer, from 1: `0.1 0.2 0.9 0.2 0.5 0.8 output 1 2 3 1`.

    Args:
        path: The file.
        dim: Coordinates of a point.
        closed: Whether the first number comes again at the end, as of polygons and tours; it
            is left out. Among points of two coordinates, answers are turned to begin with
            their lowest number and to go round counter-clockwise, as those of the builders.
        rule: What an answer must be, as of `zoo.PointerNetwork`; crossings are not
            checked.

    Returns:
        Arrays as those of the builders: `points`, `pointers` and `length`, padded with zeros.

    Raises:
        ValueError: A line is malformed, with file and line number, or there is none.

    Example:

    >>> from pathlib import Path
    >>> size = Path("hulls.txt").write_text("0.1 0.2 0.9 0.2 0.5 0.8 output 1 2 3 1\n")
    >>> read_pointers("hulls.txt")["pointers"]
    array([[1, 2, 3]], dtype=int32)
    """
    examples, longest = [], 0
    for row, line in enumerate(read_lines(path), start=1):
        try:
            examples.append(_example(line, dim, closed, rule))
            longest = max(longest, *(array.size for array in examples[-1]))
            if longest * len(examples) > LARGEST:
                raise ValueError(f"up to {LARGEST:,} numbers, padding and all")
        except ValueError as error:
            raise ValueError(
                f"{path}:{row}: Expected {error}. Received: {line.strip()[:80]!r}"
            ) from None
    if not examples:
        raise ValueError(f"{path}: Expected examples, a line each. Received: none")
    points, pointers = zip(*examples, strict=True)
    return {
        "points": padded(points, "float32"),
        "pointers": padded(pointers, "int32"),
        "length": np.array([len(p) for p in points], "int32"),
    }


def _example(line, dim, closed, rule):
    points, pointers = parsed_line(line, dim)
    points, count = np.float32(points), len(points)
    if not pointers or not all(1 <= pointer <= count for pointer in pointers):
        raise ValueError(f"numbers of points, from 1 to {count}")
    if closed and (len(pointers) < 2 or pointers[0] != pointers.pop()):
        raise ValueError("the first number again at the end")
    places = np.array(pointers) - 1
    check_rule(points, places, rule)
    if closed and dim == 2:
        places = from_lowest(points, places)
    return points, places + 1


def parsed_line(line, dim):
    """The points of a line of the authors' form, `(n, dim)`, and the numbers after them.

    Raises:
        ValueError: It is not such a line; the message is what was expected.
    """
    words = line.split()
    if "output" not in words:
        raise ValueError("coordinates, the word 'output' and numbers of points")
    middle = words.index("output")
    try:
        if "_" in line or not line.isascii():
            raise ValueError  # which Python reads as numbers
        flat = np.array([float(number) for number in words[:middle]])
        pointers = [int(number) for number in words[middle + 1 :]]
    except ValueError:
        raise ValueError("coordinates and whole numbers of points") from None
    if not len(flat) or len(flat) % dim:
        raise ValueError(f"coordinates of points, {dim} each")
    if not (np.abs(flat) <= FARTHEST).all():
        raise ValueError(f"finite coordinates, up to {FARTHEST:g}")
    return flat.reshape(-1, dim), pointers


def check_rule(points, places, rule, first=1):
    """Refuse an answer, indices from 0, that breaks a rule; crossings are not checked.

    Args:
        points: Shape `(n, dim)`.
        places: The indices.
        rule: The name of a rule of `zoo.PointerNetwork`.
        first: The number of the first point, as the message counts.

    Raises:
        ValueError: It does; the message is what was expected.
    """
    if rule == "triangles":
        if len(places) % 3 or (np.diff(np.reshape(places, (-1, 3)), axis=1) <= 0).any():
            raise ValueError("triangles, three numbers that increase each")
    elif rule != "anything" and len(set(places)) < len(places):
        raise ValueError("no number twice")
    if rule == "permutation" and len(places) < len(points):
        raise ValueError(f"all numbers from {first} to {first + len(points) - 1}")
    if rule == "simple_polygon" and len(places) < 3:
        raise ValueError("a polygon, three numbers or more")
    if rule == "simple_polygon" and not _area(points[places]):
        raise ValueError("a polygon that has an area")
