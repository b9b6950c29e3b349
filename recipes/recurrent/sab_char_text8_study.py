"""The study of `sab_char_text8`: every method, and the paper's."""

from ..datasets.text8 import Builder
from .characters_study import character_study
from .family_study import every_method

STUDY = character_study(
    data=f"text8 {Builder.VERSION}",
    # Twenty minutes a run on one core at most, by the time of a step. SAB is tested at
    # the length that it was trained for, and so are the others.
    parts=every_method(
        {"units": 256, "epochs": 4, "steps_per_epoch": 600, "test_length": 100},
        truncations=(1, 10),
        self_attention={"epochs": 1},
    ),
    bits={
        ("full_bptt",): 1.42,
        ("truncated_bptt", 1): 1.56,
        ("truncated_bptt", 10): 1.50,
        "sab": "1.44 to 1.47",  # the best, whichever numbers it had
    },
)
