"""The study of recipes that learn over long spans of time."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..running.study import UNCHECKED, Study

if TYPE_CHECKING:
    from ..running.argument_types import Fields, History, Rows
    from ..running.run import Run
    from .family import LongSpanRecipe


def truncated(steps: int) -> str:
    """The title of a study's part."""
    return f"truncated back-propagation, {steps} step{'s' if steps > 1 else ''}"


def every_method(
    budget: Fields, truncations: Iterable[int], self_attention: Fields | None = None
) -> dict[str, list[Fields]]:
    """The parts of a study that trains by each method once.

    Args:
        budget: Fields of all runs.
        truncations: The steps of truncated back-propagation.
        self_attention: Fields that are its own; `None`: it is left out.
    """
    runs = {
        "SAB": {},
        "full back-propagation": {"method": "full_bptt"},
        **{truncated(k): {"method": "truncated_bptt", "k_trunc": k} for k in truncations},
    }
    if self_attention is not None:
        runs["self-attention"] = {"method": "self_attention", **self_attention}
    return {title: [{"seed": 0, **budget, **fields}] for title, fields in runs.items()}


def training_time(history: History) -> Fields:
    """The minutes of these epochs, and on what, if that was recorded."""
    devices = dict.fromkeys(row.get("device", "-") for row in history)
    return {
        "minutes": round(sum(row["seconds"] for row in history) / 60, 1),
        "device": ", then ".join(devices),
    }


def rows(recipe: LongSpanRecipe, runs: list[Run]) -> Rows:
    """A run a row: its metrics, after how many examples and minutes."""
    return [
        {
            "seed": run.recipe.seed,
            **run.metrics,
            "examples": f"{len(run.history) * run.recipe.examples_per_epoch:,}",
            **training_time(run.history),
        }
        for run in runs
    ]


def is_of_sab(recipe: LongSpanRecipe) -> bool:
    """Of the method that the recipes are about."""
    return recipe.method == "sab"


long_span_study = functools.partial(
    Study, loss_label="cross-entropy", note=UNCHECKED, is_candidate=is_of_sab, rows=rows
)
