"""The study of `dmn_babi`: networks for each task, and the papers' columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.babi import TASKS
from ..running.study import Study
from . import stories_beyond, stories_published
from .entnet_babi_study import text
from .memn2n_babi_study import data

if TYPE_CHECKING:
    from ..running.study import Targets
    from .dmn_babi import DMNBabi

# The task whose network is a preset: of two facts, one after the other.
SHOWN = 2


def model(recipe: DMNBabi) -> str:
    """As in `babi_papers`."""
    if recipe.variant == "dmn_plus":
        return "DMN+"
    return "DMN, with supports" if recipe.supports else "DMN"


def targets(recipe: DMNBabi) -> Targets:
    means = {("DMN, with supports", "1k"): 6.4, ("DMN+", "10k"): 3.8}
    mean = means.get((model(recipe), recipe.size))
    return {"error_percent_mean": ("≤", mean)} if recipe.task and mean else {}


STUDY = Study(
    data=data,
    parts={
        "1k, a network for each task, gates trained on supporting facts": [
            {"task": task} for task in TASKS
        ],
        "10k, a network for each task: DMN+, without supporting facts": [
            {"variant": "dmn_plus", "size": "10k", "task": task} for task in TASKS
        ],
    },
    published=lambda recipe: stories_published.published(recipe, model(recipe)),
    targets=targets,
    loss_label="cross-entropy in nats",
    preset=lambda recipe: f"{recipe.variant}_babi_{recipe.size}",
    is_candidate=lambda recipe: recipe.task == SHOWN,
    has_curve=lambda recipe: recipe.task == SHOWN,
    rows=lambda recipe, runs: stories_published.rows(recipe, runs, model(recipe)),
    text=text,
    beyond=stories_beyond.beyond,
)
