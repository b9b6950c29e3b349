"""The study of `dynamic_ngrams`: each machine beside the best that can be done."""

from .family_study import machine_study

FIGURES = "Graves et al. 2014, section 4.4 and figure 13 (read off)"

STUDY = machine_study(
    data="dynamic_ngrams 1.0.0 (generated)",
    parts={
        "NTM, LSTM controller": [{"seed": 0}],
        "LSTM baseline, 3 x 128": [{"machine": "lstm", "seed": 0}],
    },
    published={"excess_bits": ("about 1", FIGURES)},
    targets={"excess_bits": ("≤", 1.5)},
)
