"""Photographs of CIFAR-10, read from an archive of JPEG files."""

import io
import tarfile

import numpy as np
import PIL.Image
import pytest

from keras_memory import recipes
from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.cifar10_jpeg.cifar10_jpeg_dataset_builder import (
    ARCHIVE,
    CLASSES,
    Builder,
)


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(tmp_path / "manual"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "manual" / "cifar10").mkdir(parents=True)
    return tmp_path / "manual" / "cifar10"


def write(path, images):
    """An archive with its folders, as of a repository, and a file beside them."""
    with tarfile.open(path, "w:gz") as archive:
        for name, image in images.items():
            file = io.BytesIO()
            if image is not None:
                PIL.Image.fromarray(image).save(file, "JPEG", quality=100, subsampling=0)
            member = tarfile.TarInfo(name)
            member.type = tarfile.DIRTYPE if image is None else tarfile.REGTYPE
            member.size = file.tell()
            file.seek(0)
            archive.addfile(member, file)


def test_images_have_the_labels_of_their_folders(folder):
    shades = {"train/truck/1.jpg": 10, "train/bird/1.jpg": 90, "test/bird/1.jpg": 200}
    plain = {name: np.full((32, 32, 3), s, "uint8") for name, s in shades.items()}
    write(folder / ARCHIVE, {"train": None, "train/bird": None, "more": None, **plain})
    examples = load(Builder, None, "train")
    labels = [CLASSES[label] for label in examples["label"]]
    by_label = dict(zip(labels, examples["image"], strict=True))
    assert set(by_label) == {"truck", "bird"}
    np.testing.assert_array_equal(by_label["truck"], plain["train/truck/1.jpg"])
    np.testing.assert_array_equal(by_label["bird"], plain["train/bird/1.jpg"])
    assert load(Builder, None, "test")["image"].mean() == 200


@pytest.mark.parametrize("prefix", ["./", "CIFAR-10-images-master/"])
def test_folders_may_lie_in_a_folder(folder, prefix):
    image = np.full((32, 32, 3), 90, "uint8")
    names = [f"{prefix}{split}/bird/1.jpg" for split in ("train", "test")]
    write(folder / ARCHIVE, {name: image for name in names})
    with tarfile.open(folder / ARCHIVE) as archive:
        assert archive.getnames() == names
    assert load(Builder, None, "train")["image"].mean() == 90


def test_an_archive_without_images_is_refused(folder):
    image = np.full((32, 32, 3), 90, "uint8")
    write(folder / ARCHIVE, {"images/1.jpg": image, "train/cow/1.jpg": image})
    with pytest.raises(ValueError, match=f"Expected images train/CLASS.*{ARCHIVE}.*none"):
        load(Builder, None, "train")


def test_a_missing_file_is_named(folder):
    with pytest.raises(FileNotFoundError, match=f"Expected {ARCHIVE}.* --manual-dir"):
        load(Builder, None, "train")


def test_a_recipe_of_the_copy_says_so():
    recipe = recipes.get("sab_cifar10", images="cifar10_jpeg")
    assert "lossy copy" in recipe.study.data
    assert recipe.metric == "accuracy_jpeg_copy"
    assert recipe.published == {}
