"""What there is to know of a recipe, of a preset and of a run, without loading a model."""

import dataclasses

import typer

from ...zoo.saving.model_cards import facts
from ...zoo.saving.names import did_you_mean
from ...zoo.saving.presets import WEIGHTS, Preset, presets
from .. import registry
from ..running.late_tensorflow import quiet_import
from ..running.run import MODEL, Run
from . import terminal
from .questions import command_for


def entries_of(name):
    """What is called so, a dictionary of each: a recipe, and a preset; or a run's folder.

    Raises:
        ValueError: Nothing is.
    """
    entries = {}
    if name in registry.RECIPES:
        entries["recipe"] = _recipe(name)
    if preset := Preset.find(name):
        entries["preset"] = _preset(name, preset)
    elif not entries and (run := Run.find(name)):
        entries["run"] = _run(name, run)
    if not entries:
        known = sorted({*registry.names(), *presets()})
        raise ValueError(
            f"Expected the name of a recipe or of a preset ({', '.join(known)}), or the "
            f"folder of a preset or of a run. Received: {name!r}"
            f"{did_you_mean(name, known, most=3)}"
        )
    return entries


def _recipe(name):
    with quiet_import():
        registry.recipe_class(name)
    recipe = registry.get(name)
    documented = type(recipe).__pydantic_fields__
    return {
        "recipe": name,
        "summary": registry.summary(name),
        "fields": {
            field: {"default": value, "description": documented[field].description}
            for field, value in dataclasses.asdict(recipe).items()
        },
        "published": _published(recipe.published),
        "note": recipe.study.note,
        "targets": recipe.targets,
        "predict": recipe.questions,
        "presets": [
            preset
            for preset in presets()
            if Preset.get(preset).metadata.get("recipe") == name
        ],
    }


def _preset(name, preset):
    known = preset.metadata
    return {
        "preset": name,
        "summary": known.get("summary", ""),
        "model": preset.config.get("class_name"),
        "facts": {**facts(known), "Size": _size(preset.folder / WEIGHTS)},
        "metrics": known.get("metrics", {}),
        "published": _published(known.get("published", {})),
        "note": known.get("note", ""),
        "targets": known.get("targets", {}),
        "predict": registry.QUESTIONS.get(known.get("recipe"), {}),
    }


def _run(name, run):
    with quiet_import():
        recipe = Run.open(run.folder).recipe
    return {
        "run": name,
        "summary": registry.summary(recipe.name),
        "facts": {
            "Recipe": recipe.name,
            "Changed fields": " ".join(
                terminal.setting(*field) for field in recipe.overrides.items()
            ),
            "Epochs": f"{len(run.history)} of {recipe.epochs}",
            "Finished": "yes" if run.is_finished else "no; go on with train … --resume",
            "Size": _size(run.folder / MODEL),
        },
        "metrics": run.metrics,
        "published": _published(recipe.published),
        "note": recipe.study.note,
        "targets": recipe.targets,
        "predict": recipe.questions,
    }


def _size(path):
    """Of a file of weights, in words; nothing where there is none."""
    return f"{path.stat().st_size / 1e6:.2f} MB" if path.exists() else ""


def _published(published):
    return {
        metric: {"figure": figure, "source": source}
        for metric, (figure, source) in published.items()
    }


def as_json(entries):
    """One object: of what is a recipe and a preset, the preset in the recipe's."""
    first, *others = entries.items()
    return {**first[1], **({"preset": others[0][1]} if others else {})}


def print_entries(name, entries):
    for kind, entry in entries.items():
        if kind == "preset" and "recipe" in entries:
            typer.echo(f"\nThe preset {name}:\n")
        else:
            typer.echo(f"{name}: {entry['summary']}\n")
        if kind == "recipe":
            _print_fields(entry)
        else:
            facts = {"Model": entry["model"]} if "model" in entry else {}
            terminal.print_table(["", ""], [*(facts | entry["facts"]).items()])
        _print_metrics(entry)
        if entry.get("presets"):
            typer.echo(f"presets: {', '.join(entry['presets'])}")
        if entry["predict"]:
            model = "MODEL" if kind == "recipe" else name
            typer.echo(command_for(model, entry["predict"]))


def _print_fields(entry):
    rows = [(name, f["default"], f["description"]) for name, f in entry["fields"].items()]
    terminal.print_table(["field", "default", ""], rows)


def _print_metrics(entry):
    """Beside their targets and the published figures."""
    ours, published, targets = entry.get("metrics"), entry["published"], entry["targets"]
    rows = []
    for metric in {**(ours or {}), **published, **targets}:
        known = published.get(metric, {"figure": "", "source": ""})
        row = [" ".join(map(str, targets.get(metric, ()))), known["figure"], known["source"]]
        if ours is not None:
            row.insert(0, terminal.number_text(ours[metric]) if metric in ours else "")
        rows.append([metric, *row])
    if rows:
        columns = ["ours"] if ours is not None else []
        terminal.print_table(["metric", *columns, "target", "published", "source"], rows)
    if entry["note"] and published:
        typer.echo(entry["note"])
