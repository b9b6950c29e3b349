"""`keras-memory train`, `tune` and `reproduce`: the commands that take a recipe."""

import functools
from pathlib import Path
from typing import Annotated

import typer

from .. import registry
from ..running.late_tensorflow import quiet_import
from ..running.run import Run
from . import on_processes, terminal
from .options import (
    Coordinator,
    Distributed,
    Epochs,
    Frozen,
    Json,
    ModelParallel,
    Overrides,
    Pretrained,
    Processes,
    ProcessId,
    RecipeName,
    Resume,
    RunDir,
    Seed,
    fields_of,
    path_option,
)
from .tuning import tuned


def train(
    recipe: RecipeName,
    overrides: Overrides = None,
    seed: Seed = None,
    epochs: Epochs = None,
    pretrained: Pretrained = None,
    frozen: Frozen = None,
    run_dir: RunDir = None,
    resume: Resume = False,
    distributed: Distributed = False,
    coordinator: Coordinator = None,
    processes: Processes = None,
    process_id: ProcessId = None,
    model_parallel: ModelParallel = None,
    as_json: Json = False,
):
    """Train a recipe, evaluate it and plot its figures, in a run's folder."""
    fields = fields_of(
        overrides, seed=seed, epochs=epochs, pretrained=pretrained, frozen=frozen
    )
    if resume and run_dir is None:
        raise ValueError("Expected --run-dir beside --resume. Received: --resume alone")
    verbose = 0 if as_json else "auto"
    where = on_processes.arguments(
        distributed, coordinator, processes, process_id, model_parallel
    )
    to_train = functools.partial(_to_train, recipe, fields, run_dir, resume)
    with terminal.stdout_for_json_only(as_json):
        if where is None:
            chosen, place = to_train()
            run = chosen.fit(place, resume, verbose)
        else:
            run = on_processes.fit(
                recipe, fields, to_train, resume, verbose, where, model_parallel
            )
    if run is None:  # the first process reports it
        return
    figures = sorted(str(path) for path in (run.folder / "figures").glob("*.png"))
    if as_json:
        return terminal.print_json({"run": str(run.folder), "metrics": run.metrics})
    terminal.print_metrics(run.recipe, run.metrics)
    typer.echo(f"run: {run.folder}")
    for path in figures:
        typer.echo(f"figure: {path}")


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


def _recipe(name, fields=None):
    with quiet_import():
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
