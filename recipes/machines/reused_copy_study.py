"""The study of `reused_copy`: the differentiable neural computer frees its slots."""

from .family_study import machine_study

FIGURE = "Graves et al. 2016, Extended Data Figure 1"

STUDY = machine_study(
    data="reused_copy 1.0.0 (generated)",
    parts={"DNC, feed-forward controller": [{"seed": 0}]},
    published={"solved_length_50": ("copied, with ten slots", FIGURE)},
    targets={"solved_length_50": ("≥", 0.99), "solved_length_200": ("≥", 0.99)},
)
