"""The study of `sequence_gates`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..datasets.memory_instructions import Builder, sequences
from ..running.beyond import fresh
from ..running.study import Study

if TYPE_CHECKING:
    from ..running.argument_types import Arrays, Metrics, Rows
    from ..running.run import Run
    from .sequence_gates import SequenceGates

TOLERANCE = 0.1  # within which an output is right
LENGTHS = (10, 19, 20, 21, 50, 100, 500)
SEQUENCES = 500


def metrics_of(outputs: Arrays, targets: Arrays, reads: Arrays) -> Metrics:
    """Of the steps that read, and of all."""
    error = np.abs(outputs - targets)[..., 0]
    return {
        "accuracy": float(np.mean(error[reads == 1] < TOLERANCE)),
        "accuracy_unread": float(np.mean(error[reads == 0] < TOLERANCE)),
        "mean_squared_error": float(np.mean(error**2)),
    }


def beyond(recipe: SequenceGates, model) -> Rows:
    """Sequences of other lengths."""
    random = fresh(recipe)
    return [
        {
            "condition": f"{length} steps",
            **recipe.measured(model, sequences(random, SEQUENCES, length)),
        }
        for length in LENGTHS
    ]


def rows(recipe: SequenceGates, runs: list[Run]) -> Rows:
    return [{"cell": run.recipe.cell, "seed": run.recipe.seed, **run.metrics} for run in runs]


STUDY = Study(
    data=f"memory_instructions {Builder.VERSION} (generated)",
    parts={
        "LSTM": [{"seed": seed} for seed in range(3)],
        "Elman": [{"cell": "elman", "seed": seed} for seed in range(3)],
        "GRU": [{"cell": "gru", "seed": seed} for seed in range(3)],
    },
    # Beside the LSTM, to compare gradients; the GRU is reported in the LSTM's card.
    preset=lambda recipe: f"{recipe.name}_elman" if recipe.cell == "elman" else recipe.name,
    is_candidate=lambda recipe: recipe.cell != "gru",
    targets=lambda recipe: {"accuracy": ("≥", 0.99)} if recipe.cell == "lstm" else {},
    loss_label="mean squared error",
    rows=rows,
    beyond=beyond,
)
