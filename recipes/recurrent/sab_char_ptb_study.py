"""The study of `sab_char_ptb`: every method, and the paper's."""

from ..datasets.penn_treebank_characters import Builder
from .characters_study import character_study
from .family_study import every_method

STUDY = character_study(
    data=f"penn_treebank_characters {Builder.VERSION} (Mikolov's version)",
    # A quarter of an hour a run on one core at most; self-attention takes three times
    # that, or a few minutes of a GPU. SAB is tested at the length that it was trained
    # for, and so are the others.
    parts=every_method(
        {"units": 256, "epochs": 3, "test_length": 100},
        truncations=(1, 5, 20),
        self_attention={},
    ),
    bits={
        ("full_bptt",): 1.36,
        ("truncated_bptt", 1): 1.47,
        ("truncated_bptt", 5): 1.44,
        ("truncated_bptt", 20): 1.40,
        ("sab", 20, 10): "1.37 to 1.40",
    },
)
