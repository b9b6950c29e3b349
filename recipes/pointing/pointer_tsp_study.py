"""The study of `pointer_tsp`: up to ten cities, and to twenty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.travelling_salesman import Builder
from .family_study import pointer_study

if TYPE_CHECKING:
    from .pointer_tsp import PointerTSP

SOURCE = "Vinyals et al. 2015, table 2"


def preset(recipe: PointerTSP) -> str:
    return recipe.name if recipe.max_points <= 10 else f"{recipe.name}_{recipe.max_points}"


STUDY = pointer_study(
    data=f"travelling_salesman {Builder.VERSION} (generated)",
    parts={
        "Three seeds": [{"seed": seed} for seed in range(3)],
        # As many cities as the paper's; few examples, whose tours take longer to find.
        "Up to twenty cities": [{"max_points": 20, "train_examples": 200_000}],
    },
    published={
        "tour_length_n_5": (2.12, SOURCE),
        "tour_length_n_10": (2.88, SOURCE),
        "tour_length_n_20": (3.88, SOURCE),
        "optimal_length_n_5": (2.12, SOURCE),
        "optimal_length_n_10": (2.87, SOURCE),
        "optimal_length_n_20": (3.83, SOURCE),
    },
    targets={
        "gap_percent_n_5": ("≤", 0.5),
        "gap_percent_n_10": ("≤", 1.0),
        "not_valid_n_5": ("≤", 0),
        "not_valid_n_10": ("≤", 0),
    },
    preset=preset,
)
