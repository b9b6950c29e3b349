"""Answers that point at your own points: a pointer network that is trained on a file."""

import array
import functools
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ...zoo import figures
from ...zoo.pointing.rules import RULES
from ..datasets.pointer_files import FORMATS, Pointing, read_own_pointers
from ..datasets.pointing import check_rule, from_lowest
from ..datasets.stored_rows import RowsByNumber, filled
from ..running.argument_types import Fields, Figures, Metrics, Split
from ..running.own_files import SPLITS, OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import as_typed
from ..running.study import Study
from .training import PointerTraining, exact, same_lines, tour_lengths, trimmed

OF_LINES = "jsonl"  # the form in which numbers are from 0 on unless a field has another
PANELS = 6


@recipe_dataclass
class PointersFromFile(PointerTraining, OwnFiles):
    r"""Points out of a file, and answers that point at them, for `zoo.PointerNetwork`.

    The network takes coordinates as they are in the file: it divides each by its spread in
    the training sets, which it stores, and takes the points of a set about their mean.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> text = "0.1 0.2 0.9 0.2 0.5 0.8 output 1 2 3 1\n"  # or lines of JSON, or a table
    >>> size = Path("hulls.txt").write_text(text * 20)
    >>> recipe = recipes.get("pointers_from_file", path="hulls.txt", units=32)
    >>> recipe.rule, recipe.is_closed, recipe.dim
    ('permutation', True, 2)
    """

    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="examples in an update")
    units: PositiveInt = Field(128, description="of encoder and decoder")
    beam_width: PositiveInt = Field(3, description="beginnings that a search keeps")

    format: Literal["", *FORMATS.values()] = Field(
        "", description="of the files; by the ending of a name if empty"
    )
    numbered_from: int | None = Field(
        None, ge=0, le=1, description="number of the first point; of JSON lines 0, else 1"
    )
    coordinates_in_text: PositiveInt = Field(
        2, le=100, description="of a point, in the form of the paper's authors"
    )
    group_column: str = Field("group", min_length=1, description="name of that of groups")
    order_column: str = Field(
        "order", min_length=1, description="name of that of places in the answer"
    )
    answers: Literal["", *RULES] = Field(
        "", description="what answers may be; if empty, permutations if all are, or anything"
    )
    closed: bool = Field(
        False, description="whether answers are lines without a start and a direction"
    )

    contents: ClassVar = "sets of points"
    study: ClassVar = Study(data=file_name)

    def defaults(self) -> Fields:
        is_of_lines = OF_LINES in (self.format, self.path.rpartition(".")[2].lower())
        return {"numbered_from": 0 if is_of_lines or not self.path else 1}

    @property
    def first_number(self) -> int:
        return self.numbered_from

    def read(self, path: str) -> Iterator[Pointing]:
        return read_own_pointers(
            path,
            self.format,
            self.first_number,
            self.coordinates_in_text,
            self.group_column,
            self.order_column,
        )

    @functools.cached_property
    def dim(self) -> int:
        """Coordinates of a point, the same in all files."""
        dim = self.own["train"][0].points.shape[1]
        for split in SPLITS:
            example = self.own[split][0]
            if example.points.shape[1] != dim:
                raise ValueError(
                    f"{example.source}: Expected points of {dim} coordinates, as in "
                    f"{self.path}. Received: {example.points.shape[1]}"
                )
        return dim

    @functools.cached_property
    def is_repeated(self) -> bool:
        """Whether each answer in training ends with its first point: a closed line."""
        own = self.as_trained.own
        answers = (example.places for split in SPLITS for example in own[split])
        return all(len(places) > 1 and places[0] == places[-1] for places in answers)

    @property
    def is_closed(self) -> bool:
        """Whether answers are closed lines."""
        return self.closed or self.is_repeated

    def places(self, example: Pointing) -> np.ndarray:
        """The answer, indices from 0; a closed line from its lowest one on."""
        places = example.places
        if self.is_closed and len(places) > 1 and places[0] == places[-1]:
            places = places[:-1]
        if self.is_closed and len(places) and self.dim == 2:
            places = from_lowest(example.points, places)
        return places

    @functools.cached_property
    def rule(self) -> str:
        """What answers are, as a rule of the network."""
        if self.answers:
            return self.answers
        own = self.as_trained.own
        pairs = ((e.points, self.places(e)) for split in SPLITS for e in own[split])
        are_orders = all(
            len(points) == len(places) == len(set(places)) for points, places in pairs
        )
        return "permutation" if are_orders else "anything"

    @functools.cached_property
    def scale(self) -> list[float]:
        """The spread of each coordinate about the mean of its set; 1 of a constant one."""
        count, square = 0, np.zeros(self.dim)
        for points, *_ in self.own["train"]:
            count += len(points)
            square += ((points - points.mean(0)) ** 2).sum(0)
        spread = np.sqrt(square / count)
        return np.where(spread > 0, spread, 1).tolist()

    @functools.cached_property
    def _counted(self):
        """Of each split how many points its sets have; the most of an answer; and whether
        the first point of a set is in one.

        Raises:
            ValueError: An answer breaks the rule; the message names file and line.
        """
        lengths, most, has_first = {}, 0, False
        for split in SPLITS:
            found = array.array("i")
            for example in self.own[split]:
                places = self.places(example)
                try:
                    check_rule(example.points, places, self.rule, self.first_number)
                except ValueError as error:
                    raise ValueError(
                        f"{example.source}: Expected {error}. Received: "
                        f"{str((places + self.first_number).tolist())[:80]}"
                    ) from None
                found.append(len(example.points))
                most, has_first = max(most, len(places)), has_first or 0 in places
            lengths[split] = np.array(found)
        return lengths, most, has_first

    def stored(self, split: str) -> RowsByNumber:
        """Points, about the first of each set, and pointers, which stay on disk."""
        self.dim  # noqa: B018 - checked first
        lengths, most, _ = self._counted
        shape = (max(int(length.max()) for length in lengths.values()), self.dim)
        columns = {
            # So a point far from the origin is not rounded.
            "points": (lambda e: filled(e.points - e.points[0], shape), "float32", *shape),
            "pointers": (lambda e: filled(self.places(e) + 1, (most,)), "int32", most),
            "length": lengths[split],
        }
        return RowsByNumber(self.own[split], columns)

    def found(self) -> str:
        lengths, most, has_first = self._counted
        if not has_first:
            raise ValueError(
                f"{self.path}: Expected point {self.first_number}, the first, in an answer, "
                f"with numbered_from={self.first_number}. Received: none"
            )
        longest = max(map(max, lengths.values()))
        kind = "closed lines" if self.is_closed else "lists"
        return (
            f"up to {longest} points of {self.dim} coordinates; answers, numbered from "
            f"{self.first_number}: {kind} of up to {most} points, "
            f"{self.rule.replace('_', ' ')}"
        )

    def sample(self) -> str:
        """Points, and their numbers in the answer."""
        points, places, _ = self.own["train"][0]
        return f"{as_typed(points)} → {as_typed([places + self.first_number])}"

    def measure(self, points: Any, answers: Any, targets: Any) -> Metrics:
        """Right answers, and right pointers; of tours, how much longer ours are, too."""
        right = sum(
            np.sum(answer[: len(target)] == target[: len(answer)])
            for answer, target in zip(answers, targets, strict=True)
        )
        matches = same_lines if self.is_closed else exact
        metrics = {
            "accuracy_percent": 100 * matches(answers, targets),
            "pointer_percent": 100 * right / max(1, sum(map(len, targets))),
        }
        if self.is_closed and self.rule == "permutation":
            ours, given = (tour_lengths(points, tours).mean() for tours in (answers, targets))
            metrics["gap_percent"] = 100 * (ours / given - 1) if given else 0.0
        return metrics

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The metrics of the answers of a split."""
        return self.metrics_of(model, self.examples(split))

    def coordinates(self, model: keras.Model) -> int:
        return model.arguments["dim"]

    def lines(self, places: list[int]) -> list[list[int]]:
        """The closed lines of an answer; there are none of a list."""
        if self.rule == "triangles":
            return [places[start : start + 3] for start in range(0, len(places) - 2, 3)]
        return [places] if self.is_closed else []

    def figures(self, model: keras.Model) -> Figures:
        """Answers to sets of the test: closed lines on a plane; else what is pointed at."""
        first = self.records("test")[:PANELS]
        if self.dim != 2 or not (self.is_closed or self.rule == "triangles"):
            inputs, _ = self.to_batch({name: array[:1] for name, array in first.items()})
            (weights,) = model.trace({k: np.asarray(v) for k, v in inputs.items()})["weights"]
            return {"attention_map": figures.attention_map(weights, "end, points", "step")}
        answers = trimmed(self.solve(model, first["points"], first["length"]))
        targets = trimmed(first["pointers"] - 1)
        panels = [
            (points[:length], self.lines(answer.tolist()), self.lines(target.tolist()))
            for points, length, answer, target in zip(
                first["points"], first["length"], answers, targets, strict=True
            )
        ]
        return {"answers": figures.pointer_predictions(panels)}
