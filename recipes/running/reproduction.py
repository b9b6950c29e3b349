"""The study behind model cards: every run of it, and presets that are the best of them."""

import contextlib
import json
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import zoo
from ...zoo.saving.atomic_files import InUseError, locked, read_json, write_text
from ...zoo.saving.half_precision import halved
from ...zoo.saving.model_cards import model_card
from ...zoo.saving.presets import CARD, METADATA, SHIPPED, Preset
from .. import registry
from .beyond import beyond
from .loading import load_model
from .run import Run, save_figures, versions
from .training_runs import train_all

if TYPE_CHECKING:
    from .recipe import Recipe

log = logging.getLogger(__name__)


def reproduce(
    name: str,
    runs: str | os.PathLike[str] = "runs/reproduce",
    out: str | os.PathLike[str] | None = None,
    jobs: int = 1,
    part: str = "",
    shard: str = "1/1",
    **overrides: Any,
) -> list[Path]:
    """Train all runs of a recipe's study and write the presets that are the best of them.

    Finished runs in `runs` are kept, a stopped one goes on. A preset is chosen by what the
    recipe ranks its runs by; see the model card. Several processes, also of several machines
    that share the folder, may do so at once: what one trains the others leave to it, and the
    presets are written by each that finds all runs finished.

    Args:
        name: The recipe.
        runs: Where the runs are kept.
        out: The folder of the presets; that of the package if absent.
        jobs: How many runs are trained in parallel, each in a process of its own, which
            gets its part of the cores.
        part: Train only the parts of the study whose titles contain this; the model cards
            report these and others that are finished. A part that no preset can be made
            of joins the card of the preset that there is.
        shard: `i/n`: train only every n-th run, from the i-th on, as the job i of an array
            of n does.
        **overrides: Fields changed in every run, as for a shorter trial.

    Returns:
        The presets' folders; none where no candidate is trained and no preset is there.

    Raises:
        ValueError: The recipe has no such part of a study, or overrides make two of its runs
            the same, or a run in `runs` is of other fields than those of today; or `shard`
            is something else.
    """
    first, step = _first_and_step(shard)
    parts = {
        title: [registry.get(name, **{**fields, **overrides}) for fields in variants]
        for title, variants in registry.recipe_class(name).study.parts.items()
    }
    found = {
        title: [Run(folder_of(recipe, Path(runs) / name)) for recipe in recipes]
        for title, recipes in parts.items()
    }
    _check_that_runs_differ(found, overrides)
    _check_that_runs_are_of_today(parts, found, part)
    if not any(part in title for title in parts):
        titles = ", ".join(map(repr, parts)) or f"none, as {name} has no study"
        raise ValueError(f"Expected part of a title ({titles}). Received: {part!r}")
    waiting = {
        run.folder: recipe
        for title in parts
        if part in title
        for recipe, run in zip(parts[title], found[title], strict=True)
    }
    train_all(dict([*waiting.items()][first::step]), jobs)
    by_preset = {}
    for title, trained in found.items():
        if all(run.is_finished for run in trained):
            by_preset.setdefault(parts[title][0].study.preset, {})[title] = trained
        elif part in title:
            left = [str(run.folder) for run in trained if not run.is_finished]
            log.info("not finished, in other processes or shards: %s", ", ".join(left))
    with _alone(Path(runs) / name):
        return _write_all(by_preset, Path(out) if out else SHIPPED)


def _write_all(by_preset, out):
    written = []
    for preset, finished in by_preset.items():
        folder = out / preset
        if any(run.recipe.study.is_candidate for found in finished.values() for run in found):
            best, candidates = _best(finished)
            written.append(_write(folder, best, finished, candidates))
        elif (folder / METADATA).exists():
            written.append(_join(folder, finished))
    return written


def _first_and_step(shard):
    """Of the runs that are a shard: `2/3` has the second, the fifth, and so on."""
    index, _, count = shard.partition("/")
    if not (index.isdecimal() and count.isdecimal() and 1 <= int(index) <= int(count)):
        raise ValueError(f"Expected a shard i/n, from 1/n to n/n. Received: {shard!r}")
    return int(index) - 1, int(count)


@contextlib.contextmanager
def _alone(folder):
    """Wait until no other process writes the presets of a study."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        while True:
            try:
                stack.enter_context(locked(folder))
                break
            except InUseError:
                time.sleep(1)
        yield


def _check_that_runs_differ(runs, overrides):
    folders = [run.folder for found in runs.values() for run in found]
    if len(set(folders)) < len(folders):
        raise ValueError(
            f"Expected overrides that leave each run of the study of its own. Received: "
            f"{overrides}"
        )


def _check_that_runs_are_of_today(parts, runs, part):
    """A folder is named by what differs from the defaults: they may have been others then.

    Of parts that are not requested, finished runs alone are reported.
    """
    for title, recipes in parts.items():
        for recipe, run in zip(recipes, runs[title], strict=True):
            if not run.is_started or not (part in title or run.is_finished):
                continue
            if differences := run.differences(recipe):
                raise ValueError(
                    f"Expected a run of {recipe.name} as it is today in {run.folder}. "
                    f"Received: an earlier one, today's has {differences}; move that folder "
                    "away"
                )


def folder_of(recipe: "Recipe", folder: Path) -> Path:
    """Where the run of a recipe is kept, in the folder of a study."""
    variant = "-".join(f"{k}={v}" for k, v in recipe.overrides.items() if k != "seed")
    return folder / (variant or "default") / f"seed-{recipe.seed}"


def write_preset(run: Run, out: str | os.PathLike[str] | None = None) -> Path:
    """A run as a preset with its model card, which has what the cards of the package have.

    Args:
        run: A run that was trained to its end.
        out: The folder of the preset; `preset` in the run's if absent.

    Returns:
        The preset's folder.

    Raises:
        ValueError: The run is not finished.
    """
    return _write(Path(out) if out else run.folder / "preset", run, {"The run": [run]})


def _best(parts):
    """The run that is the preset, and how many might have been it."""
    finished = [run for part in parts.values() for run in part]
    candidates = [run for run in finished if run.recipe.study.is_candidate]
    return min(candidates, key=lambda run: run.recipe.study.rank(run)), len(candidates)


def _write(folder, best, parts, candidates=1):
    """A preset that is the best run of the parts of a study, and its model card."""
    curves = {
        title: curves
        for title, part in parts.items()
        if (curves := [run.learning_curve for run in part if run.recipe.study.has_curve])
    }
    recipe, model, study = best.recipe, best.model, best.recipe.study
    metrics = best.metrics
    if study.half_precision:
        weights = zip(model.weights, model.get_weights(), strict=True)
        model.set_weights([halved(w, v.path).astype(w.dtype) for v, w in weights])
        metrics = recipe.evaluate(model)
    figures = {
        **recipe.figures(model),
        "learning_curves": zoo.figures.learning_curves(curves, study.loss_label),
    }
    metadata = _metadata(best, metrics, candidates, parts, list(figures))
    model.save_to_preset(folder, metadata, study.half_precision)
    save_figures(figures, folder)
    return folder


def _join(folder, parts):
    """Further parts of a study in the model card of a preset that stays as it is."""
    metadata = read_json(folder / METADATA)
    tables = {table["title"]: table for table in metadata["studies"]}
    tables |= {title: _table(title, part) for title, part in parts.items()}
    return _write_card(folder, {**metadata, "studies": list(tables.values())})


def _write_card(folder, metadata):
    """Write what is known of a preset, and the model card that follows from it."""
    write_text(folder / METADATA, json.dumps(metadata, indent=2, allow_nan=False) + "\n")
    write_text(folder / CARD, model_card(folder.name, metadata))
    return folder


def renew_study(preset: str | os.PathLike[str]) -> Path:
    """The study's entries of today in a preset's metadata and card; nothing is measured.

    Args:
        preset: The name or the folder of a preset of a recipe.

    Returns:
        Its folder.
    """
    found = Preset.get(preset)
    recipe = registry.get(found.metadata["recipe"], **found.metadata["overrides"])
    entries = _of_study(recipe.study)
    return _write_card(found.folder, {**found.metadata, **entries})


def renew_beyond(name: str, presets: str | os.PathLike[str] | None = None) -> list[Path]:
    """Measure again what presets do beyond the paper's test; their weights stay.

    Args:
        name: The recipe, whose presets these are.
        presets: The folder of the presets; that of the package if absent.

    Returns:
        The presets' folders, whose metadata and model cards have it now.
    """
    renewed = []
    for path in sorted(Path(presets or SHIPPED).glob(f"*/{METADATA}")):
        metadata = read_json(path)
        if metadata.get("recipe") == name:
            log.info("evaluating %s beyond the paper's test", path.parent.name)
            recipe, model = load_model(path.parent)
            entries = {**_of_study(recipe.study), "beyond": beyond(recipe, model)}
            renewed.append(_write_card(path.parent, {**metadata, **entries}))
    return renewed


def _metadata(best, metrics, candidates, parts, figures):
    """What the model card reports of the best run and of the others."""
    recipe, study = best.recipe, best.recipe.study
    among = f"among {candidates} runs" if candidates > 1 else "the only run"
    return {
        "preset": study.preset,
        "summary": registry.summary(recipe.name),
        "recipe": recipe.name,
        "overrides": recipe.overrides,
        "seed": recipe.seed,
        "data": study.data,
        "chosen_by": f"{study.chosen_by}, {among}",
        "training_seconds": round(sum(row["seconds"] for row in best.history), 1),
        "versions": versions(),
        "metrics": metrics | best.further_metrics,
        **_of_study(study),
        "beyond": beyond(recipe, best.model),
        "studies": [_table(title, part) for title, part in parts.items()],
        "figures": figures,
    }


def _of_study(study):
    """What metrics are compared with."""
    return {
        "tested": study.tested,
        "published": study.published,
        "note": study.note,
        "targets": study.targets,
    }


def _table(title, finished):
    """The part of a study as a table, with what there is to say of it."""
    study = finished[0].recipe.study
    rows = study.rows(finished)
    return {
        "title": title,
        "text": study.text(rows),
        "columns": list(rows[0]),
        "rows": [list(row.values()) for row in rows],
    }
