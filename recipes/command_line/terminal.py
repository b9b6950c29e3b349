"""How the command line talks: tables, JSON, warnings, and one line for a mistake."""

import contextlib
import logging
import shlex
import sys
from pathlib import Path

import typer

from ...zoo.saving.atomic_files import json_text
from ...zoo.saving.tables import number_text

WIDEST = 1000  # columns of a table that no terminal displays

OURS = __package__.partition(".")[0]


def print_mistake(error):
    """What went wrong, in one line on standard error."""
    text = str(error) or type(error).__name__
    typer.echo(f"keras-memory: {' '.join(text.split())}", err=True)


def is_mistake(error):
    """Is it the user's, or the machine's (a full disk), and not a defect of ours?"""
    expected = [ValueError, OSError, ImportError, RuntimeError, MemoryError, OverflowError]
    if "tensorflow" in sys.modules:
        expected.append(sys.modules["tensorflow"].errors.OpError)
    return isinstance(error, tuple(expected))


def show_warning(message, category, filename, *_):
    """One line for a warning of ours; those of other libraries are not for the user."""
    package = Path(__file__).parents[2]
    floors = [package / floor for floor in ("layers", "zoo", "recipes")]
    if any(Path(filename).is_relative_to(floor) for floor in floors):
        typer.echo(f"warning: {message}", err=True)


def show_logs():
    """What our code does, on standard error; of other libraries, errors alone."""
    handler = logging.StreamHandler()
    handler.addFilter(
        lambda record: record.name.startswith(OURS) or record.levelno >= logging.ERROR
    )
    logging.basicConfig(format="%(message)s", handlers=[handler])
    logging.getLogger(OURS).setLevel(logging.INFO)


def print_json(value):
    typer.echo(json_text(value))


def print_metrics(recipe, metrics):
    """Metrics beside the published figures, where those stand, and what to know of them."""
    rows = [
        (name, number_text(value), recipe.published.get(name, ("",))[0])
        for name, value in metrics.items()
    ]
    print_table(["metric", "ours", "published"], rows)
    sources = {source for name, (_, source) in recipe.published.items() if name in metrics}
    if sources:
        typer.echo(f"published: {'; '.join(sorted(sources))}")
        if recipe.study.note:
            typer.echo(recipe.study.note)


def print_rows(rows):
    """A table of dictionaries that are alike in their keys."""
    print_table(list(rows[0]), [map(number_text, row.values()) for row in rows])


def print_table(header, rows):
    from rich.console import Console

    # What is not a terminal has no width that a table must fit in.
    width = None if sys.stdout.isatty() else WIDEST
    Console(width=width).print(table(header, rows))


def table(header, rows):
    """For a console to print."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False)
    made.add_column(header[0], no_wrap=True)
    for column in header[1:]:
        made.add_column(column)
    for row in rows:
        made.add_row(*(str(cell) for cell in row))
    return made


def setting(name, value):
    """A field and its value as `--set` takes them."""
    text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"--set {shlex.quote(f'{name}={text}')}"


@contextlib.contextmanager
def stdout_for_json_only(as_json):
    """With `--json`, whatever libraries print goes to standard error."""
    with contextlib.redirect_stdout(sys.stderr if as_json else sys.stdout):
        yield
