"""Boards: what the models of a wing do on its tasks, out of the model cards.

A board reads presets' metadata alone: it needs no data, and no TensorFlow.
"""

from __future__ import annotations

import collections
import os
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

from ..zoo.saving.names import did_you_mean
from ..zoo.saving.presets import Preset, presets

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .running.argument_types import Rows

# Of each task the metric at the trained size, at twice and at four times that.
BOARDS = {
    "machines": {
        "repeat_copy": ("wrong_bits", "wrong_bits_length_20", "wrong_bits_length_40"),
        "associative_recall": (
            *("wrong_bits_items_6", "wrong_bits_items_12", "wrong_bits_items_24"),
        ),
        "dynamic_ngrams": (
            *("excess_bits", "excess_bits_length_400", "excess_bits_length_800"),
        ),
        "priority_sort": ("wrong_bits", "wrong_bits_vectors_40", "wrong_bits_vectors_80"),
        "reused_copy": (
            *("wrong_bits_length_50", "wrong_bits_length_100", "wrong_bits_length_200"),
        ),
        "key_value_recall": (
            *("wrong_bits_pairs_16", "wrong_bits_pairs_32", "wrong_bits_pairs_64"),
        ),
        "graph_traversal": ("wrong_bits_nodes_10", "wrong_bits_nodes_20", ""),
        "rl_tapes": ("wrong_symbols_length_10", "wrong_symbols_length_20", ""),
    }
}
# What the errors of a task are; where not listed, wrong bits.
UNITS = collections.defaultdict(
    lambda: "wrong bits", dynamic_ngrams="bits above the best", rl_tapes="part of symbols"
)
PANELS = 3  # of a row of the picture
LINEAR_BELOW = 0.01  # where the logarithmic axis of errors goes on to 0
SIZES = "1×", "2×", "4×"
EPISODES = "episodes until solved"
# A task is solved where an error, that at the trained size if none is named, is below this.
SOLVED = collections.defaultdict(
    lambda: ("1×", 0.1),
    dynamic_ngrams=("1×", 1.5),
    priority_sort=("cost_bits", 40.0),
    rl_tapes=("1×", 0.01),
)


def board(name: str, folder: str | os.PathLike[str] | None = None) -> Rows:
    """What each model did on each task of a board.

    Args:
        name: The board; `"machines"`.
        folder: Where presets are; those of the package if absent.

    Returns:
        A row for each part of a study: `task`, `model`, `solved`, how many of its seeds, by
        the test at the trained size; the median of `episodes until solved`, by validation, of
        the seeds that were at some epoch; the median over seeds of the
        wrong bits (of `dynamic_ngrams`, of the bits above the best; of `rl_tapes`, of the
        fraction of wrong symbols) at the trained size, at twice and at four times that;
        `ms an update`, of the fastest; and `card`, the preset whose card has it.

    Raises:
        ValueError: There is no such board.
    """
    if name not in BOARDS:
        raise ValueError(
            f"Expected the name of a board ({', '.join(BOARDS)}). Received: {name!r}"
            f"{did_you_mean(name, BOARDS)}"
        )
    rows = []
    for path in presets() if folder is None else sorted(Path(folder).iterdir()):
        found = Preset.get(path)
        task = found.metadata.get("recipe")
        if task in BOARDS[name]:
            for study in found.metadata["studies"]:
                rows.append(
                    _row(task, BOARDS[name][task], study) | {"card": found.folder.name}
                )
    order = list(BOARDS[name])
    return sorted(rows, key=lambda row: order.index(row["task"]))


def picture(rows: Rows) -> Figure:
    """A board as curves: a panel a task, a curve a model, the errors at 1×, 2× and 4×.

    Args:
        rows: What `board` gives.
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
        axis.set_ylabel(f"error ({UNITS[task]})")
        axis.grid(alpha=0.3)
        axis.legend(
            title="solved",
            frameon=False,
            fontsize="small",
            loc="upper left",
            bbox_to_anchor=(-0.1, -0.12),
        )
    return figure


def _row(task, metrics, study):
    seeds = [dict(zip(study["columns"], row, strict=True)) for row in study["rows"]]
    metric, bound = SOLVED[task]
    metric = metrics[0] if metric == "1×" else metric
    solved = sum(seed[metric] < bound for seed in seeds if metric in seed)
    reached = [seed[EPISODES] for seed in seeds if seed[EPISODES] != "never"]
    return {
        "task": task,
        "model": study["title"],
        "solved": f"{solved} of {len(seeds)}",
        EPISODES: round(statistics.median(reached)) if reached else "never",
        **{size: _median(seeds, name) for size, name in zip(SIZES, metrics, strict=True)},
        "ms an update": min(seed["ms an update"] for seed in seeds),
    }


def _median(seeds, name):
    numbers = [seed[name] for seed in seeds if name in seed]
    return statistics.median(numbers) if numbers else ""
