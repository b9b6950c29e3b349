"""Words of formal languages, one after another, to predict symbol by symbol."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import HELD_OUT_EXAMPLES, split_generators
from .languages import LANGUAGES

# Every split samples from its own stream of random numbers: (SEED, configuration, split).
SEED = 2015_0301


@dataclasses.dataclass
class WordsConfig(tfds.core.BuilderConfig):
    """Words of a language, of n from `least` to `most`.

    With `steps`, sequences of that many symbols and one more, words with a random n, cut
    where the sequence ends. Without, every `stride`-th n in turn, each `repeated` times: a
    word after another one of n up to `before`.
    """

    language: str = "an_bn"
    least: int = 1
    most: int = 15
    steps: int = 0
    train_examples: int = 0
    stride: int = 1
    repeated: int = 5
    before: int = 15


def training_words(language, most, steps, train_examples=0, least=1):
    """The configuration of sequences for training and validation."""
    name = f"{language}_n_{least}_to_{most}_steps_{steps}"
    if train_examples:
        name += f"_train_{train_examples}"
    return WordsConfig(
        name=name,
        language=language,
        least=least,
        most=most,
        steps=steps,
        train_examples=train_examples,
    )


def test_words(language, least, most, stride=1, repeated=5, before=15):
    """The configuration of single words for tests."""
    name = f"{language}_n_{least}_to_{most}_by_{stride}_{repeated}_times_after_{before}"
    return WordsConfig(
        name=name,
        language=language,
        least=least,
        most=most,
        stride=stride,
        repeated=repeated,
        before=before,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Symbols, numbered as in the language; `counts`, 1 where a symbol can be predicted, with
    which the last word of the examples for tests is marked alone; and its n, or the largest.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        training_words("an_bn", 15, steps=80, train_examples=20_000),
        test_words("an_bn", 2, 60),
    ]

    def _info(self):
        tensor = tfds.features.Tensor
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "symbols": tensor(shape=(None,), dtype=np.int32),
                    "counts": tensor(shape=(None,), dtype=np.uint8),
                    "n": np.int32,
                }
            ),
            homepage="https://arxiv.org/abs/1503.01007",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        config = self.builder_config
        sizes = range(config.least, config.most + 1, config.stride)
        held_out = HELD_OUT_EXAMPLES if config.steps else len(sizes) * config.repeated
        return split_generators(self._generate_examples, config.train_examples, held_out)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        numbers = config.least, config.most, config.stride, config.before, config.steps
        language = list(LANGUAGES).index(config.language)
        random = np.random.default_rng((SEED, language, *numbers, stream))
        sizes = range(config.least, config.most + 1, config.stride)
        for index in range(size):
            if config.steps:
                yield index, self._stream(random)
            else:
                yield index, self.word(random, sizes[index % len(sizes)])

    def _stream(self, random):
        config, symbols, counts, largest = self.builder_config, [], [], 0
        while len(symbols) <= config.steps:
            n = int(random.integers(config.least, config.most + 1))
            word, count = self._word(random, n)
            symbols += word
            counts += count
            largest = max(largest, n)
        counts[0] = 0  # no symbol is before it
        size = config.steps + 1
        return _example(symbols[:size], counts[:size], largest)

    def word(self, random, n):
        """A word of n after a shorter one, and what begins the next."""
        config = self.builder_config
        first, _ = self._word(
            random, int(random.integers(min(config.least, config.before), config.before + 1))
        )
        word, counts = self._word(random, n)
        counts = [0] * len(first) + [0] + counts[1:]
        if LANGUAGES[config.language].has_one_beginning:
            return _example([*first, *word, 0], [*counts, 1], n)
        return _example([*first, *word], counts, n)

    def _word(self, random, n):
        """Numbers of symbols, and which of them can be predicted after another word."""
        language = LANGUAGES[self.builder_config.language]
        word, predicted = language.word(random, n)
        counts = [0] * (len(word) - predicted) + [1] * predicted
        counts[0] = int(language.has_one_beginning)
        return [language.symbols.index(symbol) for symbol in word], counts


def _example(symbols, counts, n):
    return {
        "symbols": np.array(symbols, "int32"),
        "counts": np.array(counts, "uint8"),
        "n": n,
    }
