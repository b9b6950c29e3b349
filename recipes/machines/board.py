"""The board of memory machines: how many seeds solve each task, and beyond its sizes."""

from __future__ import annotations

import dataclasses
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from ...zoo.saving.presets import Preset
    from ..running.argument_types import Rows

SIZES = "1×", "2×", "4×"
EPISODES, SPEED = "episodes until solved", "ms an update"


@dataclasses.dataclass(frozen=True)
class Task:
    """What is reported of a task.

    Args:
        errors: Metrics of a seed at the trained size, at twice and at four times that; `""`
            for none. Of an accuracy, what it lacks to 1. A metric may be named by what it
            begins with.
        unit: Of the errors.
        below: The task is solved where an error is below this.
        measure: Which error that is: of a size, or another metric.
    """

    errors: tuple[str, str, str]
    unit: str = "wrong bits"
    below: float = 0.1
    measure: str = "1×"


TASKS = {
    "repeat_copy": Task(("wrong_bits", "wrong_bits_length_20", "wrong_bits_length_40")),
    "associative_recall": Task(
        ("wrong_bits_items_6", "wrong_bits_items_12", "wrong_bits_items_24")
    ),
    "dynamic_ngrams": Task(
        ("excess_bits", "excess_bits_length_400", "excess_bits_length_800"),
        "bits above the best",
        below=1.5,
    ),
    "priority_sort": Task(
        ("wrong_bits", "wrong_bits_vectors_40", "wrong_bits_vectors_80"),
        below=40.0,
        measure="cost_bits",
    ),
    "reused_copy": Task(
        ("wrong_bits_length_50", "wrong_bits_length_100", "wrong_bits_length_200")
    ),
    "key_value_recall": Task(
        ("wrong_bits_pairs_16", "wrong_bits_pairs_32", "wrong_bits_pairs_64")
    ),
    "graph_traversal": Task(("wrong_bits_nodes_10", "wrong_bits_nodes_20", "")),
    "rl_tapes": Task(
        ("wrong_symbols_length_10", "wrong_symbols_length_20", ""),
        "part of symbols",
        below=0.01,
    ),
    "stack_counting": Task(
        ("", "", "accuracy_"), "part of n to 60", below=0.001, measure="4×"
    ),
    "neural_transduction": Task(
        ("", "coarse", "coarse_4_times"), "part of sequences", below=0.001, measure="2×"
    ),
    "dyck_language": Task(
        ("accuracy_depth_6", "accuracy_depth_12", ""), "part of brackets", below=0.01
    ),
}
PANELS = 3  # of a row of the picture
LINEAR_BELOW = 0.01  # where the logarithmic axis of errors goes on to 0


def rows(found: Sequence[Preset]) -> Rows:
    """What each machine did on each task.

    Args:
        found: Presets, of any recipe.

    Returns:
        A row for each part of a study: `task`, `model`, `solved`, how many of its seeds, by
        the test; the median of `episodes until solved`, by validation, of the seeds that were
        at some epoch; the median over seeds of the errors at the trained size, at twice and
        at four times that; `ms an update`, of the fastest; and `card`, the preset whose card
        has it.
    """
    made = [
        _row(task, TASKS[task], study) | {"card": preset.folder.name}
        for preset in found
        if (task := preset.metadata.get("recipe")) in TASKS
        for study in preset.metadata["studies"]
    ]
    order = list(TASKS)
    return sorted(made, key=lambda row: order.index(row["task"]))


def picture(rows: Rows) -> Figure:
    """A board as curves: a panel a task, a curve a model, the errors at 1×, 2× and 4×.

    Args:
        rows: What `rows` gives.
    """
    from matplotlib.figure import Figure

    tasks = list(dict.fromkeys(row["task"] for row in rows))
    lines = -(-len(tasks) // PANELS)
    figure = Figure(figsize=(3.4 * PANELS, 3.6 * lines), layout="constrained")
    axes = figure.subplots(lines, PANELS, squeeze=False).flat
    for axis in axes[len(tasks) :]:
        axis.set_visible(False)
    for axis, task in zip(axes, tasks, strict=False):
        axis.set_title(task, loc="left")
        for row in rows:
            found = {size: row[size] for size in SIZES if row[size] != ""}
            if row["task"] == task and found:
                label = f"{row['model']}: {row['solved']}"
                axis.plot(list(found), list(found.values()), "o-", label=label)
        axis.set_yscale("symlog", linthresh=LINEAR_BELOW)
        axis.set_ylim(0, max(1, 1.3 * axis.get_ylim()[1]))
        axis.set_ylabel(f"error ({TASKS[task].unit})")
        axis.grid(alpha=0.3)
        axis.legend(
            title="solved",
            frameon=False,
            fontsize="small",
            loc="upper left",
            bbox_to_anchor=(-0.1, -0.12),
        )
    return figure


def _row(name, task, study):
    seeds = [dict(zip(study["columns"], row, strict=True)) for row in study["rows"]]
    errors = dict(zip(SIZES, task.errors, strict=True))
    measured = _of_seeds(seeds, errors.get(task.measure, task.measure))
    reached = [seed[EPISODES] for seed in seeds if seed.get(EPISODES, "never") != "never"]
    never = "never" if EPISODES in study["columns"] else ""
    return {
        "task": name,
        "model": study["title"],
        "solved": f"{sum(error < task.below for error in measured)} of {len(seeds)}",
        EPISODES: round(statistics.median(reached)) if reached else never,
        **{
            size: round(statistics.median(found), 6) if found else ""
            for size, metric in errors.items()
            for found in [_of_seeds(seeds, metric)]
        },
        SPEED: min(seed[SPEED] for seed in seeds),
    }


def _of_seeds(seeds, metric):
    """The errors of the seeds that have this metric."""
    errors = []
    for seed in seeds:
        named = [name for name in seed if metric and name.startswith(metric)]
        for name in [metric] if metric in named else named[:1]:
            is_accuracy = name.startswith(("accuracy_", "coarse"))
            errors.append(1 - seed[name] if is_accuracy else seed[name])
    return errors
