"""The study of `key_value_recall`: seeds of each machine."""

from .family_study import machine_study

STUDY = machine_study(
    data="key_value_recall 1.0.0 (generated)",
    parts={"DNC": [{"seed": 0}]},
    targets={"wrong_bits_pairs_16": ("≤", 0.1)},
)
