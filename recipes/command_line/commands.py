"""The command `keras-memory`. TensorFlow is imported by the commands that need it."""

import functools
import os
import warnings
from pathlib import Path
from typing import Annotated

import typer

from ...zoo.saving.presets import Preset, presets
from .. import registry
from ..running.loading import find, load_model
from ..running.run import Run, save_figures
from . import terminal
from .options import (
    Epochs,
    Json,
    ModelName,
    Overrides,
    RecipeName,
    Resume,
    RunDir,
    Seed,
    fields_of,
)
from .questions import expected_questions, questions_of

app = typer.Typer(
    name="keras-memory",
    help="Attention and external memory in Keras: train, evaluate, tune, export.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DEBUG = "KERAS_MEMORY_DEBUG"


def command(name=None, **options):
    """Register a command whose mistakes end in one line and exit code 2."""

    def register(function):
        @functools.wraps(function)
        def guarded(*args, **kwargs):
            try:
                function(*args, **kwargs)
            except Exception as error:
                if os.environ.get(DEBUG) or not terminal.is_mistake(error):
                    raise
                terminal.say_mistake(error)
                raise typer.Exit(2) from None

        return app.command(name, **options)(guarded)

    return register


@app.callback()
def environment(
    backend: Annotated[
        str | None, typer.Option(help="Keras backend: tensorflow, jax or torch.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where TensorFlow Datasets keeps its data.")
    ] = None,
    manual_dir: Annotated[
        Path | None, typer.Option(help="Where data fetched by hand are.")
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where a mistake was found.")
    ] = False,
):
    """Set what libraries read when they are imported."""
    given = {
        "KERAS_BACKEND": backend,
        "TFDS_DATA_DIR": data_dir,
        "KERAS_MEMORY_MANUAL_DIR": manual_dir,
        DEBUG: debug,
    }
    os.environ.update({key: str(value) for key, value in given.items() if value})
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.showwarning = terminal.show_warning
    terminal.show_logs()


@command("list")
def list_everything(as_json: Json = False):
    """Every recipe, and every preset that comes with the package."""
    recipes = {name: registry.summary(name) for name in registry.names()}
    shipped = {name: Preset.get(name).metadata.get("summary", "") for name in presets()}
    if as_json:
        return terminal.print_json({"recipes": recipes, "presets": shipped})
    width = max(map(len, (*recipes, *shipped)))
    for title, entries in (("Recipes", recipes), ("Presets", shipped)):
        typer.echo(f"{title}:")
        for name, summary in entries.items():
            typer.echo(f"  {name:<{width}}  {summary}")


@command()
def info(recipe: RecipeName, as_json: Json = False):
    """A recipe's fields, their defaults, and the published figures."""
    import dataclasses

    chosen = _recipe(recipe)
    documented = type(chosen).__pydantic_fields__
    fields = {
        name: {"default": value, "description": documented[name].description}
        for name, value in dataclasses.asdict(chosen).items()
    }
    if as_json:
        published = {
            metric: {"figure": figure, "source": source}
            for metric, (figure, source) in chosen.published.items()
        }
        entry = {"recipe": recipe, "summary": registry.summary(recipe)}
        given = {
            "fields": fields,
            "published": published,
            "targets": chosen.targets,
            "predict": chosen.questions,
        }
        return terminal.print_json({**entry, **given})
    typer.echo(f"{recipe}: {registry.summary(recipe)}\n")
    rows = [(name, entry["default"], entry["description"]) for name, entry in fields.items()]
    terminal.print_table(["field", "default", ""], rows)
    terminal.print_table(
        ["metric", "target", "published", "source"],
        [
            (
                metric,
                " ".join(map(str, chosen.targets.get(metric, ()))),
                *chosen.published.get(metric, ("", "")),
            )
            for metric in {**chosen.published, **chosen.targets}
        ],
    )
    if chosen.questions:
        typer.echo(f"keras-memory predict MODEL {expected_questions(chosen)}")


@command()
def train(
    recipe: RecipeName,
    overrides: Overrides = None,
    seed: Seed = None,
    epochs: Epochs = None,
    run_dir: RunDir = None,
    resume: Resume = False,
    as_json: Json = False,
):
    """Train a recipe, evaluate it and draw its figures, in a run's folder."""
    fields = fields_of(overrides, seed=seed, epochs=epochs)
    if resume and run_dir is None:
        raise ValueError("Expected --run-dir beside --resume. Received: --resume alone")
    chosen = _resumed(recipe, run_dir, fields) if resume else _recipe(recipe, fields)
    with terminal.stdout_for_json_only(as_json):
        run = chosen.fit(run_dir, resume, verbose=0 if as_json else "auto")
    figures = sorted(str(path) for path in (run.folder / "figures").glob("*.png"))
    if as_json:
        return terminal.print_json({"run": str(run.folder), "metrics": run.metrics})
    terminal.print_metrics(chosen, run.metrics)
    typer.echo(f"run: {run.folder}")
    for path in figures:
        typer.echo(f"figure: {path}")


@command()
def evaluate(
    model: ModelName,
    overrides: Overrides = None,
    seed: Seed = None,
    as_json: Json = False,
):
    """The paper's metrics on the test split, beside the published figures."""
    recipe, trained = _load(model, fields_of(overrides, seed=seed))
    with terminal.stdout_for_json_only(as_json):
        metrics = recipe.evaluate(trained)
    if as_json:
        return terminal.print_json(metrics)
    terminal.print_metrics(recipe, metrics)


@command()
def tune(
    recipe: RecipeName,
    trials: Annotated[
        int, typer.Option(min=1, help="How many trials; Hyperband decides itself.")
    ] = 20,
    algorithm: Annotated[
        str, typer.Option(help="bayesian, hyperband or random.")
    ] = "bayesian",
    directory: Annotated[Path, typer.Option(help="Where trials are kept.")] = Path("tuning"),
    overrides: Overrides = None,
    seed: Seed = None,
    as_json: Json = False,
):
    """Search hyper-parameters; a search that was stopped goes on where it was."""
    chosen = _recipe(recipe, fields_of(overrides, seed=seed))
    with terminal.stdout_for_json_only(as_json):
        from ..running.tuning import best_recipe

        tuner = chosen.tuner(trials, directory, algorithm)
        tuner.search(verbose=0 if as_json else "auto")
        best = best_recipe(tuner)
    changed = best.overrides
    if as_json:
        return terminal.print_json({"recipe": recipe, "overrides": changed})
    settings = [terminal.setting(name, value) for name, value in changed.items()]
    typer.echo(" ".join(["best: keras-memory train", recipe, *settings]))


@command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def predict(context: typer.Context, model: ModelName, as_json: Json = False):
    """Ask a model: `keras-memory predict ntm_copy --bits 10110010,00001111`."""
    recipe, trained = _load(model, {})
    answer = recipe.answer(trained, **questions_of(recipe, context.args))
    if as_json:
        return terminal.print_json(answer)
    for name, value in answer.items():
        typer.echo(f"{name}: {value}")


@command()
def export(
    model: ModelName,
    path: Annotated[Path, typer.Argument(help="What to write.")],
    format: Annotated[
        str, typer.Option(help="tf_saved_model, onnx or litert.")
    ] = "tf_saved_model",
    endpoint: Annotated[
        str | None, typer.Option(help="Of onnx: another function, as beam_search.")
    ] = None,
    overrides: Overrides = None,
    as_json: Json = False,
):
    """Write a model for serving."""
    recipe, trained = _load(model, fields_of(overrides))
    with terminal.stdout_for_json_only(as_json):
        written = recipe.export(trained, path, format, endpoint=endpoint)
    if as_json:
        return terminal.print_json({"path": str(written), "format": format})
    typer.echo(f"exported: {written}")


@command()
def plot(
    model: ModelName,
    out: Annotated[Path, typer.Option(help="The folder for the figures.")] = Path("figures"),
    overrides: Overrides = None,
    as_json: Json = False,
):
    """Draw what a model does."""
    recipe, trained = _load(model, fields_of(overrides))
    paths = [str(path) for path in save_figures(recipe.figures(trained), out)]
    if as_json:
        return terminal.print_json({"figures": paths})
    for path in paths:
        typer.echo(f"figure: {path}")


@command()
def reproduce(
    recipe: RecipeName,
    out: Annotated[
        Path | None, typer.Option(help="Where presets are written; else in the package.")
    ] = None,
    runs: Annotated[Path, typer.Option(help="Where the runs are kept.")] = Path(
        "runs/reproduce"
    ),
    jobs: Annotated[
        int, typer.Option(min=1, help="How many runs are trained in parallel.")
    ] = 1,
    part: Annotated[
        str, typer.Option(help="Only parts of the study whose titles contain this.")
    ] = "",
    overrides: Overrides = None,
):
    """Train every run of a recipe's study; make its presets and model cards of the best."""
    _recipe(recipe)
    from ..running.reproduction import reproduce as run_study

    for folder in run_study(recipe, runs, out, jobs, part, **fields_of(overrides)):
        typer.echo(f"preset: {folder}")


def main():
    """Entry point of the console script."""
    app()


def _recipe(name, fields=None):
    with terminal.quiet_import():
        registry.recipe_class(name)
    return registry.get(name, **(fields or {}))


def _resumed(recipe, run_dir, fields):
    """The recipe of the run in a folder, with fields that the user gives again."""
    run = Run.find(run_dir)
    if run is None:
        raise ValueError(f"Expected the folder of a run to resume. Received: {run_dir}")
    _recipe(recipe)
    if run.recipe.name != recipe:
        raise ValueError(
            f"Expected a run of {recipe} in {run_dir}. Received: a run of {run.recipe.name}"
        )
    return run.recipe.replace(**fields)


def _load(model, fields):
    """A recipe and its trained model; where there is none, TensorFlow is not waited for."""
    found = find(model)
    with terminal.quiet_import():
        from ..running import recipe  # noqa: F401

    return load_model(found, **fields)
