"""The study of `hopfield_mil`: ten folds, five times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..datasets.animal_images import ANIMALS, Builder
from .sets_beyond import animals
from .sets_study import set_study

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from .hopfield_mil import HopfieldMIL

FOLDS, TIMES = 10, 5
SOURCE = "Ramsauer et al. 2020, table 1: mean of ten folds, five times"
PUBLISHED = {"tiger": 91.3, "fox": 64.05, "elephant": 94.9}
TARGETS = {"tiger": 85.0, "fox": 60.0, "elephant": 85.0}


def rows(recipe: HopfieldMIL, runs: list[Run]) -> Rows:
    """A row for each time through the folds, and one of all times."""
    areas = np.reshape([run.metrics["auc_percent_one_fold"] for run in runs], (-1, FOLDS))
    rows = [{"time": time, **_spread(folds)} for time, folds in enumerate(areas, start=1)]
    return [*rows, {"time": "all", **_spread(areas.mean(axis=1))}]


def _spread(areas):
    return {"AUC in %, mean": float(np.mean(areas)), "deviation": float(np.std(areas))}


def text(recipe: HopfieldMIL, rows: Rows) -> str:
    return (
        "Each fold is a run of its own. Deviations are those of the ten folds and, of "
        f"all times, of their means. Published: {PUBLISHED[recipe.animal]} ({SOURCE})."
    )


STUDY = set_study(
    data=f"animal_images {Builder.VERSION} (miproblems.org)",
    parts={
        animal: [{"animal": animal, "seed": seed} for seed in range(FOLDS * TIMES)]
        for animal in ANIMALS
    },
    tested="one fold of 20 images of 200",
    published=lambda recipe: {"auc_percent_mean": (PUBLISHED[recipe.animal], SOURCE)},
    # Of the one fold that a run is tested on.
    targets=lambda recipe: {"auc_percent_one_fold": ("≥", TARGETS[recipe.animal])},
    preset=lambda recipe: f"{recipe.name}_{recipe.animal}",
    chosen_by="cross-entropy on the fold that validates",
    # Of the last epoch, which is the one that is kept.
    rank=lambda recipe, run: run.history[-1]["val_loss"],
    rows=rows,
    text=text,
    beyond=animals,
)
