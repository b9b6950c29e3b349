"""Runs as large as the papers', as far as the time goes: python -m benchmarks.full_size

    python -m benchmarks.full_size --minutes 12 --runs runs/reproduce

trains the runs below one after the other, the most wanted first, on JAX: made for a GPU that
is at hand for a short time. When the time is over, the run that is trained stops, and goes on
at its last epoch the next time. Runs are stored as `keras-memory reproduce --runs` expects
them. Prints a line a run: its epochs, the least loss of validation, minutes.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

COMMAND = "from keras_memory.recipes.command_line import main; main()"
# A run that is interrupted ends within these seconds, or is killed: a checkpoint is whole.
ENDING_SECONDS = 20
# With less time than this, none is begun: data, imports and compilation take it.
LEAST_SECONDS = 60

TOURS = {"train_examples": 1_000_000, "max_points": 20, "points": "20,25,30,40,50"}
HULLS = {"max_points": 50, "points": "50,100,200,500"}
# A recipe and its fields, the most wanted first. Epochs are short, so that little is lost.
RUNS = [
    ("pointer_convex_hull", {**HULLS, "epochs": 100}),
    ("pointer_tsp", {**TOURS, "epochs": 100}),
    ("pointer_delaunay", {"min_points": 10, "max_points": 10, "epochs": 100}),
    ("sab_adding", {"epochs": 200, "length": "200,400"}),
    *(("sab_copy", {"blanks": 200, "clip_norm": 0.1, "seed": seed}) for seed in range(3)),
    ("priority_sort", {"epochs": 125, "learning_rate": 3e-5, "train_examples": 1_000_000}),
    ("dynamic_ngrams", {"epochs": 100, "learning_rate": 3e-5}),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--runs", type=Path, default=Path("runs/reproduce"))
    parser.add_argument("--only", default="", help="recipes whose names contain this")
    parser.add_argument("--list", action="store_true", help="train nothing")
    given = parser.parse_args()
    until = 0 if given.list else time.monotonic() + 60 * given.minutes
    print("| recipe | fields | epochs | least validation loss | minutes | ended |")
    print("| --- | --- | ---: | ---: | ---: | --- |")
    for name, fields in RUNS:
        if given.only in name:
            line(name, fields, given.runs, until)


def line(name, fields, runs, until):
    """Train a run until then, and print how far it is."""
    from keras_memory import recipes
    from keras_memory.recipes import Run
    from keras_memory.recipes.running.checkpoint import saved_history
    from keras_memory.recipes.running.reproduction import folder_of

    recipe = recipes.get(name, **fields)
    run = Run(folder_of(recipe, runs / name))
    if not run.is_finished and until - time.monotonic() > LEAST_SECONDS:
        train(name, fields, run, until)
    history = run.history if run.is_finished else saved_history(run.folder / "checkpoint.npz")
    least = min((row["val_loss"] for row in history), default=float("nan"))
    minutes = sum(row["seconds"] for row in history) / 60
    print(
        f"| `{name}` | {', '.join(f'{k}={v}' for k, v in fields.items())} "
        f"| {len(history)} of {recipe.epochs} | {least:.4g} | {minutes:.1f} "
        f"| {'yes' if run.is_finished else 'no'} |",
        flush=True,
    )


def train(name, fields, run, until):
    """In a process of its own, which a GPU's memory is returned by."""
    settings = [word for k, v in fields.items() for word in ("--set", f"{k}={v}")]
    resumed = ["--resume"] if run.is_started else []
    run.folder.parent.mkdir(parents=True, exist_ok=True)
    with run.folder.with_suffix(".log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, "train", name, *settings]
            + ["--run-dir", str(run.folder), *resumed],
            env={**os.environ, "KERAS_BACKEND": "jax"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            process.wait(until - time.monotonic())
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


if __name__ == "__main__":
    main()
