"""Permuted MNIST: digits, pixel by pixel, in a random order that is the same for all."""

from typing import ClassVar

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load_public
from ..running.argument_types import Arrays
from ..running.recipe import recipe_dataclass
from .pixels import PixelRecipe
from .sab_permuted_mnist_study import STUDY

# Of the order of the pixels, whatever the seed of a run.
SEED = 2018_0903


@recipe_dataclass
class SABPermutedMNIST(PixelRecipe):
    """Permuted MNIST of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_permuted_mnist", method="full_bptt", stride=2)
    >>> recipe.steps  # a quarter of the pixels
    196
    """

    epochs: PositiveInt = Field(50, description="how often validation takes place")
    # Once through the images.
    steps_per_epoch: PositiveInt = Field(550, description="updates in an epoch")
    batch_size: PositiveInt = Field(100, description="images in an update")

    k_top: NonNegativeInt = Field(10, description="past states retrieved at each step (SAB)")
    k_trunc: PositiveInt = Field(
        20, description="steps that gradients pass (SAB, truncated back-propagation)"
    )
    # Ours: the paper's was not to be found.
    k_att: PositiveInt = Field(20, description="every how many steps a state is stored (SAB)")

    train_images: ClassVar = 60_000
    shape: ClassVar = (28, 28, 1)
    study: ClassVar = STUDY

    @property
    def order(self) -> np.ndarray:
        return np.random.default_rng(SEED).permutation(super().order)

    def loaded(self, part: str) -> Arrays:
        return load_public("mnist", part)
