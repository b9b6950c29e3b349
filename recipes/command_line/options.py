"""Arguments and options that several commands have, and fields out of them."""

from pathlib import Path
from typing import Annotated

import typer

from . import terminal


def folder(text):
    """A folder out of an option; an empty name would be that of the current one."""
    if not str(text).strip():
        terminal.say_mistake("Expected the name of a folder. Received: ''")
        raise typer.Exit(2)
    return Path(text)


RecipeName = Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe's name.")]
ModelName = Annotated[
    str, typer.Argument(metavar="MODEL", help="A preset's name or a run's folder.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Change a field of the recipe."),
]
Seed = Annotated[str | None, typer.Option(metavar="N", help="As --set seed=N.")]
Epochs = Annotated[str | None, typer.Option(metavar="N", help="As --set epochs=N.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
RunDir = Annotated[Path | None, typer.Option(help="The run's folder.", parser=folder)]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a stopped run.")]


def fields_of(overrides, **options):
    """Field overrides out of `--set field=value` and the options that stand for them."""
    fields = {}
    for override in overrides or []:
        name, equals, value = override.partition("=")
        if not equals:
            raise ValueError(f"Expected --set field=value. Received: --set {override}")
        fields[name] = value
    return fields | {name: value for name, value in options.items() if value is not None}
