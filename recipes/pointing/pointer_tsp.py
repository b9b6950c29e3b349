"""The travelling salesman: a network learns to find short tours from the shortest ones."""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ...zoo import figures
from ..datasets.travelling_salesman import Builder
from ..running.argument_types import Figures, Metrics
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .family import PointerRecipe
from .pointer_tsp_study import STUDY
from .training import same_lines, tour_lengths, trimmed


@recipe_dataclass
class PointerTSP(PointerRecipe):
    """Section 3.3 of [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).

    Tours go round counter-clockwise, which makes one of the two that are as short the answer.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("pointer_tsp", glimpse=True, beam_width=5, units=64)
    >>> recipe.model().arguments["rule"]
    'permutation'
    """

    max_points: PositiveInt = Field(10, description="most points in training")
    points: Integers = Field((5, 10, 20), description="numbers of points that are tested")
    beam_width: PositiveInt = Field(3, description="beginnings that a search keeps")

    builder: ClassVar = Builder
    rule: ClassVar = "permutation"
    study: ClassVar = STUDY

    def figures(self, model: keras.Model) -> Figures:
        """Besides, how much longer our tours are than the shortest, of 100 of each length."""
        lengths, optima = {}, {}
        for n in self.tested:
            examples = self.in_figures(n, 100)
            answers = self.solve(model, examples["points"], examples["length"])
            name = f"{n} cities"
            lengths[name] = tour_lengths(examples["points"], trimmed(answers))
            optima[name] = tour_lengths(examples["points"], trimmed(examples["pointers"] - 1))
        gap = figures.length_against_gap(lengths, optima)
        return {**super().figures(model), "length_against_gap": gap}

    def lines(self, indices: Any) -> list[Any]:
        return [indices]

    def measure(self, points: Any, answers: Any, targets: Any) -> Metrics:
        """Lengths of ours and of the data set's tours; how many of ours leave out a city."""
        valid = np.array(
            [len(a) == len(p) == len(set(a)) for p, a in zip(points, answers, strict=True)]
        )
        lengths, optima = (tour_lengths(points, tours) for tours in (answers, targets))
        mean, optimum = lengths[valid].mean(), optima[valid].mean()
        return {
            "tour_length": mean,
            "optimal_length": optimum,
            "gap_percent": 100 * (mean / optimum - 1),
            "not_valid": np.sum(~valid),
            "accuracy_percent": 100 * same_lines(answers, targets),
        }
