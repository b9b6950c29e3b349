"""Key-value pairs and a query for one of them."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# The rotation samples from (SEED, dim); a split from (SEED, its configuration, its number).
SEED = 2016_0331
TRAIN_EXAMPLES = 20_000


@dataclasses.dataclass
class KeyValueConfig(tfds.core.BuilderConfig):
    """`distractors` pairs beside the wanted one; queries with `noise` added."""

    distractors: int = 7
    noise: float = 0.1
    dim: int = 32
    classes: int = 10


def key_value_config(distractors=7, noise=0.1, dim=32, classes=10):
    """The configuration of such pairs, under a name that says which."""
    name = f"pairs_{distractors + 1}_noise_{noise:g}"
    if (dim, classes) != (32, 10):
        name += f"_dim_{dim}_classes_{classes}"
    return KeyValueConfig(
        name=name, distractors=distractors, noise=noise, dim=dim, classes=classes
    )


def lookups(random, size, pairs, noise, dim, classes):
    """Arrays of so many examples, by name."""
    turn, _ = np.linalg.qr(np.random.default_rng((SEED, dim)).normal(size=(dim, dim)))
    keys = random.normal(size=(size, pairs, dim))
    values = random.integers(0, classes, (size, pairs))
    targets = random.integers(0, pairs, size)
    rows = np.arange(size)
    queries = keys[rows, targets] @ turn + noise * random.normal(size=(size, dim))
    return {
        "keys": keys.astype("float32"),
        "values": values.astype("int32"),
        "query": queries.astype("float32"),
        "answer": values[rows, targets].astype("int32"),
    }


class Builder(tfds.core.GeneratorBasedBuilder):
    """Keys and their values, a query, and the value of its key."""

    VERSION = tfds.core.Version("2.0.0")
    RELEASE_NOTES = {
        "1.0.0": "Initial release.",
        "2.0.0": "Keys of 32 numbers, not 16, whose lengths differ less.",
    }
    BUILDER_CONFIGS = [key_value_config(distractors) for distractors in (7, 31)]

    def _info(self):
        config = self.builder_config
        pairs = config.distractors + 1
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "keys": tfds.features.Tensor(shape=(pairs, config.dim), dtype=np.float32),
                    "values": tfds.features.Tensor(shape=(pairs,), dtype=np.int32),
                    "query": tfds.features.Tensor(shape=(config.dim,), dtype=np.float32),
                    "answer": np.int32,
                }
            ),
            homepage="https://arxiv.org/abs/1606.03126",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, TRAIN_EXAMPLES)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        pairs, thousandths = config.distractors + 1, round(1000 * config.noise)
        key = (SEED, config.dim, pairs, config.classes, thousandths, stream)
        random = np.random.default_rng(key)
        examples = lookups(random, size, pairs, config.noise, config.dim, config.classes)
        for row in range(size):
            yield row, {name: array[row] for name, array in examples.items()}
