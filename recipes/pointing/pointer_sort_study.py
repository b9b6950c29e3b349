"""The study of `pointer_sort`: three seeds, other precisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.number_sorting import Builder
from .family_study import pointer_study

if TYPE_CHECKING:
    import keras

    from ..running.argument_types import Metrics
    from .pointer_sort import PointerSort


def of_any_precision(recipe: PointerSort, model: keras.Model) -> Metrics:
    """Metrics of numbers of which two may be as good as equal."""
    if recipe.test_file:
        return {}
    metrics = recipe.replace(decimals=0).evaluate(model)
    return {f"{name}_any_precision": value for name, value in metrics.items()}


STUDY = pointer_study(
    data=f"number_sorting {Builder.VERSION} (generated)",
    parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
    targets={"accuracy_percent_n_10": ("≥", 99.0)},
    further_metrics=of_any_precision,
)
