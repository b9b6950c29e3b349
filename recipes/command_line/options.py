"""Arguments and options that several commands have, and fields out of them."""

from pathlib import Path
from typing import Annotated

import typer

from . import terminal


def path_of(text):
    """A path; one without a name would be the current folder, which nobody meant."""
    if not str(text).strip():
        terminal.print_mistake(f"Expected the name of a file or a folder. Received: {text!r}")
        raise typer.Exit(2)
    return Path(text)


def path_option(help):
    return typer.Option(parser=path_of, metavar="PATH", help=help)


RecipeName = Annotated[str, typer.Argument(metavar="RECIPE", help="A recipe's name.")]
ModelName = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A preset's name, a folder of one or of a run, or hf://user/name.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Change a field of the recipe."),
]
Seed = Annotated[str | None, typer.Option(metavar="N", help="As --set seed=N.")]
Epochs = Annotated[str | None, typer.Option(metavar="N", help="As --set epochs=N.")]
Pretrained = Annotated[
    str | None,
    typer.Option("--from", metavar="MODEL", help="As --set pretrained=MODEL: fine-tuning."),
]
Frozen = Annotated[
    str | None,
    typer.Option("--freeze", metavar="LAYER,...", help="As --set frozen=LAYER,..."),
]
Beyond = Annotated[
    bool,
    typer.Option("--beyond", help="Conditions that the paper does not test, instead."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
RunDir = Annotated[Path | None, path_option("The run's folder.")]
Distributed = Annotated[
    bool,
    typer.Option(
        "--distributed",
        help="On all processes that SLURM, Open MPI, Kubernetes or Keras's variables name, "
        "and all their devices; JAX alone.",
    ),
]
Coordinator = Annotated[
    str | None,
    typer.Option(metavar="HOST:PORT", help="Of process 0, where nothing names it."),
]
Processes = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="How many, beside --coordinator.")
]
ProcessId = Annotated[
    int | None, typer.Option(min=0, metavar="I", help="Which of them this is, from 0.")
]
ModelParallel = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Beside these: large weights are split, over N devices each."
    ),
]
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
