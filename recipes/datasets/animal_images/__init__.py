"""Tiger, fox and elephant: images as bags of segments, with one label a bag."""

from .animal_images_dataset_builder import ANIMALS, FEATURES, Builder

__all__ = ["ANIMALS", "FEATURES", "Builder"]
