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
from . import info as about
from . import live_page, terminal, trained_models, training
from .options import Json, path_option
from .questions import PredictCommand

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
    picture: Annotated[Path | None, path_option("Draw it there, as .png or .svg.")] = None,
    as_json: Json = False,
):
    """What the models of a wing did on each of its tasks, out of the model cards."""
    rows = boards.board(name)
    if picture:
        if picture.suffix not in (".png", ".svg"):
            raise ValueError(
                f"Expected a file that ends with .png or .svg. Received: {picture}"
            )
        picture.parent.mkdir(parents=True, exist_ok=True)
        boards.picture(name, rows).savefig(picture, dpi=110)
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


# In the order in which they are listed.
command()(training.train)
command()(trained_models.evaluate)
command()(training.tune)
command(
    cls=PredictCommand,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)(trained_models.predict)
command()(trained_models.export)
command()(trained_models.plot)
command()(live_page.page)
command()(trained_models.card)
command()(training.reproduce)


def main():
    """Entry point of the console script."""
    app()
