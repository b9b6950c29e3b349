"""Words of a writer's letters, whose points know their letters."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.handwritten_words import (
    handwritten_words_config,
    sample_words,
)
from keras_memory.recipes.datasets.handwritten_words import (
    handwritten_words_dataset_builder as words,
)
from keras_memory.recipes.datasets.handwritten_words.composition import compose, resampled
from keras_memory.recipes.datasets.handwritten_words.letters import (
    FONTS,
    LETTERS,
    OMNIGLOT,
    font_letters,
    omniglot_letters,
)

LETTER = "START\n10,-60,0\n10,-20,90\nBREAK\n20,-40,200\n40,-40,250\nBREAK\n"
# The published file, where it is; a fresh machine does not have it.
PUBLISHED = Path(__file__).parents[4] / "shared" / "data" / "omniglot" / OMNIGLOT


class HandwrittenWordsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = words.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [handwritten_words_config("fonts", 20)]
    EXAMPLES = 20
    SPLITS = {"train": 20, "validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(words.__file__).parent)
    SKIP_CHECKSUMS = True


def archive(path, letters):
    """An archive as Omniglot's: `{(character, drawer): text}`, all others as LETTER."""
    with zipfile.ZipFile(path, "w") as file:
        for character in range(1, 27):
            for drawer in range(1, 21):
                text = letters.get((character, drawer), LETTER)
                name = f"strokes/Latin/character{character:02}/{character:04}_{drawer:02}.txt"
                if text is not None:
                    file.writestr(name, text)
        file.writestr("strokes/Greek/character01/0001_01.txt", "not read")
    return path


def test_both_fonts_have_all_letters():
    fonts = font_letters()
    assert set(fonts) == set(FONTS)
    for letters in fonts.values():
        assert "".join(letters) == LETTERS
        for name in "aceo":  # which stand on the line
            lowest = min(stroke[:, 1].min() for stroke in letters[name])
            assert abs(lowest) < 0.3


def test_points_of_a_stroke_are_one_apart():
    stroke = np.array([[0, 0], [0, 3], [4, 3.0]])
    np.testing.assert_allclose(
        resampled(stroke), [[0, 0], [0, 1], [0, 2], [0, 3], [1, 3], [2, 3], [3, 3], [4, 3]]
    )
    assert len(resampled(np.array([[1, 1], [1.1, 1]]))) == 1


def test_a_word_knows_its_letters():
    letters = font_letters()["futural"]
    found = compose("lit", letters, np.random.default_rng(0))
    points, numbers = found["points"], found["letters"]
    assert points.shape == (len(numbers), 3)
    assert list(dict.fromkeys(numbers)) == [0, 1, 2, 3]
    assert (np.diff(numbers) >= 0).all()
    # An l is one stroke, an i and a t are two; the last is the full stop.
    assert [points[numbers == n, 2].sum() for n in range(4)] == [1, 2, 2, 1]
    places = np.cumsum(points[:, :2], axis=0)
    middles = [places[numbers == n, 0].mean() for n in range(4)]
    assert (np.diff(middles) > 0).all()


def test_writers_of_the_test_wrote_none_for_training():
    of_training, of_test = (words._font_writers(stream) for stream in (0, 2))
    mine, same_font = of_test[0]["l"][0], of_training[::2]
    assert min(np.abs(mine - other["l"][0]).max() for other in same_font) > 0.01
    assert words.FONT_WRITERS == (60, 20, 20)
    assert not set(words.DRAWERS[0]) & {*words.DRAWERS[1], *words.DRAWERS[2]}


def test_new_words_have_the_form_of_a_split(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    examples = load(words.Builder, handwritten_words_config("fonts", 5), "train")
    found = sample_words(np.random.default_rng(0), 4, lambda: "abc")
    assert set(found) == set(examples)
    for name, array in found.items():
        assert array.dtype == examples[name].dtype
        assert array.ndim == examples[name].ndim
    again = sample_words(np.random.default_rng(0), 4, lambda: "abc")
    np.testing.assert_array_equal(found["points"], again["points"])


def test_strokes_of_an_archive(tmp_path):
    letters = omniglot_letters(archive(tmp_path / OMNIGLOT, {}))
    assert len(letters) == 20
    assert all("".join(sorted(own)) == LETTERS for own in letters.values())
    first, second = letters[3]["b"]
    assert len(first) == 2
    np.testing.assert_allclose(first[1] - first[0], [0, 40 / 12])
    np.testing.assert_allclose(second[1] - second[0], [20 / 12, 0])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "no 'b' of person 7"),
        ("START\n1,2\nBREAK\n", "0002_07.txt:2"),
        ("START\n1,nan,2\nBREAK\n", "0002_07.txt:2"),
        ("START\n1,x,2\nBREAK\n", "could not convert"),
        ("START\n", "no strokes"),
    ],
)
def test_bad_archives(tmp_path, text, message):
    path = archive(tmp_path / OMNIGLOT, {(2, 7): text})
    with pytest.raises(ValueError, match=f"(?s){OMNIGLOT}: Expected.*{message}") as caught:
        omniglot_letters(path)
    assert "\n" not in str(caught.value)


def test_what_is_no_archive(tmp_path):
    (tmp_path / OMNIGLOT).write_bytes(b"not a zip")
    with pytest.raises(ValueError, match="Expected a zip archive"):
        omniglot_letters(tmp_path / OMNIGLOT)


def test_words_of_an_archive(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(tmp_path))
    config = handwritten_words_config("omniglot", 5)
    with pytest.raises(FileNotFoundError, match=f"Expected {OMNIGLOT}.*source=fonts"):
        load(words.Builder, config, "train")
    archive(tmp_path / OMNIGLOT, {})
    assert load(words.Builder, config, "train")["writer"].shape == (5,)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="needs the published pen strokes")
def test_the_published_letters():
    letters = omniglot_letters(PUBLISHED)
    assert {len(own) for own in letters.values()} == {26}


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "HersheyFonts", None)
    with pytest.raises(ImportError, match=r"keras-memory\[handwriting\]"):
        font_letters()
