"""The study of `hopfield_latch_sequence`: readings, baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.latch_sequences import Builder
from . import sets_study
from .sets_beyond import latch_sequences
from .sets_study import set_study

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from .hopfield_latch_sequence import HopfieldLatchSequence

OF_LSTM = {
    "lstm": {},
    "lstm without a forget bias": {"unit_forget_bias": False},
    "lstm without a forget bias, at the authors' learning rate": {
        "unit_forget_bias": False,
        "learning_rate": 1e-3,
    },
}


def rows(recipe: HopfieldLatchSequence, runs: list[Run]) -> Rows:
    """Besides, when validation was without an error."""
    rows = sets_study.rows(recipe, runs)
    for row, run in zip(rows, runs, strict=True):
        solved = (e["epoch"] + 1 for e in run.history if e["val_accuracy"] == 1)
        row["first epoch without an error (validation)"] = next(solved, "none")
    return rows


STUDY = set_study(
    data=f"latch_sequences {Builder.VERSION} (generated)",
    parts={
        **{
            reading: [{"reading": reading, "seed": seed} for seed in range(3)]
            for reading in ("pooling", "association", "lookup")
        },
        **{
            title: [{"reading": "lstm", "epochs": 20, **fields, "seed": s} for s in range(3)]
            for title, fields in OF_LSTM.items()
        },
    },
    published={
        "accuracy": (1.0, "read off a plot in the authors' notebook: in one epoch or two")
    },
    targets={"accuracy": ("≥", 1.0)},
    rows=rows,
    beyond=latch_sequences,
)
