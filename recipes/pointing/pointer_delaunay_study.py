"""The study of `pointer_delaunay`: five points, and ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.delaunay_triangulation import Builder
from . import family_study
from .family_study import pointer_study

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.study import Targets
    from .pointer_delaunay import PointerDelaunay

SOURCE = "Vinyals et al. 2015, section 4.3"
PUBLISHED = {
    "accuracy_percent_n_5": (80.7, SOURCE),
    "triangle_percent_n_5": (93.0, SOURCE),
    "accuracy_percent_n_10": (22.6, SOURCE),
    "triangle_percent_n_10": (81.3, SOURCE),
}


def targets(recipe: PointerDelaunay) -> Targets:
    """The paper's figures, of which it has some for 5 and 10 points."""
    names = [f"{name}_percent_n_{recipe.max_points}" for name in ("accuracy", "triangle")]
    return {name: ("≥", PUBLISHED[name][0]) for name in names if name in PUBLISHED}


def text(recipe: PointerDelaunay, rows: Rows) -> str:
    published = [f"{name} {bound}" for name, (_, bound) in targets(recipe).items()]
    return f"{family_study.text(recipe, rows)} Published: {', '.join(published)}."


STUDY = pointer_study(
    data=f"delaunay_triangulation {Builder.VERSION} (generated)",
    parts={
        "Three seeds": [{"seed": seed} for seed in range(3)],
        "Ten points": [
            {"seed": seed, "min_points": 10, "max_points": 10, "units": 128}
            for seed in range(3)
        ],
    },
    published=PUBLISHED,
    targets=targets,
    # Of ten points, few triangulations are without an error.
    is_candidate=lambda recipe: recipe.max_points == 5,
    text=text,
)
