"""`keras-memory evaluate`, `predict`, `export` and `plot`: the commands that take a model."""

import functools
from pathlib import Path
from typing import Annotated

import typer

from ...zoo.saving.presets import Preset
from ..running.late_tensorflow import quiet_import
from ..running.loading import find, load_model, recipe_of, saved_model
from ..running.progress import if_slow
from ..running.run import Run, save_figures
from . import terminal
from .options import Beyond, Json, ModelName, Overrides, Seed, fields_of, path_of, path_option
from .question_files import answer_file
from .questions import Unloaded, known_questions, questions_of


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


def predict(
    context: typer.Context,
    model: ModelName,
    file: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help='Many questions: JSON lines, as {"bits": "1010"}; - for standard input.',
        ),
    ] = None,
    out: Annotated[
        Path | None, path_option("With --file: where the answers go, as JSON lines.")
    ] = None,
    as_json: Json = False,
):
    """A model's answer: `keras-memory predict ntm_copy --bits 10110010,00001111`.

    Which questions a model takes: `keras-memory predict MODEL --help`.
    """
    if out and file is None:
        raise ValueError("Expected --file beside --out. Received: --out alone")
    if file is not None and context.args:
        raise ValueError(f"Expected --file alone. Received: {' '.join(context.args)}")
    found = find(model)
    questions = known_questions(model)
    if questions is not None and file is None:
        questions_of(questions, context.args)  # a mistake does not wait for TensorFlow
    with quiet_import():
        recipe = recipe_of(found)
    trained = Unloaded(lambda: load_model(found)[1])
    if file is not None:
        answers = functools.partial(recipe.answers, trained)
        return answer_file(file, out, recipe.questions, answers)
    typed = questions_of(recipe.questions, context.args)
    with if_slow(f"loading {model}"):
        answer = recipe.answer(trained, **typed)
    if as_json:
        return terminal.print_json(answer)
    for name, value in answer.items():
        typer.echo(f"{name}: {value}")


def export(
    model: ModelName,
    path: Annotated[
        Path, typer.Argument(parser=path_of, metavar="PATH", help="What to write.")
    ],
    format: Annotated[
        str | None,
        typer.Option(help="tf_saved_model, which is taken if absent, onnx or litert."),
    ] = None,
    what: Annotated[
        str,
        typer.Option(help="model; or trace: what it does, as ONNX, for a page."),
    ] = "model",
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
    """Write a model for serving, or what it does for a page."""
    write, format = _exporter(what, format, endpoint, version)
    trained = _load_alone(model, fields_of(overrides))
    with terminal.stdout_for_json_only(as_json), if_slow(f"exporting {model}"):
        written = write(trained, path)
    if as_json:
        return terminal.print_json({"path": str(written), "format": format})
    typer.echo(f"exported: {written}")


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


def card(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A finished run's folder.")],
    out: Annotated[
        Path | None, path_option("The preset's folder; preset in the run's if absent.")
    ] = None,
    as_json: Json = False,
):
    """Write a run as a preset with a model card, to be loaded, shared and uploaded."""
    found = Run.open(run)
    with quiet_import():
        from ..running import reproduction
    with terminal.stdout_for_json_only(as_json):
        folder = reproduction.write_preset(found, out)
    if as_json:
        return terminal.print_json({"preset": str(folder)})
    typer.echo(f"preset: {folder}")


def _exporter(what, format, endpoint, version):
    """What writes a model to a path, and the format; imported when it is called."""
    if what not in ("model", "trace"):
        raise ValueError(f"Expected --what model or trace. Received: {what}")
    if what == "trace":
        if format not in (None, "onnx") or endpoint or version:
            raise ValueError("Expected a trace as onnx alone. Received: other options")

        def write(model, path):
            from ..running.traces import export_traces

            return export_traces(model, path)

        return write, "onnx"
    format = format or "tf_saved_model"

    def write(model, path):
        from ..running.exporting import export

        return export(model, path, format, endpoint=endpoint, version=version)

    return write, format


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
    with quiet_import():
        from ..running import recipe  # noqa: F401

    return load_model(found, **fields)


def _load_alone(model, fields):
    """A trained model, which needs a recipe only where fields are to be changed."""
    if fields:
        return _load(model, fields)[1]
    found = find(model)
    with quiet_import():
        from ..running import recipe  # noqa: F401

    return saved_model(found)
