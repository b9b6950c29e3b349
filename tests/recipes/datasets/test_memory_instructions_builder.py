"""Numbers with instructions for a memory."""

from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets.memory_instructions import (
    memory_instructions_dataset_builder as instructions,
)


class MemoryInstructionsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = instructions.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [instructions.instructions_config(6)]
    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(instructions.__file__).parent)
    SKIP_CHECKSUMS = True


def test_each_instruction_is_as_frequent_as_its_share():
    found = instructions.sequences(np.random.default_rng(0), 500, 40)
    for kind, share in instructions.SHARES.items():
        assert abs((found["writes"] == kind).mean() - share) < 0.02
    assert abs(found["reads"].mean() - instructions.READ) < 0.02


def test_the_memory_follows_its_instructions():
    numbers = np.array([[0.5, 0.9, 0.25, 0.1, 0.3]], "float32")
    writes = np.array([[1, 0, 1, -1, 1]])
    found = instructions.memory_of(numbers, writes)
    np.testing.assert_allclose(found, [[0.5, 0.5, 0.75, 0, 0.3]])
