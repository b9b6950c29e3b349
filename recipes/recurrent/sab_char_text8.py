"""A hundred million characters of Wikipedia: which one comes next?"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..datasets.text8 import Builder
from ..running.recipe import recipe_dataclass
from .characters import CharacterRecipe, character_study
from .family_study import every_method


@recipe_dataclass
class SABCharText8(CharacterRecipe):
    """Language modelling of [Ke et al., 2018](https://arxiv.org/abs/1809.03702)."""

    epochs: PositiveInt = Field(70, description="how often validation takes place")
    # A seventh of the text.
    steps_per_epoch: PositiveInt = Field(2000, description="updates in an epoch")

    builder: ClassVar = Builder
    study: ClassVar = character_study(
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
