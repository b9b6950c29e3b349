"""The study of `entnet_babi`: a network for each task, and the paper's column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.babi import TASKS
from ..running.study import Study
from . import stories_beyond, stories_published
from .family_study import FAILED
from .memn2n_babi_study import data

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.study import Targets
    from .babi_stories import BabiStories
    from .entnet_babi import EntNetBabi

MODEL = "Entity network"  # as in `babi_papers`
# The task whose network is the preset: of who took what where.
SHOWN = 2


def targets(recipe: EntNetBabi) -> Targets:
    return {"error_percent_mean": ("≤", 1.0)} if recipe.task and recipe.size == "10k" else {}


def text(recipe: BabiStories, rows: Rows) -> str:
    return (
        "Error on the test split, in percent, of the epoch of the lowest loss on the "
        f"validation split. A task is failed above {FAILED:.0f} %."
    )


STUDY = Study(
    data=data,
    parts={
        "10k, a network for each task": [{"size": "10k", "task": task} for task in TASKS],
        "10k, one network for all tasks": [{"size": "10k"}],
    },
    published=lambda recipe: stories_published.published(recipe, MODEL),
    targets=targets,
    loss_label="cross-entropy in nats",
    preset=lambda recipe: f"{recipe.name}_{recipe.size}" + "_joint" * (not recipe.task),
    is_candidate=lambda recipe: recipe.task in (0, SHOWN),
    has_curve=lambda recipe: recipe.task in (0, SHOWN),
    rows=lambda recipe, runs: stories_published.rows(recipe, runs, MODEL),
    text=text,
    beyond=stories_beyond.beyond,
)
