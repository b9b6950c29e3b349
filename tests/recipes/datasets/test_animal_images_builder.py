"""Bags of segments, read from files such as those of miproblems.org."""

import numpy as np
import pytest
import scipy.io

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.animal_images.animal_images_dataset_builder import Builder

SIZES = 3, 1, 4, 2  # segments of a bag


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(tmp_path / "manual"))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "manual" / "mil").mkdir(parents=True)
    return tmp_path / "manual" / "mil"


def write(path, features=230, **changed):
    """A file with four bags, segments in reverse; those of odd number are positive."""
    bags = np.repeat([1, 2, 3, 4], SIZES)[::-1]
    data = np.random.default_rng(3).normal(size=(len(bags), features))
    parts = {"data": data, "nlab": 1 + bags % 2, "ident": {"milbag": bags}, **changed}
    scipy.io.savemat(path, {"x": parts})
    return data[::-1]


def test_segments_are_put_into_their_bags(folder):
    data = write(folder / "fox.mat")
    (config,) = (c for c in Builder.BUILDER_CONFIGS if c.name == "fox")
    examples = load(Builder, config, "train")
    np.testing.assert_array_equal(examples["length"], SIZES)
    np.testing.assert_array_equal(examples["label"], [1, 0, 1, 0])
    start = 0
    for items, size in zip(examples["items"], SIZES, strict=True):
        expected = data[start : start + size]
        np.testing.assert_allclose(np.sort(items[:size], 0), np.sort(expected, 0), rtol=1e-6)
        assert not items[size:].any()
        start += size


def test_a_missing_file_is_named(folder):
    write(folder / "fox.mat")
    with pytest.raises(FileNotFoundError, match="Expected tiger.mat .* --manual-dir"):
        load(Builder, Builder.BUILDER_CONFIGS[0], "train")


@pytest.mark.parametrize(
    ("changed", "received"),
    [
        ({"features": 7}, r"Received: ValueError: \(10, 7\), 10 labels, 10 bags"),
        ({"ident": {"milbag": np.arange(3)}}, "3 bags"),
        ({"ident": {"bag": 1}}, "milbag"),
    ],
)
def test_another_file_is_refused(changed, received, folder):
    write(folder / "tiger.mat", **changed)
    with pytest.raises(ValueError, match=received):
        load(Builder, Builder.BUILDER_CONFIGS[0], "train")
