"""The study of `repeat_copy`: the number of repeats as one number, and as so many steps."""

from .family_study import machine_study

FIGURES = "Graves et al. 2014, section 4.2 and figure 8"

STUDY = machine_study(
    data="repeat_copy 1.0.0 (generated)",
    parts={
        "NTM, LSTM controller": [{"seed": seed} for seed in range(3)],
        "NTM, LSTM controller, pulses": [
            {"counting": "pulses", "seed": seed} for seed in range(3)
        ],
    },
    published={
        "wrong_bits_length_20": ("few", FIGURES),
        "wrong_ends_repeats_20": ("an end after every repeat beyond the 11th", FIGURES),
    },
    targets={"wrong_bits_length_20": ("≤", 1.0), "wrong_ends_repeats_20": ("≤", 0.0)},
)
