"""Permuted MNIST: digits, pixel by pixel, in a random order that is the same for all."""

from typing import ClassVar

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load_public
from ..running.recipe import recipe_dataclass
from .family_study import every_method
from .pixels import PixelRecipe, pixel_study

# Of the order of the pixels, whatever the seed of a run.
SEED = 2018_0903


@recipe_dataclass
class SABPermutedMNIST(PixelRecipe):
    """Permuted MNIST of [Ke et al., 2018](https://arxiv.org/abs/1809.03702)."""

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
    study: ClassVar = pixel_study(
        data="mnist 3.0.1 (TFDS), pixels in an order drawn with a fixed seed",
        # Of every second pixel: half an hour a run on one core at most. A step of
        # self-attention takes seconds.
        parts=every_method(
            {"stride": 2, "epochs": 11, "steps_per_epoch": 275}, truncations=(20,)
        ),
        accuracies={
            ("full_bptt",): 0.903,
            ("sab", 20, 5): 0.898,
            ("sab", 20, 10): 0.909,
            ("sab", 50, 10): 0.942,
        },
    )

    @property
    def order(self):
        return np.random.default_rng(SEED).permutation(super().order)

    def loaded(self, part):
        return load_public("mnist", part)
