"""The study of `stack_counting`: five languages, seeds, a list and the baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .stack_family_study import seeds, stack_study

if TYPE_CHECKING:
    from .stack_counting import StackCounting

PAPER = "Joulin & Mikolov 2015, table 2, stacks with rounding"
LANGUAGES = {
    "aⁿbⁿ": "an_bn",
    "aⁿbⁿcⁿ": "an_bn_cn",
    "aⁿbⁿcⁿdⁿ": "an_bn_cn_dn",
    "aⁿb²ⁿ": "an_b2n",
    "aⁿbᵐcⁿ⁺ᵐ": "an_bm_cnm",
}
# Without what makes actions hard.
SOFT = {"hard_actions": False, "action_noise": 0.0}


def is_candidate(recipe: StackCounting) -> bool:
    """The language that the paper's stacks without rounding did not learn."""
    return recipe.machine == "stack" and recipe.language == "an_bm_cnm"


def published(recipe: StackCounting) -> dict[str, tuple[float | str, str]]:
    return {recipe.metric: (1.0, PAPER)}


def targets(recipe: StackCounting) -> dict[str, tuple[str, float]]:
    return {name: ("≥", 1.0) for name in recipe.tests}


def _of_all_languages(title, **fields):
    """Three seeds of stacks, one of each of the others."""
    return {
        f"{title}, {word}": seeds(1 if fields else 3, language=name, **fields)
        for word, name in LANGUAGES.items()
    }


STUDY = stack_study(
    parts={
        **_of_all_languages("Stacks"),
        **_of_all_languages("LSTM", machine="lstm"),
        **_of_all_languages("Lists", machine="list"),
        **_of_all_languages("Stacks, soft, without noise", **SOFT),
        **_of_all_languages("RNN", machine="rnn"),
    },
    preset="stack_counting",
    is_candidate=is_candidate,
    published=published,
    note="The paper's figures are the best of ten seeds by entropy in training.",
    targets=targets,
)
