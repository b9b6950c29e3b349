"""The study of `ut_babi`: one network for all tasks, and the paper's mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..running.study import Study
from . import stories_beyond, stories_published
from .entnet_babi_study import text
from .memn2n_babi_study import data

if TYPE_CHECKING:
    from ..running.study import Targets
    from .ut_babi import UTBabi

MODEL = "Universal transformer"  # as in `babi_papers`


def kind(recipe: UTBabi) -> str:
    if recipe.task:
        return "single"
    return "exchanged" if recipe.exchanges else "joint"


def targets(recipe: UTBabi) -> Targets:
    is_target = recipe.size == "1k" and not recipe.task
    return {"error_percent_mean": ("≤", 7.8)} if is_target else {}


STUDY = Study(
    data=data,
    parts={
        "1k, one network for all tasks": [{}],
        "1k, one network for all tasks: names exchanged": [
            {"exchanges": 9, "steps_per_epoch": 562}
        ],
    },
    published=lambda recipe: stories_published.published(recipe, MODEL),
    targets=targets,
    loss_label="cross-entropy in nats, and ponder cost",
    preset=lambda recipe: f"ut_babi_{recipe.size}_{kind(recipe)}",
    is_candidate=lambda recipe: not recipe.task,
    has_curve=lambda recipe: not recipe.task,
    rows=lambda recipe, runs: stories_published.rows(recipe, runs, MODEL),
    text=text,
    beyond=stories_beyond.beyond,
)
