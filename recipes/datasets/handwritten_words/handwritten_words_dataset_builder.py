"""Words composed of a writer's letters, as points of a pen that know their letters."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import SPLITS, split_generators
from ..records import padded
from ..sources import manual_folder
from .composition import compose, sample_text, writer_of
from .letters import OMNIGLOT, font_letters, omniglot_letters

SOURCES = "fonts", "omniglot"
HOMEPAGE = "https://github.com/brendenlake/omniglot"
# Every split samples from its own streams: (SEED, split), and of a writer (SEED, split, it).
SEED = 2013_0850
HELD_OUT = 500  # words
FONT_WRITERS = 60, 20, 20  # of each split
NEW_WRITERS = 20
DRAWERS = range(1, 17), range(17, 19), range(19, 21)


@dataclasses.dataclass
class HandwrittenWordsConfig(tfds.core.BuilderConfig):
    """So many words for training, of letters of a source."""

    source: str = "fonts"
    train_examples: int = 8_000


def handwritten_words_config(source, train_examples):
    """The configuration of so many words, under a name that says which."""
    return HandwrittenWordsConfig(
        name=f"{source}_train_{train_examples}", source=source, train_examples=train_examples
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """A word, and the points of the pen that wrote it, with the letter of each."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [handwritten_words_config(source, 8_000) for source in SOURCES]
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    For words of people's letters, put {OMNIGLOT}, of the folder python of {HOMEPAGE}, into
    this folder, or into a folder omniglot in it.
    """

    def _info(self):
        features = tfds.features
        return self.dataset_info_from_configs(
            features=features.FeaturesDict(
                {
                    "text": features.Text(),
                    # The way from the point before, and 1 where a stroke ends.
                    "points": features.Tensor(shape=(None, 3), dtype=np.float32),
                    "letters": features.Tensor(shape=(None,), dtype=np.int32),
                    "writer": features.Scalar(dtype=np.int32),
                }
            ),
            homepage=HOMEPAGE,
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        if self.builder_config.source == "omniglot":
            people = omniglot_letters(self._archive(dl_manager))
            self._writers = [[people[number] for number in numbers] for numbers in DRAWERS]
        else:
            self._writers = [_font_writers(stream) for stream in range(len(SPLITS))]
        size = self.builder_config.train_examples
        return split_generators(self._generate_examples, size, HELD_OUT)

    def _archive(self, dl_manager):
        folder = manual_folder(dl_manager, "omniglot", ".")
        if folder is None or not (folder / OMNIGLOT).exists():
            raise FileNotFoundError(
                f"Expected {OMNIGLOT} of {HOMEPAGE} in --manual-dir, or in a folder omniglot "
                f"in it. Received: {dl_manager._manual_dir}, without it. Letters of source="
                "fonts need no file"
            )
        return folder / OMNIGLOT

    def _generate_examples(self, stream, size):
        random = np.random.default_rng((SEED, stream))
        yield from enumerate(
            sampled(self._writers[stream], random, size, lambda: sample_text(random))
        )


def sampled(writers, random, size, text):
    """Words, each by any of the writers: examples by name."""
    for _ in range(size):
        writer = int(random.integers(len(writers)))
        word = text()
        yield {"text": word, "writer": writer, **compose(word, writers[writer], random)}


def sample_words(random, size, text):
    """Words by new writers of fonts, as `load` gives those of a split.

    Args:
        random: A `numpy.random.Generator`.
        size: How many.
        text: Gives the text of the next word.
    """
    fonts = [*font_letters().values()]
    writers = [writer_of(fonts[n % len(fonts)], random) for n in range(NEW_WRITERS)]
    words = [*sampled(writers, random, size, text)]
    return {
        "text": np.array([word["text"].encode() for word in words], object),
        "points": padded([word["points"] for word in words], np.float32),
        "letters": padded([word["letters"] for word in words], np.int32),
        "writer": np.array([word["writer"] for word in words], np.int32),
    }


def _font_writers(stream):
    """The letters of each writer of a split."""
    fonts = [*font_letters().values()]
    return [
        writer_of(fonts[number % len(fonts)], np.random.default_rng((SEED, stream, number)))
        for number in range(FONT_WRITERS[stream])
    ]
