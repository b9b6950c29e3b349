"""The study of pointer networks."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from ...zoo.saving.tables import number_text
from ..running.study import Study
from . import family_beyond

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from .family import PointerRecipe


def rows(recipe: PointerRecipe, runs: list[Run]) -> Rows:
    """A row for each number of points, with the figures of all seeds."""
    rows = []
    for n in recipe.tested:
        end = f"_n_{n}"
        names = [name for name in runs[0].metrics if name.endswith(end)]
        of_seeds = {
            name.removesuffix(end): ", ".join(number_text(r.metrics[name]) for r in runs)
            for name in names
        }
        rows.append({"points": n, **of_seeds})
    return rows


def text(recipe: PointerRecipe, rows: Rows) -> str:
    return "The seeds stand side by side."


pointer_study = functools.partial(
    Study,
    chosen_by="cross-entropy on the validation split",
    loss_label="cross-entropy in nats a step",
    rows=rows,
    text=text,
    beyond=family_beyond.beyond,
)
