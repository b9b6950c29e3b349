"""The study of `sab_cifar10`: every method, and the paper's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.cifar10_jpeg import Builder as JPEGBuilder
from .family_study import every_method
from .pixels_study import pixel_study

if TYPE_CHECKING:
    from .sab_cifar10 import SABCIFAR10


def data(recipe: SABCIFAR10) -> str:
    if recipe.images == "cifar10_jpeg":
        return f"cifar10_jpeg {JPEGBuilder.VERSION} (a lossy copy of CIFAR-10)"
    return "cifar10 3.0.2 (TFDS)"


STUDY = pixel_study(
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
