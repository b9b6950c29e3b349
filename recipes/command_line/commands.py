"""The command `keras-memory`. TensorFlow is imported by the commands that need it."""

import functools
import os
import warnings
from pathlib import Path
from typing import Annotated

import typer

from ...zoo.saving.names import did_you_mean
from ...zoo.saving.presets import Preset, presets
from .. import boards, registry
from ..running.loading import find, load_model, recipe_of, saved_model
from ..running.progress import if_slow
from ..running.run import Run, save_figures
from . import info as about
from . import on_processes, terminal
from .options import (
    Beyond,
    Coordinator,
    Distributed,
    Epochs,
    Json,
    ModelName,
    Overrides,
    Processes,
    ProcessId,
    RecipeName,
    Resume,
    RunDir,
    Seed,
    fields_of,
    path_of,
    path_option,
)
from .questions import PredictCommand, Unloaded, known_questions, questions_of
from .tuning import tuned

app = typer.Typer(
    name="keras-memory",
    help="Attention and external memory in Keras: train, evaluate, tune, export.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DEBUG = "KERAS_MEMORY_DEBUG"
BACKENDS = ("tensorflow", "jax", "torch")


def guarded(function):
    """The function, whose mistakes end in one line and exit code 2."""

    @functools.wraps(function)
    def guard(*args, **kwargs):
        try:
            function(*args, **kwargs)
        except KeyboardInterrupt as stopped:
            terminal.print_mistake(stopped if str(stopped) else "stopped")
            raise typer.Exit(130) from None
        except Exception as error:
            if os.environ.get(DEBUG) or not terminal.is_mistake(error):
                raise
            terminal.print_mistake(error)
            raise typer.Exit(2) from None

    return guard


def command(name=None, **options):
    """Register a command that is guarded."""

    def register(function):
        return app.command(name, **options)(guarded(function))

    return register


@app.callback()
@guarded
def environment(
    backend: Annotated[
        str | None, typer.Option(help="Keras backend: tensorflow, jax or torch.")
    ] = None,
    data_dir: Annotated[
        Path | None, path_option("Where TensorFlow Datasets keeps its data.")
    ] = None,
    manual_dir: Annotated[Path | None, path_option("Where data fetched by hand are.")] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where a mistake was found.")
    ] = False,
):
    """Set what libraries read when they are imported."""
    if backend is not None and backend not in BACKENDS:
        raise ValueError(
            f"Expected a backend ({', '.join(BACKENDS)}). Received: {backend!r}"
            f"{did_you_mean(backend, BACKENDS)}"
        )
    given = {
        "KERAS_BACKEND": backend,
        "TFDS_DATA_DIR": data_dir,
        "KERAS_MEMORY_MANUAL_DIR": manual_dir,
        DEBUG: debug,
    }
    os.environ.update({key: str(value) for key, value in given.items() if value})
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
def board(
    name: Annotated[
        str, typer.Argument(metavar="BOARD", help=f"Of: {', '.join(boards.BOARDS)}.")
    ],
    as_json: Json = False,
):
    """What the models of a wing did on each of its tasks, out of the model cards."""
    rows = boards.board(name)
    if as_json:
        return terminal.print_json(rows)
    terminal.print_rows(rows)


@command()
def info(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Of a recipe, a preset, or a run's folder.")
    ],
    as_json: Json = False,
):
    """A recipe's fields and the published figures; a preset's or a run's metrics."""
    entries = about.entries_of(name)
    if as_json:
        return terminal.print_json(about.as_json(entries))
    about.print_entries(name, entries)


@command()
def train(
    recipe: RecipeName,
    overrides: Overrides = None,
    seed: Seed = None,
    epochs: Epochs = None,
    run_dir: RunDir = None,
    resume: Resume = False,
    distributed: Distributed = False,
    coordinator: Coordinator = None,
    processes: Processes = None,
    process_id: ProcessId = None,
    as_json: Json = False,
):
    """Train a recipe, evaluate it and plot its figures, in a run's folder."""
    fields = fields_of(overrides, seed=seed, epochs=epochs)
    if resume and run_dir is None:
        raise ValueError("Expected --run-dir beside --resume. Received: --resume alone")
    verbose = 0 if as_json else "auto"
    where = on_processes.arguments(distributed, coordinator, processes, process_id)
    to_train = functools.partial(_to_train, recipe, fields, run_dir, resume)
    with terminal.stdout_for_json_only(as_json):
        if where is None:
            chosen, place = to_train()
            run = chosen.fit(place, resume, verbose)
        else:
            run = on_processes.fit(recipe, fields, to_train, resume, verbose, where)
    if run is None:  # the first process reports it
        return
    figures = sorted(str(path) for path in (run.folder / "figures").glob("*.png"))
    if as_json:
        return terminal.print_json({"run": str(run.folder), "metrics": run.metrics})
    terminal.print_metrics(run.recipe, run.metrics)
    typer.echo(f"run: {run.folder}")
    for path in figures:
        typer.echo(f"figure: {path}")


@command()
def evaluate(
    model: ModelName,
    overrides: Overrides = None,
    seed: Seed = None,
    beyond: Beyond = False,
    as_json: Json = False,
):
    """The paper's metrics on the test split, beside the published figures."""
    recipe, trained = _load(model, fields_of(overrides, seed=seed))
    with (
        terminal.stdout_for_json_only(as_json),
        if_slow(f"evaluating {model}: each length of a test is compiled first"),
    ):
        found = _beyond(recipe, trained) if beyond else recipe.evaluate(trained)
    if as_json:
        return terminal.print_json(found)
    if beyond:
        return terminal.print_rows(found)
    terminal.print_metrics(recipe, found)


@command()
def tune(
    recipe: RecipeName,
    trials: Annotated[
        int, typer.Option(min=1, help="How many trials; Hyperband decides itself.")
    ] = 20,
    algorithm: Annotated[
        str, typer.Option(help="bayesian, hyperband or random.")
    ] = "bayesian",
    directory: Annotated[Path, path_option("Where trials are kept.")] = Path("tuning"),
    workers: Annotated[
        int, typer.Option(min=0, metavar="N", help="Processes of this machine that train.")
    ] = 0,
    chief: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Be the chief, who gives trials there."),
    ] = None,
    worker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Be a worker of that --chief.")
    ] = None,
    overrides: Overrides = None,
    seed: Seed = None,
    as_json: Json = False,
):
    """Search hyper-parameters; a search that was stopped goes on where it was.

    By several processes: with --workers on one machine; on many, one with --chief HOST:PORT,
    the others with --chief HOST:PORT --worker NAME, all with the same other options.
    """
    chosen = _recipe(recipe, fields_of(overrides, seed=seed))
    with terminal.stdout_for_json_only(as_json):
        best = tuned(chosen, (trials, directory, algorithm), workers, chief, worker, as_json)
    if best is None:  # a worker's, which the chief reports
        return
    changed = best.overrides
    if as_json:
        return terminal.print_json({"recipe": recipe, "overrides": changed})
    settings = [terminal.setting(name, value) for name, value in changed.items()]
    typer.echo(" ".join(["best: keras-memory train", recipe, *settings]))


@command(
    cls=PredictCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def predict(context: typer.Context, model: ModelName, as_json: Json = False):
    """A model's answer: `keras-memory predict ntm_copy --bits 10110010,00001111`.

    Which questions a model takes: `keras-memory predict MODEL --help`.
    """
    found = find(model)
    questions = known_questions(model)
    if questions is not None:  # a mistake in their names does not wait for TensorFlow
        questions_of(questions, context.args)
    with terminal.quiet_import():
        recipe = recipe_of(found)
    typed = questions_of(recipe.questions, context.args)
    with if_slow(f"loading {model}"):
        answer = recipe.answer(Unloaded(lambda: load_model(found)[1]), **typed)
    if as_json:
        return terminal.print_json(answer)
    for name, value in answer.items():
        typer.echo(f"{name}: {value}")


@command()
def export(
    model: ModelName,
    path: Annotated[
        Path, typer.Argument(parser=path_of, metavar="PATH", help="What to write.")
    ],
    format: Annotated[
        str, typer.Option(help="tf_saved_model, onnx or litert.")
    ] = "tf_saved_model",
    endpoint: Annotated[
        str | None, typer.Option(help="Of onnx: another function, as beam_search.")
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="PATH is the folder that a model server watches; write PATH/N, a new one.",
        ),
    ] = None,
    overrides: Overrides = None,
    as_json: Json = False,
):
    """Write a model for serving."""
    trained = _load_alone(model, fields_of(overrides))
    with terminal.stdout_for_json_only(as_json), if_slow(f"exporting {model}"):
        from ..running.exporting import export as write

        written = write(trained, path, format, endpoint=endpoint, version=version)
    if as_json:
        return terminal.print_json({"path": str(written), "format": format})
    typer.echo(f"exported: {written}")


@command()
def plot(
    model: ModelName,
    out: Annotated[
        Path | None,
        path_option("The folder for the figures; of a run, figures/ in it if absent."),
    ] = None,
    overrides: Overrides = None,
    as_json: Json = False,
):
    """Plot what a model does."""
    found = find(model)
    recipe, trained = _load(found, fields_of(overrides))
    folder = out or (found.folder if isinstance(found, Run) else Path()) / "figures"
    with if_slow(f"plotting what {model} does"):
        paths = [str(path) for path in save_figures(recipe.figures(trained), folder)]
    if as_json:
        return terminal.print_json({"figures": paths})
    for path in paths:
        typer.echo(f"figure: {path}")


@command()
def reproduce(
    recipe: RecipeName,
    out: Annotated[
        Path | None, path_option("Where presets are written; else in the package.")
    ] = None,
    runs: Annotated[Path, path_option("Where the runs are kept.")] = Path("runs/reproduce"),
    jobs: Annotated[
        int, typer.Option(min=1, help="How many runs are trained in parallel.")
    ] = 1,
    part: Annotated[
        str, typer.Option(help="Only parts of the study whose titles contain this.")
    ] = "",
    shard: Annotated[
        str, typer.Option(metavar="I/N", help="Only every N-th run, from the I-th on.")
    ] = "1/1",
    beyond: Annotated[
        bool,
        typer.Option(
            "--beyond", help="Train nothing: renew that part of the presets' cards."
        ),
    ] = False,
    overrides: Overrides = None,
):
    """Train every run of a recipe's study; make its presets and model cards of the best.

    Several may do so at once, also on machines that share the folder: as jobs of an array,
    each with its --shard.
    """
    _recipe(recipe)
    from ..running import reproduction

    if beyond:
        written = reproduction.renew_beyond(recipe, out)
    else:
        fields = fields_of(overrides)
        written = reproduction.reproduce(recipe, runs, out, jobs, part, shard, **fields)
    for preset in written:
        typer.echo(f"preset: {preset}")


def main():
    """Entry point of the console script."""
    app()


def _recipe(name, fields=None):
    with terminal.quiet_import():
        registry.recipe_class(name)
    return registry.get(name, **(fields or {}))


def _to_train(name, fields, run_dir, resume):
    """The recipe, and the folder for its run, or the run that is to go on."""
    if not resume:
        return _recipe(name, fields), run_dir
    run = _run(name, run_dir)
    return run.recipe.replace(**fields), run


def _run(recipe, run_dir):
    """The run of a recipe in a folder."""
    run = Run.find(run_dir)
    if run is None:
        raise ValueError(f"Expected the folder of a run to resume. Received: {run_dir}")
    _recipe(recipe)
    if run.recipe.name != recipe:
        raise ValueError(
            f"Expected a run of {recipe} in {run_dir}. Received: a run of {run.recipe.name}"
        )
    return run


def _beyond(recipe, trained):
    from ..running.beyond import beyond

    rows = beyond(recipe, trained)
    if not rows:
        raise ValueError(
            "Expected a recipe whose study goes beyond the paper's test. Received: "
            f"{recipe.name}"
        )
    return rows


def _load(model, fields):
    """A recipe and its trained model; where there is none, TensorFlow is not waited for."""
    found = model if isinstance(model, (Preset, Run)) else find(model)
    with terminal.quiet_import():
        from ..running import recipe  # noqa: F401

    return load_model(found, **fields)


def _load_alone(model, fields):
    """A trained model, which needs a recipe only where fields are to be changed."""
    if fields:
        return _load(model, fields)[1]
    found = find(model)
    with terminal.quiet_import():
        from ..running import recipe  # noqa: F401

    return saved_model(found)
