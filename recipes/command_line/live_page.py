"""`keras-memory page`: models at work in a browser."""

import os
import shutil
import tempfile
import webbrowser
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from ... import page as files
from ... import zoo
from ..running.late_tensorflow import quiet_import
from ..running.loading import find, saved_model
from .options import path_option


def export(name, changes, folder):
    """Write what a model does, with changed arguments, as the page takes it."""
    typer.echo(f"exporting {name}: once", err=True)
    with quiet_import():
        from ..running.traces import export_traces
    trained = zoo.from_preset(name, **changes) if changes else saved_model(find(name))
    export_traces(trained, folder)


def page(
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="0: any that is free.")
    ] = 0,
    model: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="A model of your own, in the tab of its class."),
    ] = None,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the address, and open no browser.")
    ] = False,
    out: Annotated[
        Path | None, path_option("Write the page into this folder, and serve nothing.")
    ] = None,
):
    """Watch memories at work, in a browser on this machine alone."""
    found = None if model is None else find(model)
    if out is not None:
        typer.echo(f"page: {files.build(out, export, model)}")
        return
    built = files.build(_cache(), export)
    if found is None:
        files.serve(built, port, lambda address: _announce(address, no_open))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = shutil.copytree(built, Path(temporary) / "page")
        files.build(folder, export, model)
        files.serve(folder, port, lambda address: _announce(address, no_open))


def _cache():
    """Where the page of this version is built, once for a user."""
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "keras-memory" / f"page-{version('keras-memory')}"


def _announce(address, no_open):
    typer.echo(f"page: {address} (Ctrl+C ends it)")
    if not no_open:
        webbrowser.open(address)
