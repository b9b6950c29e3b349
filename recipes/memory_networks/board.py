"""The board of bAbI: the error of each network on each of the twenty tasks."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from .babi_papers import COLUMNS
from .babi_published import ERRORS, SOURCE, TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from ...zoo.saving.presets import Preset
    from ..running.argument_types import Rows

TASKS = tuple(str(task) for task in range(1, 21))
FAILED = 5.0  # a task is failed above this error, in percent
# What a recipe's networks are called here, and which parts of its study are no ablations.
MODELS = {
    "dmn_babi": ("DMN", ""),
    "entnet_babi": ("Entity network", ""),
    "kvmemnn_babi": ("Key-value memory network", ""),
    "memn2n_babi": ("MemN2N", "PE LS RN"),
    "memnn_babi": ("MemNN, with supports", ""),
    "ut_babi": ("Universal transformer", ""),
}
# Part of a title that says how many networks there are.
NETWORKS = {"a network for each task": "single", "one network for all tasks": "joint"}
ORDER = [f"{size} {networks}" for size in ("1k", "10k") for networks in NETWORKS.values()]
# Robustness: the mean error under conditions of the model card.
CONDITIONS = {
    "facts about others": "eight facts about others after the story",
    "longer stories": "sixteen",
    "new names": "persons whom a task does not know",
}
HIGHEST = 60.0  # percent, from which on a colour is the same


def rows(found: Sequence[Preset]) -> Rows:
    """The errors of networks on the tasks, in percent, ours and those of papers.

    Args:
        found: Presets, of any recipe.

    Returns:
        A row for each part of a study, and each column of a paper: `trained` on (`"1k
        single"`: a network for each task of 1,000 questions), `model`, `of`, the paper's
        table, or how ours was chosen; the error of each task by number, `mean`, and how many
        are `failed`; the mean error under conditions that are harder; and `card`, the preset
        whose card has it. What is not known is `""`. The lowest mean is first.
    """
    made = [
        row
        for preset in found
        if preset.metadata.get("recipe") in MODELS
        for study in preset.metadata["studies"]
        if (row := _ours(preset, study))
    ]
    unique = {(row["trained"], row["model"], row["of"]): row for row in made}
    made = [*unique.values(), *_of_papers()]
    return sorted(made, key=lambda row: (ORDER.index(row["trained"]), row["mean"]))


def picture(rows: Rows) -> Figure:
    """A board as a heat map: a row a network, a column a task, the darker the more errors.

    Args:
        rows: What `rows` gives.
    """
    from matplotlib.figure import Figure

    columns = [*TASKS, "mean"]
    figure = Figure(figsize=(15, 1.2 + 0.3 * len(rows)), layout="constrained")
    axis = figure.subplots()
    errors = [[row[column] for column in columns] for row in rows]
    numbers = [[float("nan") if e == "" else e for e in row] for row in errors]
    axis.imshow(numbers, cmap="YlOrRd", vmin=0, vmax=HIGHEST, aspect="auto")
    axis.set_facecolor("0.93")  # of what is not known
    axis.set_xticks(range(len(columns)), columns)
    axis.xaxis.tick_top()
    axis.set_yticks(range(len(rows)), [_label(row) for row in rows], fontsize="small")
    axis.tick_params(length=0)
    for y, row in enumerate(errors):
        for x, error in enumerate(row):
            if error != "":
                weight = "bold" if error > FAILED else "normal"
                colour = "white" if error > 0.6 * HIGHEST else "black"
                axis.text(
                    *(x, y, f"{error:.1f}"),
                    ha="center",
                    va="center",
                    fontsize="x-small",
                    color=colour,
                    weight=weight,
                )
    for y, (row, following) in enumerate(zip(rows, rows[1:], strict=False)):
        if row["trained"] != following["trained"]:
            axis.axhline(y + 0.5, color="black", linewidth=1.5)
    axis.axvline(len(TASKS) - 0.5, color="black", linewidth=1)
    axis.set_title("error of each bAbI task in percent; bold: failed, above 5 %", loc="left")
    return figure


def _label(row):
    whose = "this library" if row["card"] else row["of"].partition(",")[0]
    return f"{row['trained']}  {row['model']} ({whose})"


def _ours(preset, study):
    """The row of a part of a study; none of an ablation, or of other tasks."""
    metadata = preset.metadata
    name, part = MODELS[metadata["recipe"]]
    title = study["title"]
    networks = [networks for words, networks in NETWORKS.items() if words in title]
    if not networks or part not in title:
        return None
    errors, chosen = _errors(study)
    if set(errors) != set(TASKS):
        return None
    words = next(words for words in NETWORKS if words in title)
    variant = title.partition(words)[2].lstrip(":, ")
    row = _row(
        f"{title.partition(',')[0]} {networks[0]}",
        f"{name}, {variant}" if variant else name,
        chosen,
        errors,
    )
    mean = metadata.get("metrics", {}).get("error_percent_mean")
    beyond = {line["condition"]: line["mean error"] for line in metadata.get("beyond", [])}
    # Rounded weights answer a few questions otherwise than the run that they are of.
    most = 0.05 if metadata.get("half_precision") else 0.01
    if mean is not None and abs(mean - row["mean"]) < most:  # it is the preset's own part
        row |= {name: beyond.get(line, "") for name, line in CONDITIONS.items()}
    return row | {"card": preset.folder.name}


def _errors(study):
    """The error of each task, and how the network was chosen."""
    if study["columns"][0] == "task":
        chosen = study["columns"][1]
        by_task = {str(row[0]).partition(" ")[0]: row[1] for row in study["rows"]}
        return {task: by_task[task] for task in TASKS if task in by_task}, chosen
    errors = {}
    for task in TASKS:
        name = f"error_percent_task_{int(task):02}"
        if name in study["columns"]:
            at = study["columns"].index(name)
            errors[task] = statistics.median(row[at] for row in study["rows"])
    seeds = len(study["rows"])
    return errors, "one run" if seeds == 1 else f"median of {seeds}"


def _of_papers():
    for size, columns in ERRORS.items():
        for column, networks in (("PE LS RN", "single"), ("PE LS RN joint", "joint")):
            source = f"{SOURCE}, {TABLES[size]}, {column}"
            errors = dict(zip(TASKS, columns[column], strict=True))
            yield _row(f"{size} {networks}", "MemN2N", source, errors)
    for column in COLUMNS:
        errors = dict(zip(TASKS, column.errors, strict=False))
        trained = f"{column.size} {column.networks}"
        row = _row(trained, column.model, column.source, errors)
        if not errors:
            row |= {"mean": column.mean, "failed": column.failed}
        yield row


def _row(trained, model, of, errors):
    known = list(errors.values())
    return {
        "trained": trained,
        "model": model,
        "of": of,
        **{task: round(errors[task], 2) if task in errors else "" for task in TASKS},
        "mean": round(statistics.mean(known), 2) if known else "",
        "failed": sum(error > FAILED for error in known) if known else "",
        **dict.fromkeys(CONDITIONS, ""),
        "card": "",
    }
