"""The study of `sab_copy`: the paper's tables, and every method."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.copy_memory import Builder
from .family_study import is_of_sab, long_span_study, training_time, truncated
from .sab_copy_beyond import beyond

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from ..running.study import Published
    from .sab_copy import SABCopy

KE = "Ke et al. 2018"
# Accuracy by T, method, k_trunc and k_top, where training and test have the same T.
PUBLISHED = {
    (100, "full_bptt"): 0.998,
    (100, "self_attention"): 1.0,
    (100, "truncated_bptt", 1): 0.206,
    (100, "truncated_bptt", 5): 0.31,
    (100, "truncated_bptt", 10): 0.296,
    (100, "truncated_bptt", 20): 0.305,
    (100, "sab", 1, 1): 0.579,
    (100, "sab", 1, 10): 1.0,
    (100, "sab", 5, 5): 1.0,
    (200, "full_bptt"): 0.56,
    (200, "self_attention"): 1.0,
    (200, "truncated_bptt", 1): 0.171,
    (200, "truncated_bptt", 5): 0.202,
    (200, "sab", 5, 5): 0.99,
    (300, "full_bptt"): 0.359,
    (300, "self_attention"): 1.0,
    (300, "truncated_bptt", 1): 0.14,
    (300, "truncated_bptt", 20): 0.257,
    (300, "sab", 5, 5): 0.999,
}
# Accuracy by method, k_trunc and k_top, and T in tests, where training has T = 100.
TRANSFER = {
    ("full_bptt",): {200: 0.34, 300: 0.25, 400: 0.21, 2000: 0.12, 5000: 0.12},
    ("self_attention",): {200: 0.52, 300: 0.28, 400: 0.2, 2000: 0.12, 5000: "out of memory"},
    ("sab", 5, 5): {200: 0.95, 300: 0.83, 400: 0.75, 2000: 0.47, 5000: 0.41},
}

# Each sequence has a T of its own, shorter than the paper's: an update is sooner done.
SAMPLED = {"shortest_blanks": 20, "blanks": 80, "clip_norm": 0.1}
# So many sequences after which sparse attentive backtracking has half of the answers right.
SHORT = {**SAMPLED, "epochs": 5, "seed": 0}
OF_SAMPLED_LENGTHS = {
    "SAB": [{**SAMPLED, "seed": 0}],
    "full back-propagation": [{**SHORT, "method": "full_bptt"}],
    truncated(5): [{**SHORT, "method": "truncated_bptt"}],
    "self-attention": [{**SHORT, "method": "self_attention"}],
}
# A step takes two and three times as long, and so there are fewer runs.
OF_OTHER_LENGTHS = {
    200: {
        "SAB": [{"seed": seed} for seed in range(3)],
        "full back-propagation": [{"method": "full_bptt", "seed": 0}],
        truncated(5): [{"method": "truncated_bptt", "seed": 0}],
        "self-attention": [{"method": "self_attention", "epochs": 8, "seed": 0}],
    },
    300: {
        # Gradients ten times as short as elsewhere: else what was learned is lost again.
        "SAB": [{"clip_norm": 0.1, "seed": seed} for seed in range(3)],
        "full back-propagation": [{"method": "full_bptt", "seed": 0}],
    },
}
# One by one, and all together, what the authors' program does otherwise.
AS_THE_AUTHORS = {
    "a score of each alone": {"score": "separate"},
    "symbols as numbers": {"numbers": True},
    "the authors' learning rate": {"learning_rate": 1e-3},
    "as the authors' program": {
        "score": "separate",
        "numbers": True,
        "learning_rate": 1e-3,
        "k_att": 2,
    },
}


def published(recipe: SABCopy) -> Published:
    """The paper's figures; where T is sampled, those of a training with 100 blanks."""
    if not is_the_papers(recipe):
        return {}
    blanks, source = recipe.blanks, KE
    if is_sampled(recipe):
        blanks, source = 100, f"{KE}, trained with T = 100"
    accuracies = TRANSFER.get(recipe.variant, {}) if blanks == 100 else {}
    same = PUBLISHED.get((blanks, *recipe.variant))
    if same:
        accuracies = {blanks: same, **accuracies}
    return {f"accuracy_length_{blanks}": (a, source) for blanks, a in accuracies.items()}


def is_the_papers(recipe: SABCopy) -> bool:
    """As the paper has it, and not as the authors' program."""
    return recipe.score == "additive" and not recipe.numbers


def is_sampled(recipe: SABCopy) -> bool:
    """Whether the number of blanks differs from sequence to sequence in training."""
    return recipe.shortest_blanks < recipe.blanks


def has_curve(recipe: SABCopy) -> bool:
    return (recipe.blanks == 100 or is_sampled(recipe)) and is_the_papers(recipe)


def is_candidate(recipe: SABCopy) -> bool:
    return is_of_sab(recipe) and is_sampled(recipe) and has_curve(recipe)


def rows(recipe: SABCopy, runs: list[Run]) -> Rows:
    return [_row(run) for run in runs]


def _row(run):
    solved = [row["val_accuracy"] >= 0.99 for row in run.history]
    epochs = solved.index(True) + 1 if any(solved) else len(solved)
    size = run.recipe.examples_per_epoch
    time = training_time(run.history[:epochs])
    until = (f"{epochs * size:,}", time["minutes"]) if any(solved) else ("never", "-")
    return {
        "seed": run.recipe.seed,
        **{k: v for k, v in run.metrics.items() if k.startswith("accuracy")},
        "sequences until 99 % (validation)": until[0],
        "minutes until then": until[1],
        "sequences": f"{len(solved) * size:,}",
        "device": time["device"],
    }


STUDY = long_span_study(
    data=f"copy_memory {Builder.VERSION} (generated)",
    parts={
        **{
            f"{title}, T from {SAMPLED['shortest_blanks']} to {SAMPLED['blanks']}": variants
            for title, variants in OF_SAMPLED_LENGTHS.items()
        },
        "SAB, T = 100": [{"seed": seed} for seed in range(5)],
        "full back-propagation, T = 100": [
            {"method": "full_bptt", "seed": seed} for seed in range(3)
        ],
        # A second an update on one core.
        "self-attention, T = 100": [
            {"method": "self_attention", "epochs": 8, "seed": seed} for seed in range(3)
        ],
        **{
            f"{truncated(k)}, T = 100": [
                {"method": "truncated_bptt", "k_trunc": k, "seed": 0}
            ]
            for k in (1, 5, 10, 20)
        },
        **{
            f"{title}, T = {blanks}": [
                {**fields, "blanks": blanks, "length": (blanks,)} for fields in variants
            ]
            for blanks, parts in OF_OTHER_LENGTHS.items()
            for title, variants in parts.items()
        },
        **{
            f"SAB, {title}, T = 100": [{**fields, "seed": 0}]
            for title, fields in AS_THE_AUTHORS.items()
        },
    },
    published=published,
    targets={"accuracy_length_100": ("≥", 0.99)},
    is_candidate=is_candidate,
    has_curve=has_curve,
    rows=rows,
    beyond=beyond,
)
