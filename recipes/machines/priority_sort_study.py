"""The study of `priority_sort`: each machine at 200,000 episodes."""

from .family_study import machine_study

FIGURES = "Graves et al. 2014, section 4.5 and figure 18 (read off)"

STUDY = machine_study(
    data="priority_sort 1.0.0 (generated)",
    parts={"NTM, feed-forward controller": [{"seed": 0}]},
    published={"cost_bits": ("35 to 40 at 200,000 episodes", FIGURES)},
    targets={"cost_bits": ("≤", 40.0)},
)
