"""The Penn Treebank, character by character: which one comes next?"""

from typing import ClassVar

from pydantic import Field, PositiveInt

from ..datasets.penn_treebank_characters import Builder
from ..running.recipe import recipe_dataclass
from .characters import CharacterRecipe
from .sab_char_ptb_study import STUDY


@recipe_dataclass
class SABCharPTB(CharacterRecipe):
    """Language modelling of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_char_ptb", method="truncated_bptt", units=64)
    >>> recipe.published
    {'bits_per_character': (1.4, 'Ke et al. 2018, a larger network')}
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    # Once through the text.
    steps_per_epoch: PositiveInt = Field(784, description="updates in an epoch")

    builder: ClassVar = Builder
    study: ClassVar = STUDY
