"""The studies of recipes that fill slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...zoo import chunk_f1
from ..running.study import Study
from .tagging_beyond import beyond

if TYPE_CHECKING:
    from ..running.argument_types import Metrics, Rows
    from ..running.run import Run

SEEDS = 1
PLAIN = {"crf": False, "letters": 0}
# By encoder, with the words alone: what is reported of each beside the best.
ENCODERS = {
    "elman": {**PLAIN, "window": 3},
    "jordan": {**PLAIN, "window": 3},
    "hybrid": {**PLAIN, "window": 3},
    "lstm": {**PLAIN, "window": 3},
    "gru": {**PLAIN, "window": 3},
    "bidirectional": PLAIN,
    "self_attention": {**PLAIN, "window": 1, "depth": 2, "dropout": 0.3},
    "conv": {**PLAIN, "depth": 2},
}
ATIS_TARGETS = {
    "elman": 93.5,
    "jordan": 93.5,
    "hybrid": 94.0,
    "lstm": 94.5,
    "gru": 94.5,
    "bidirectional": 95.1,
}


def measured(true: list[list[str]], predicted: list[list[str]]) -> Metrics:
    return {"f1": chunk_f1(true, predicted)["f1"]}


def lowest_validation_error(recipe, run: Run) -> float:
    return min(row["val_tags_error"] for row in run.history)


def preset(recipe) -> str:
    best = recipe.crf and recipe.letters
    return recipe.name if best else f"{recipe.name}_{recipe.encoder}"


def rows(recipe, runs: list[Run]) -> Rows:
    """A run a row, with the encoder."""
    return [
        {"encoder": run.recipe.encoder, "seed": run.recipe.seed, **run.metrics}
        for run in runs
    ]


def targets(recipe):
    if recipe.path:
        return {}
    if recipe.crf and recipe.letters:
        return {"f1": ("≥", 96.0), "intent_accuracy": ("≥", 97.5)}
    target = ATIS_TARGETS.get(recipe.encoder)
    return {"f1": ("≥", target)} if target else {}


def published(recipe):
    """Of the split of Goo et al., or of the one whose name is given."""
    goo = "Goo et al., 2018, table 3, the same split"
    if recipe.path:
        return {}
    if recipe.crf and recipe.letters:
        return {
            "f1": (94.8, f"{goo}, slot-gated"),
            "intent_accuracy": (93.6, f"{goo}, slot-gated"),
            "sentence_accuracy": (82.2, f"{goo}, slot-gated"),
        }
    found = {"elman": 94.98, "hybrid": 95.06}.get(recipe.encoder)
    return {"f1": (found, "Mesnil et al., 2015, another split")} if found else {}


ATIS = Study(
    data=lambda recipe: recipe.path or "ATIS, the split of Goo et al.: 4,478 / 500 / 893",
    parts={
        "Both directions, letters and a random field": [
            {"seed": seed} for seed in range(SEEDS)
        ],
        "Encoders, of words alone": [
            {"encoder": encoder, **fields, "seed": seed}
            for encoder, fields in ENCODERS.items()
            for seed in range(SEEDS)
        ],
    },
    published=published,
    note="Figures were copied from reports of others; splits of ATIS differ.",
    targets=targets,
    chosen_by="the error of tags on the validation split",
    loss_label="cross-entropy in nats",
    preset=preset,
    rank=lowest_validation_error,
    beyond=beyond,
    rows=rows,
)
WORLD = Study(
    data=lambda recipe: recipe.path or "travel_requests 1.0.0 (generated)",
    parts={
        "One seed": [{"seed": 0}],
        "Encoders, of words alone": [
            {"encoder": encoder, **fields} for encoder, fields in ENCODERS.items()
        ],
    },
    targets=lambda recipe: {"f1": ("≥", 99.0)} if preset(recipe) == recipe.name else {},
    chosen_by="the error of tags on the validation split",
    loss_label="cross-entropy in nats",
    preset=preset,
    rank=lowest_validation_error,
    beyond=beyond,
    rows=rows,
)
