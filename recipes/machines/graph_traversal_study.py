"""The study of `graph_traversal`: seeds of each machine."""

from .family_study import machine_study

STUDY = machine_study(
    data="graph_traversal 1.0.0 (generated)",
    parts={"DNC": [{"seed": 0}]},
    targets={"solved_nodes_10": ("≥", 0.9)},
)
