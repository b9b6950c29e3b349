"""The study of `sab_adding`: the paper's figures, every method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.adding_problem import Builder
from .beyond import adding
from .family_study import every_method, long_span_study

if TYPE_CHECKING:
    from ..running.study import Published
    from .sab_adding import SABAdding

KE = "Ke et al. 2018, the adding task"
# Mean squared error by T, method, k_trunc and k_top.
PUBLISHED = {
    (200, "full_bptt"): 4.6e-6,
    (200, "self_attention"): 5.5e-8,
    (200, "truncated_bptt", 20): 1.1e-3,
    (200, "truncated_bptt", 50): 3e-4,
    (200, "sab", 5, 10): 4.3e-5,
    (200, "sab", 10, 10): 2e-6,
    (400, "full_bptt"): 1.6e-7,
    (400, "self_attention"): 5e-7,
    (400, "truncated_bptt", 100): 7e-4,
}
BUDGET = {"epochs": 12, "steps_per_epoch": 500}


def published(recipe: SABAdding) -> Published:
    error = PUBLISHED.get((recipe.terms, *recipe.variant))
    return {f"mean_squared_error_length_{recipe.terms}": (error, KE)} if error else {}


STUDY = long_span_study(
    data=f"adding_problem {Builder.VERSION} (generated)",
    # Half an hour a run on one core at most; self-attention takes four minutes of a GPU.
    parts=every_method(BUDGET, truncations=(20, 50), self_attention={"epochs": 6})
    | {"SAB, 5 steps": [{"seed": 0, **BUDGET, "k_trunc": 5}]},
    published=published,
    loss_label="mean squared error",
    beyond=adding,
)
