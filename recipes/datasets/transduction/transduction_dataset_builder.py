"""Sources and targets of transduction tasks."""

import dataclasses
import zlib

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# Every split samples from its own stream of random numbers: (SEED, configuration, split).
SEED = 2015_0602


def flipped(symbols):
    """Of each pair of symbols the second, then the first."""
    return symbols.reshape(-1, 2)[:, ::-1].ravel()


# From a source to its target.
TASKS = {
    "copy": lambda symbols: symbols,
    "reversal": lambda symbols: symbols[::-1],
    "bigram_flipping": flipped,
}
# Of these, a length is a multiple of it.
MULTIPLE = {"bigram_flipping": 2}


@dataclasses.dataclass
class TransductionConfig(tfds.core.BuilderConfig):
    """Sequences of a task, of so many symbols, whose lengths are in a range.

    Without `train_examples` there is no training split, only validation and test.
    """

    task: str = "copy"
    lengths: tuple[int, int] = (8, 64)
    symbols: int = 128
    train_examples: int = 0


def transduction_config(task, lengths, symbols=128, train_examples=0):
    """The configuration that holds such sequences, under a name that says which."""
    name = f"{task}_symbols_{symbols}_length_{lengths[0]}_to_{lengths[1]}"
    if train_examples:
        name += f"_train_{train_examples}"
    return TransductionConfig(
        name=name,
        task=task,
        lengths=tuple(lengths),
        symbols=symbols,
        train_examples=train_examples,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Uniformly random symbols from 1, of uniformly random length."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        config
        for task in TASKS
        for config in (
            transduction_config(task, (8, 64), train_examples=100_000),
            transduction_config(task, (65, 128)),
        )
    ]

    def _info(self):
        symbols = tfds.features.Tensor(shape=(None,), dtype=np.int32)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"source": symbols, "target": symbols}),
            homepage="https://arxiv.org/abs/1506.02516",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        task = zlib.crc32(config.task.encode())
        random = np.random.default_rng((SEED, task, config.symbols, *config.lengths, stream))
        for index in range(size):
            yield index, self.sample(random)

    def sample(self, random):
        """A source and its target."""
        config = self.builder_config
        step = MULTIPLE.get(config.task, 1)
        least, most = -(-config.lengths[0] // step), config.lengths[1] // step
        length = step * random.integers(least, most + 1)
        source = random.integers(1, config.symbols + 1, length, dtype=np.int32)
        return {"source": source, "target": TASKS[config.task](source)}
