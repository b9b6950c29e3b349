"""What stands behind a recipe's model card: its runs, and what is told of them."""

import dataclasses
import functools
from collections.abc import Callable

# What may follow from the recipe's fields, and is a function of the recipe then.
VALUES = (
    *("data", "tested", "published", "note", "targets"),
    *("preset", "is_candidate", "has_curve"),
)
# What is told of trained runs and models: functions, whose first argument is the recipe.
FUNCTIONS = ("rank", "further_metrics", "rows", "text", "beyond")

# The note on figures that were written down from memory; none is the reason for a target.
UNCHECKED = "Not checked against the paper's table."


def lowest_validation_loss(recipe, run):
    """Of the epoch that is kept."""
    return min(row["val_loss"] for row in run.history)


def metrics_by_seed(recipe, runs):
    """A run a row."""
    return [{"seed": run.recipe.seed, **run.metrics} for run in runs]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Study:
    """The runs behind a model card, what they are compared with, and what is told of them.

    A recipe has one as its class attribute `study`, beside its fields. There, `data`,
    `tested`, `published`, `note`, `targets`, `preset`, `is_candidate` and `has_curve` may be
    functions of the recipe, and the first argument of the other functions is the recipe. As
    an attribute of a recipe, the study has the values of the former, and the latter without
    that argument.

    Args:
        data: Data set and version.
        parts: Fields to change for each run, by the title of a part of the study.
        tested: What the metrics are of, in words.
        published: Figure and where it stands, by the metric's name.
        note: What a reader must know of the published figures to compare with them.
        targets: What the preset must reach, by the metric's name: `("≤", 0.5)`.
        chosen_by: What `rank` ranks by, in words.
        loss_label: The unit of the loss, for learning curves.
        preset: The preset whose model card tells of a run; the name of the recipe if absent.
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

    data: str | Callable = ""
    parts: dict[str, list[dict]] = dataclasses.field(default_factory=dict)
    tested: str | Callable = "the test split"
    published: dict[str, tuple[float | str, str]] | Callable = dataclasses.field(
        default_factory=dict
    )
    note: str | Callable = ""
    targets: dict[str, tuple[str, float]] | Callable = dataclasses.field(default_factory=dict)
    chosen_by: str = "loss on the validation split"
    loss_label: str = "loss"
    preset: str | Callable = lambda recipe: recipe.name
    is_candidate: bool | Callable = True
    has_curve: bool | Callable = True
    rank: Callable = lowest_validation_loss
    further_metrics: Callable = lambda recipe, model: {}
    rows: Callable = metrics_by_seed
    text: Callable = lambda recipe, rows: ""
    beyond: Callable = lambda recipe, model: []

    def __get__(self, recipe, owner=None):
        """Of a class, the study as it was written; of a recipe, that of the recipe."""
        return self if recipe is None else self.of(recipe)

    def of(self, recipe):
        """The study with the values and functions of a recipe."""
        values = {
            name: value(recipe) for name in VALUES if callable(value := getattr(self, name))
        }
        functions = {
            name: functools.partial(getattr(self, name), recipe) for name in FUNCTIONS
        }
        return dataclasses.replace(self, **values, **functions)
