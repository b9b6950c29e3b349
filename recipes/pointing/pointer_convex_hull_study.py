"""The study of `pointer_convex_hull`: two orders, and baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.convex_hull import Builder
from . import family_study
from .family_study import pointer_study

if TYPE_CHECKING:
    import keras

    from ..running.argument_types import Metrics, Rows
    from ..running.run import Run
    from ..running.study import Targets
    from .pointer_convex_hull import PointerConvexHull

# A recipe of our own; half the units make a step so much faster that twice as many pay.
BY_ANGLE = {
    "order": "angle",
    "bidirectional": True,
    "glimpse": True,
    "units": 128,
    "epochs": 40,
}
TABLE_1 = "Vinyals et al. 2015, table 1"
NOTE = (
    "Of the files of the paper's authors, whose points are not uniform: of their hulls of 5 "
    "points, 60 % have five corners, of those of uniform points 34 %. "
    "`evaluate --set test_file=FILE` measures on such a file."
)
# Of a baseline for so many points, unconstrained: accuracy and area in per cent.
PUBLISHED_BASELINES = {("lstm", 5): "87.7, 99.6", ("lstm", 10): "29.9, FAIL"}


def preset(recipe: PointerConvexHull) -> str:
    return recipe.name if recipe.order == "given" else f"{recipe.name}_by_{recipe.order}"


def is_pointer_network(recipe: PointerConvexHull) -> bool:
    return recipe.architecture == "pointer"


def targets(recipe: PointerConvexHull) -> Targets:
    return {
        "accuracy_percent_n_5": ("≥", 92.0),
        "area_percent_n_5": ("≥", 99.6),
        "accuracy_percent_n_10": ("≥", 87.0 if recipe.order == "given" else 95.0),
        "area_percent_n_10": ("≥", 99.8),
    }


def unconstrained(recipe: PointerConvexHull, model: keras.Model) -> Metrics:
    """Metrics of a decoder that may answer anything, as the paper's."""
    return {
        f"{name}_n_{n}_unconstrained": value
        for n in recipe.tested
        if n <= 50
        for name, value in recipe.metrics_of(model, recipe.held_out(n), "anything").items()
    }


def rows(recipe: PointerConvexHull, runs: list[Run]) -> Rows:
    """Of baselines, each of which knows one number of points, a row each."""
    if is_pointer_network(recipe):
        return family_study.rows(recipe, runs)
    return [_baseline(run) for run in runs]


def _baseline(run):
    """The metrics of a baseline, beside the paper's."""
    (n,) = run.recipe.tested
    metrics = run.metrics | run.further_metrics
    end = f"_n_{n}"
    return {
        "network": run.recipe.architecture,
        "points": n,
        **{k.replace(end, ""): value for k, value in metrics.items() if end in k},
        "paper": PUBLISHED_BASELINES.get((run.recipe.architecture, n), ""),
    }


def text(recipe: PointerConvexHull, rows: Rows) -> str:
    if is_pointer_network(recipe):
        return family_study.text(recipe, rows)
    return "Each is trained and tested on one number of points alone."


STUDY = pointer_study(
    data=f"convex_hull {Builder.VERSION} (generated)",
    parts={
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
    },
    tested="uniformly random points, 1,000 sets of each number",
    note=NOTE,
    published={
        "accuracy_percent_n_5": (92.0, TABLE_1),
        "area_percent_n_5": (99.6, TABLE_1),
        "accuracy_percent_n_10": (87.0, TABLE_1),
        "area_percent_n_10": (99.8, TABLE_1),
        "accuracy_percent_n_50": (69.6, TABLE_1),
        "area_percent_n_50": (99.9, TABLE_1),
        "accuracy_percent_n_100": (50.3, TABLE_1),
        "accuracy_percent_n_200": (22.1, TABLE_1),
    },
    targets=targets,
    preset=preset,
    is_candidate=is_pointer_network,
    further_metrics=unconstrained,
    rows=rows,
    text=text,
)
