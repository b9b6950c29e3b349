"""Sequential CIFAR-10: small photographs, pixel by pixel, row after row."""

from typing import ClassVar, Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from ..datasets import load, load_public
from ..datasets.cifar10_jpeg import Builder as JPEGBuilder
from ..running.recipe import recipe_dataclass
from .family_study import every_method
from .pixels import PixelRecipe, pixel_study


def data(recipe):
    if recipe.images == "cifar10_jpeg":
        return f"cifar10_jpeg {JPEGBuilder.VERSION} (a lossy copy of CIFAR-10)"
    return "cifar10 3.0.2 (TFDS)"


@recipe_dataclass
class SABCIFAR10(PixelRecipe):
    """Sequential CIFAR-10 of [Ke et al., 2018](https://arxiv.org/abs/1809.03702)."""

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
    study: ClassVar = pixel_study(
        data=data,
        # Of every second pixel of the copy: twenty minutes a run on one core at most. A step
        # of self-attention takes seconds.
        parts=every_method(
            {"images": "cifar10_jpeg", "stride": 2, "epochs": 10, "steps_per_epoch": 225},
            truncations=(16,),
        ),
        accuracies={
            ("full_bptt",): 0.583,
            ("truncated_bptt", 300): 0.513,
            ("sab", 16, 10): 0.645,
        },
    )

    @property
    def metric(self):
        papers = super().metric
        return f"{papers}_jpeg_copy" if self.images == "cifar10_jpeg" else papers

    def loaded(self, part):
        if self.images == "cifar10_jpeg":
            return load(JPEGBuilder, None, part)
        return load_public("cifar10", part)
