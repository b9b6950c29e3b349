"""The study of `neural_transduction`: what each structure can rewrite, and an LSTM cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..datasets.transduction import TASKS, Builder
from ..running.beyond import fresh
from ..running.study import Study

if TYPE_CHECKING:
    import keras

    from ..running.argument_types import Rows
    from ..running.run import Run
    from .neural_transduction import NeuralTransduction

PAPER = "Grefenstette et al. 2015, table 3"
# There, coarse and fine of lengths 65 to 128, of an LSTM with one layer and the structures.
FIGURES = {
    "copy": {"lstm": (0.0, 0.38), "stack": (0.0, 0.22), "queue": (1, 1), "deque": (1, 1)},
    "reversal": {"lstm": (0.01, 0.09), "stack": (1, 1), "queue": (0, 0.01), "deque": (1, 1)},
    "bigram_flipping": {
        "lstm": (0.01, 0.53),
        "stack": (0.0, 0.48),
        "queue": (0.55, 0.98),
        "deque": (0.53, 0.98),
    },
}
# The structures that solve a task; what a baseline does is in the card of the first.
SOLVED_BY = {
    "copy": ("queue", "deque"),
    "reversal": ("stack", "deque"),
    "bigram_flipping": ("deque", "queue"),
}
# A size that a laptop trains.
SMALL = {
    "max_length": 32,
    "batch_size": 16,
    "learning_rate": 3e-3,
    "decay_epochs": 5,
    "train_examples": 60_000,
    "controller_units": 64,
    "memory_width": 64,
}
# What the presets are of.
PRESETS = {"stack": "reversal", "queue": "copy", "deque": "reversal"}
SEQUENCES = 100
# Of sequences unlike those of training: of how many different symbols.
CONDITIONS = {"one symbol repeated": 1, "two symbols": 2}


def preset(recipe: NeuralTransduction) -> str:
    """One for each structure; the baseline is in the card of its task."""
    of_task = SOLVED_BY[recipe.task][0]
    return (
        f"neural_transduction_{of_task if recipe.structure == 'lstm' else recipe.structure}"
    )


def is_candidate(recipe: NeuralTransduction) -> bool:
    return PRESETS.get(recipe.structure) == recipe.task


def published(recipe: NeuralTransduction) -> dict[str, tuple[float, str]]:
    coarse, fine = FIGURES[recipe.task][recipe.structure]
    return {f"coarse_{recipe.task}": (coarse, PAPER), f"fine_{recipe.task}": (fine, PAPER)}


def targets(recipe: NeuralTransduction) -> dict[str, tuple[str, float]]:
    if recipe.structure not in SOLVED_BY[recipe.task]:
        return {}
    name = f"coarse_{recipe.task}"
    return {name: ("≥", 1.0), f"{name}_4_times": ("≥", 0.95), f"{name}_8_times": ("≥", 0.95)}


def rows(recipe: NeuralTransduction, runs: list[Run]) -> Rows:
    return [_row(run) for run in runs]


def _row(run):
    fastest = min(row["seconds"] for row in run.history)
    return {
        "seed": run.recipe.seed,
        **{name.replace(f"_{run.recipe.task}", ""): v for name, v in run.metrics.items()},
        "ms an update": round(1000 * fastest / run.recipe.steps_per_epoch, 1),
    }


def text(recipe: NeuralTransduction, rows: Rows) -> str:
    solved = sum(row["coarse"] == 1 for row in rows)
    least, most = recipe.max_length + 1, 2 * recipe.max_length
    return (
        "Fraction of the sequences wholly right (coarse) and of the symbols before the first "
        f"mistake (fine), of what is written without the target, for sources of {least} to "
        f"{most} symbols; then of twice and of four times those. Trained on "
        f"{recipe.min_length} to {recipe.max_length} symbols, {recipe.epochs} epochs of "
        f"{recipe.steps_per_epoch} updates of {recipe.batch_size} sequences; the best epoch "
        f"by validation. {solved} of {len(rows)} runs have every sequence of up to {most} "
        "symbols right."
    )


def beyond(recipe: NeuralTransduction, model: keras.Model) -> Rows:
    """Sequences of the lengths of training, but of few different symbols; and short ones."""
    random = fresh(recipe)
    longest = recipe.max_length
    rows = [
        _beyond(recipe, model, _of_few(random, recipe.symbols, count, longest), name)
        for name, count in CONDITIONS.items()
    ]
    short = random.integers(1, recipe.symbols + 1, (SEQUENCES, 2), dtype="int32")
    return [*rows, _beyond(recipe, model, short, "uniform")]


def _of_few(random, symbols, count, length):
    of_these = random.integers(1, symbols + 1, (SEQUENCES, count), dtype="int32")
    chosen = random.integers(0, count, (SEQUENCES, length))
    return np.take_along_axis(of_these, chosen, axis=1)


def _beyond(recipe, model, source, name):
    target = np.stack([TASKS[recipe.task](row) for row in source])
    coarse, fine = recipe.scores(model, {"source": source, "target": target})
    return {
        "condition": f"{name}, {source.shape[1]} symbols",
        "coarse": coarse,
        "fine": round(fine, 3),
        "sequences": len(source),
    }


def _part(
    task: str, structure: str, epochs: int = 15, seeds: int = 3
) -> list[dict[str, Any]]:
    fields = {**SMALL, "task": task, "structure": structure, "epochs": epochs}
    return [{**fields, "seed": seed} for seed in range(seeds)]


STUDY = Study(
    data=f"transduction {Builder.VERSION} (generated)",
    parts={
        "Copy, queue": _part("copy", "queue"),
        "Copy, deque": _part("copy", "deque"),
        "Reversal, stack": _part("reversal", "stack"),
        "Reversal, deque": _part("reversal", "deque"),
        "Bigram flipping, queue": _part("bigram_flipping", "queue"),
        "Bigram flipping, deque": _part("bigram_flipping", "deque"),
        "Copy, LSTM": _part("copy", "lstm", seeds=1),
        "Reversal, LSTM": _part("reversal", "lstm", seeds=1),
        "Bigram flipping, LSTM": _part("bigram_flipping", "lstm", seeds=1),
    },
    published=published,
    note="The paper trains on 8 to 64 symbols, and tests 65 to 128.",
    targets=targets,
    loss_label="cross-entropy of a symbol, in nats",
    preset=preset,
    is_candidate=is_candidate,
    rows=rows,
    text=text,
    beyond=beyond,
)
