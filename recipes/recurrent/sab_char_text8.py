"""A hundred million characters of Wikipedia: which one comes next?"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..datasets.text8 import Builder
from ..running.recipe import recipe_dataclass
from .characters import CharacterRecipe
from .sab_char_text8_study import STUDY


@recipe_dataclass
class SABCharText8(CharacterRecipe):
    """Language modelling of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_char_text8", method="truncated_bptt", units=64)
    >>> recipe.overrides
    {'method': 'truncated_bptt', 'units': 64}
    """

    epochs: PositiveInt = Field(70, description="how often validation takes place")
    # A seventh of the text.
    steps_per_epoch: PositiveInt = Field(2000, description="updates in an epoch")

    builder: ClassVar = Builder
    study: ClassVar = STUDY
