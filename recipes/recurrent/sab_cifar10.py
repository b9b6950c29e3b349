"""Sequential CIFAR-10: small photographs, pixel by pixel, row after row."""

from typing import ClassVar, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load, load_public
from ..datasets.cifar10_jpeg import Builder as JPEGBuilder
from ..running.argument_types import Arrays
from ..running.recipe import recipe_dataclass
from .pixels import PixelRecipe
from .sab_cifar10_study import STUDY


@recipe_dataclass
class SABCIFAR10(PixelRecipe):
    """Sequential CIFAR-10 of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_cifar10", method="full_bptt", stride=2)
    >>> recipe.steps  # a quarter of the pixels
    256
    """

    epochs: PositiveInt = Field(50, description="how often validation takes place")
    # Once through the images.
    steps_per_epoch: PositiveInt = Field(450, description="updates in an epoch")
    batch_size: PositiveInt = Field(100, description="images in an update")

    images: Literal["cifar10", "cifar10_jpeg"] = Field(
        "cifar10", description="TFDS's, or a copy as JPEG files, which is lossy"
    )

    k_top: NonNegativeInt = Field(10, description="past states retrieved at each step (SAB)")
    k_trunc: PositiveInt = Field(
        16, description="steps that gradients pass (SAB, truncated back-propagation)"
    )
    # Ours: the paper's was not to be found.
    k_att: PositiveInt = Field(16, description="every how many steps a state is stored (SAB)")

    train_images: ClassVar = 50_000
    shape: ClassVar = (32, 32, 3)
    study: ClassVar = STUDY

    @property
    def metric(self) -> str:
        papers = super().metric
        return f"{papers}_jpeg_copy" if self.images == "cifar10_jpeg" else papers

    def loaded(self, part: str) -> Arrays:
        if self.images == "cifar10_jpeg":
            return load(JPEGBuilder, None, part)
        return load_public("cifar10", part)
