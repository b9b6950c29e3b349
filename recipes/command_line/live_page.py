"""`keras-memory page`: models at work in a browser."""

import os
import shutil
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from ... import zoo
from ..running.late_tensorflow import quiet_import
from ..running.loading import find, saved_model
from .options import path_option


def export(name, changes, folder):
    """Write what a model does, with changed arguments, as the page takes it."""
    with_changes = "".join(f", {key}={value}" for key, value in changes.items())
    typer.echo(f"exporting {name}{with_changes}: once", err=True)
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
        typer.Option(metavar="MODEL", help="A model of your own, in the tab of its class."),
    ] = None,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the address, and open no browser.")
    ] = False,
    out: Annotated[
        Path | None, path_option("Write the page into this folder, and serve nothing.")
    ] = None,
):
    """Watch memories at work, in a browser on this machine alone."""
    from ...page import build, serve

    def announce(address):
        typer.echo(f"page: {address} (Ctrl+C ends it)")
        if not no_open:
            webbrowser.open(address)

    if model is not None:
        find(model)
    if out is not None:
        typer.echo(f"page: {build(out, export, model)}")
        return
    built = build(_cache(), export)
    with tempfile.TemporaryDirectory() as temporary:
        if model is not None:
            built = build(shutil.copytree(built, Path(temporary) / "page"), export, model)
        serve(built, port, announce)


def _cache():
    """Where the page of this version is built, once for a user."""
    from importlib.metadata import version

    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "keras-memory" / f"page-{version('keras-memory')}"
