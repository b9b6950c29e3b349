"""The study behind a recipe's model card: its runs, and what is reported of them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, Self, overload

if TYPE_CHECKING:
    import keras

    from .argument_types import Metrics, Rows
    from .recipe import Recipe
    from .run import Run

# What may follow from the recipe's fields, and is a function of the recipe then.
VALUES = (
    *("data", "tested", "published", "note", "targets"),
    *("preset", "half_precision", "is_candidate", "has_curve"),
)
# What is reported of trained runs and models: functions, whose first argument is the recipe.
FUNCTIONS = ("rank", "further_metrics", "rows", "text", "beyond")

# The note on figures that were written down from memory; none is the reason for a target.
UNCHECKED = "Not checked against the paper's table."

# Figure and where it stands, and what must be reached, by the metric's name.
Published = dict[str, tuple[float | str, str]]
Targets = dict[str, tuple[str, float]]


class StudyOfRecipe(Protocol):
    """A study as the attribute of a recipe, for type checkers."""

    data: str
    parts: dict[str, list[dict[str, Any]]]
    tested: str
    published: Published
    note: str
    targets: Targets
    chosen_by: str
    loss_label: str
    preset: str
    half_precision: bool
    is_candidate: bool
    has_curve: bool
    rank: Callable[[Run], Any]
    further_metrics: Callable[[keras.Model], Metrics]
    rows: Callable[[list[Run]], Rows]
    text: Callable[[Rows], str]
    beyond: Callable[[keras.Model], Rows]


def lowest_validation_loss(recipe: Recipe, run: Run) -> float:
    """Of the epoch that is kept."""
    return min(row["val_loss"] for row in run.history)


def metrics_by_seed(recipe: Recipe, runs: list[Run]) -> Rows:
    """A run a row."""
    return [{"seed": run.recipe.seed, **run.metrics} for run in runs]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Study:
    """The runs behind a model card, what they are compared with, and what is reported.

    A recipe has one as its class attribute `study`, beside its fields. There, `data`,
    `tested`, `published`, `note`, `targets`, `preset`, `half_precision`, `is_candidate` and
    `has_curve` may be functions of the recipe, and the first argument of the other functions
    is the recipe. As an attribute of a recipe, the study has the values of the former, and
    the latter without that argument.

    Args:
        data: Data set and version.
        parts: Fields to change for each run, by the title of a part of the study.
        tested: What the metrics are of, in words.
        published: Figure and where it stands, by the metric's name.
        note: What a reader must know of the published figures to compare with them.
        targets: What the preset must reach, by the metric's name: `("≤", 0.5)`.
        chosen_by: What `rank` ranks by, in words.
        loss_label: The unit of the loss, for learning curves.
        preset: The preset whose model card reports a run; the name of the recipe if absent.
        half_precision: Whether that preset's weights are rounded to half precision: its file
            has half the size, and its metrics are of these weights.
        is_candidate: Whether that preset may be made of a run.
        has_curve: Whether the model card plots how a run learned.
        rank: From a run to what the best is chosen by; the lower the better.
        further_metrics: From a model to metrics besides those of `evaluate`, by name.
        rows: From the runs of a part to its table: its lines, each by column.
        text: From the lines of a table to what there is to say of it.
        beyond: From a model to what it does under conditions that the paper does not test:
            a row for each, with its `condition`, figures by name, and perhaps a `target` for
            the first of them; see `recipes.running.beyond`.

    Example:

    >>> from keras_memory import recipes
    >>> recipes.get("pointer_sort").study.targets
    {'accuracy_percent_n_10': ('≥', 99.0)}
    """

    data: str | Callable[[Any], str] = ""
    parts: dict[str, list[dict[str, Any]]] = dataclasses.field(default_factory=dict)
    tested: str | Callable[[Any], str] = "the test split"
    published: Published | Callable[[Any], Published] = dataclasses.field(
        default_factory=dict
    )
    note: str | Callable[[Any], str] = ""
    targets: Targets | Callable[[Any], Targets] = dataclasses.field(default_factory=dict)
    chosen_by: str = "loss on the validation split"
    loss_label: str = "loss"
    preset: str | Callable[[Any], str] = lambda recipe: recipe.name
    half_precision: bool | Callable[[Any], bool] = False
    is_candidate: bool | Callable[[Any], bool] = True
    has_curve: bool | Callable[[Any], bool] = True
    rank: Callable[[Any, Run], Any] = lowest_validation_loss
    further_metrics: Callable[[Any, Any], Metrics] = lambda recipe, model: {}
    rows: Callable[[Any, list[Run]], Rows] = metrics_by_seed
    text: Callable[[Any, Rows], str] = lambda recipe, rows: ""
    beyond: Callable[[Any, Any], Rows] = lambda recipe, model: []

    @overload
    def __get__(self, recipe: None, owner: Any = None) -> Self: ...
    @overload
    def __get__(self, recipe: Recipe, owner: Any = None) -> StudyOfRecipe: ...
    def __get__(self, recipe: Recipe | None, owner: Any = None) -> Any:
        """Of a class, the study as it was written; of a recipe, that of the recipe."""
        return self if recipe is None else self.of(recipe)

    def of(self, recipe: Recipe) -> StudyOfRecipe:
        """The study with the values and functions of a recipe."""
        values = {
            name: value(recipe) for name in VALUES if callable(value := getattr(self, name))
        }
        functions = {
            name: functools.partial(getattr(self, name), recipe) for name in FUNCTIONS
        }
        return dataclasses.replace(self, **values, **functions)
