"""The study of `handwriting_window`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..datasets.handwritten_words import Builder, sample_words
from ..running.beyond import fresh
from ..running.study import Study

if TYPE_CHECKING:
    from ..running.argument_types import Arrays, Metrics, Rows
    from ..running.run import Run
    from .handwriting_window import HandwritingWindow

WORDS = 200  # of each condition beyond the test


def metrics_of(nats: Arrays, letters: Arrays | None, examples: Arrays) -> Metrics:
    """Of all points; `alignment_accuracy`, in percent, without the full stop at the end.

    Args:
        nats: Of each point.
        letters: What the window is at as each point is written, if there is one.
        examples: The words: `letters`, the true ones, and `length`.
    """
    steps = np.arange(nats.shape[1])
    is_point = steps < examples["length"][:, None]
    metrics = {"nats_per_point": float(nats[is_point].mean())}
    if letters is not None:
        of_letter = steps < examples["length"][:, None] - 1
        is_right = letters == examples["letters"][:, : nats.shape[1]]
        metrics["alignment_accuracy"] = 100.0 * float(is_right[of_letter].mean())
    return metrics


def beyond(recipe: HandwritingWindow, model) -> Rows:
    """Words of other lengths, and of one letter six times, by new writers."""
    if recipe.source != "fonts":
        return []
    random = fresh(recipe)
    texts = {
        "as in the test": lambda: word(random, random.integers(3, 9)),
        "one or two letters": lambda: word(random, random.integers(1, 3)),
        "16 letters": lambda: word(random, 16),
        "32 letters": lambda: word(random, 32),
        "one letter, six times": lambda: 6 * word(random, 1),
    }
    return [
        {
            "condition": name,
            **recipe.measured_words(model, sample_words(random, WORDS, text)),
        }
        for name, text in texts.items()
    ]


def word(random: np.random.Generator, size: int) -> str:
    return "".join(random.choice([*"abcdefghijklmnopqrstuvwxyz"], size))


def rows(recipe: HandwritingWindow, runs: list[Run]) -> Rows:
    return [
        {
            "letters": run.recipe.source,
            "window": "yes" if run.recipe.window else "no",
            "seed": run.recipe.seed,
            **run.metrics,
        }
        for run in runs
    ]


STUDY = Study(
    data=f"handwritten_words {Builder.VERSION} (generated, or of Omniglot)",
    parts={
        "With the window": [{"seed": seed} for seed in range(2)],
        "Without": [{"window": False}],
        "Pen strokes of Omniglot": [
            {"source": "omniglot"},
            {"source": "omniglot", "window": False},
        ],
    },
    tested="words by writers who wrote none for training",
    note="Graves's figures are of IAM-OnDB: nats there are of other points.",
    preset=lambda recipe: (
        recipe.name if recipe.source == "fonts" else f"{recipe.name}_omniglot"
    ),
    is_candidate=lambda recipe: recipe.window,
    targets={"alignment_accuracy": ("≥", 95.0)},
    loss_label="nats a point",
    rows=rows,
    beyond=beyond,
)
