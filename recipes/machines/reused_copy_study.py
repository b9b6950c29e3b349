"""The study of `reused_copy`: seeds of each machine."""

from .family_study import machine_study

STUDY = machine_study(
    data="reused_copy 1.0.0 (generated)",
    parts={"DNC": [{"seed": 0}]},
)
