"""The study of `associative_recall`: seeds of each machine."""

from .family_study import machine_study

FIGURES = "Graves et al. 2014, section 4.3 and figures 10 and 11"

STUDY = machine_study(
    data="associative_recall 1.0.0 (generated)",
    parts={
        "NTM, feed-forward controller": [{"seed": seed} for seed in range(5)],
    },
    published={
        "wrong_bits_items_6": ("about 0", FIGURES),
        "wrong_bits_items_12": ("nearly perfect", FIGURES),
    },
    targets={"wrong_bits_items_6": ("≤", 0.1), "wrong_bits_items_12": ("≤", 0.5)},
)
