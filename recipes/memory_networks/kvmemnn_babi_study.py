"""The study of `kvmemnn_babi`: one network for all tasks, and a replication's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..running.study import Study
from . import stories_beyond, stories_published
from .entnet_babi_study import text
from .memn2n_babi_study import data

if TYPE_CHECKING:
    from ..running.study import Targets
    from .kvmemnn_babi import KVMemNNBabi

MODEL = "Key-value memory network"  # as in `babi_papers`


def targets(recipe: KVMemNNBabi) -> Targets:
    means = {"1k": 20.5, "10k": 12.6}  # the replication's
    return {} if recipe.task else {"error_percent_mean": ("≤", means[recipe.size])}


STUDY = Study(
    data=data,
    parts={
        # Half of the epochs, as an epoch takes one to two minutes of a core.
        "10k, one network for all tasks: sentences": [
            {"size": "10k", "epochs": 30, "decay_epochs": 10}
        ],
        "10k, one network for all tasks: windows": [{"size": "10k", "keys": "window"}],
        "1k, one network for all tasks: sentences": [{}],
    },
    published=lambda recipe: stories_published.published(recipe, MODEL),
    targets=targets,
    loss_label="cross-entropy in nats",
    preset=lambda recipe: f"{recipe.name}_{recipe.size}" + "_joint" * (not recipe.task),
    is_candidate=lambda recipe: not recipe.task and recipe.keys == "sentence",
    has_curve=lambda recipe: not recipe.task,
    rows=lambda recipe, runs: stories_published.rows(recipe, runs, MODEL),
    text=text,
    beyond=stories_beyond.beyond,
)
