"""The study of `dyck_language`: a stack beside an LSTM, by depth and by distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..datasets.episodes import sampled
from ..running.beyond import fresh
from .family_study import machine_study

if TYPE_CHECKING:
    import keras

    from ..running.argument_types import Arrays, Rows
    from .dyck_language import DyckLanguage

WORDS = 100
# How many steps ago a bracket was opened, at most.
DISTANCES = 1, 9, 49, 199, 10**6


def beyond(recipe: DyckLanguage, model: keras.Model) -> Rows:
    """Accuracy on the deepest words of the tests, by how long ago a bracket was opened."""
    if recipe.machine == "lstm":
        return []
    deepest = max(recipe.depth)
    config = recipe.tests[f"depth_{deepest}"]
    examples = sampled(recipe.builder, config, fresh(recipe), WORDS)
    right, distance = recipe.right(model, examples), distances(examples)
    rows, least = [], 1
    for most in DISTANCES:
        chosen = right[(distance >= least) & (distance <= most)]
        if chosen.size:
            steps = f"{least} to {most}" if most < 10**6 else f"{least} or more"
            rows.append(
                {
                    "condition": f"depth {deepest}, opened {steps} steps before",
                    "accuracy": round(float(chosen.mean()), 4),
                    "brackets": int(chosen.size),
                }
            )
        least = most + 1
    return rows


def distances(examples: Arrays) -> np.ndarray:
    """How many steps after its opening each bracket closes, `(words, steps)`.

    At the steps that count, which are those before; 0 at the others.
    """
    inputs = np.asarray(examples["inputs"])
    counts = np.asarray(examples["counts"]) > 0
    found = np.zeros(counts.shape, int)
    for word, row in enumerate(inputs):
        stack = []
        for step, bracket in enumerate(row):
            if bracket[: len(bracket) // 2].any():
                stack.append(step)
            elif bracket.any():
                stack.pop()
            if counts[word, step]:
                found[word, step] = step + 1 - stack[-1]
    return found


STUDY = machine_study(
    data="dyck_words 1.0.0 (generated)",
    parts={
        "Stack, feed-forward controller": [{"seed": seed} for seed in range(3)],
        "Stack, LSTM controller": [
            {"controller": "lstm", "epochs": 30, "decay_epochs": 10, "seed": 0}
        ],
        "LSTM baseline, 3 x 64": [
            {"machine": "lstm", "epochs": 20, "decay_epochs": 10, "seed": 0}
        ],
    },
    targets={"accuracy_depth_60": ("≥", 0.99)},
    beyond=beyond,
)
