"""Numbers with instructions: to be added to a memory, passed over, forgotten, or read."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators

# Every split samples from its own stream of random numbers: (SEED, length, split).
SEED = 1997_2000
ADD, PASS, RESET = 1, 0, -1
# How often a step adds its number, passes it over, or empties the memory; and is read.
SHARES = {ADD: 0.3, PASS: 0.6, RESET: 0.1}
READ = 0.3


@dataclasses.dataclass
class InstructionsConfig(tfds.core.BuilderConfig):
    """Sequences of so many steps.

    Without `train_examples` there is no training split, only validation and test.
    """

    length: int = 20
    train_examples: int = 0


def instructions_config(length, train_examples=0):
    """The configuration that holds such sequences, under a name that says which."""
    name = f"length_{length}"
    if train_examples:
        name += f"_train_{train_examples}"
    return InstructionsConfig(name=name, length=length, train_examples=train_examples)


def sequences(random, size, length):
    """Arrays of so many examples, by name."""
    numbers = random.random((size, length), dtype=np.float32)
    kinds = random.choice(np.array([*SHARES]), (size, length), p=[*SHARES.values()])
    read = random.random((size, length)) < READ
    return {
        "numbers": numbers,
        "writes": kinds.astype(np.int32),
        "reads": read.astype(np.int32),
        "memory": memory_of(numbers, kinds),
    }


def memory_of(numbers, writes):
    """What is in the memory after each step."""
    memory = np.zeros_like(numbers)
    before = 0
    for step in range(numbers.shape[1]):
        write = writes[:, step]
        before = np.where(write == RESET, 0, before + (write == ADD) * numbers[:, step])
        memory[:, step] = before
    return memory


class Builder(tfds.core.GeneratorBasedBuilder):
    """Numbers, uniform from 0 to 1, each with an instruction for a memory of one number."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [instructions_config(20, train_examples=20_000)]

    def _info(self):
        shape = (self.builder_config.length,)
        numbers = tfds.features.Tensor(shape=shape, dtype=np.float32)
        kinds = tfds.features.Tensor(shape=shape, dtype=np.int32)
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "numbers": numbers,
                    "writes": kinds,  # 1 adds the number, -1 empties the memory
                    "reads": kinds,  # 1 where what is in the memory is wanted
                    "memory": numbers,
                }
            ),
            homepage="https://doi.org/10.1162/089976600300015015",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        length = self.builder_config.length
        examples = sequences(np.random.default_rng((SEED, length, stream)), size, length)
        for row in range(size):
            yield row, {name: array[row] for name, array in examples.items()}
