"""The Penn Treebank, character by character: which one comes next?"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..datasets.penn_treebank_characters import Builder
from ..running.recipe import recipe_dataclass
from .characters import CharacterRecipe, character_study
from .family_study import every_method


@recipe_dataclass
class SABCharPTB(CharacterRecipe):
    """Language modelling of [Ke et al., 2018](https://arxiv.org/abs/1809.03702)."""

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    # Once through the text.
    steps_per_epoch: PositiveInt = Field(784, description="updates in an epoch")

    builder: ClassVar = Builder
    study: ClassVar = character_study(
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
