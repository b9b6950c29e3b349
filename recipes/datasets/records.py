"""Examples that stay on disk: for data sets that do not fit in memory.

TFDS writes them as array_record files, of which any example is read by its number. So the
order of training is that of examples in memory, from any step on, and each of many processes
reads its own examples alone.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from ..running.late_tensorflow import tf
from .reading import named_faults

FORMAT = "array_record"


class ByNumber(abc.ABC):
    """Examples of which any is read by its number, in the place of arrays.

    `examples.read([5, 2])`, or `examples[:10]`.
    """

    @property
    @abc.abstractmethod
    def specs(self) -> Mapping[str, tf.TensorSpec]:
        """What an example has, by name."""

    @abc.abstractmethod
    def __len__(self) -> int: ...

    @abc.abstractmethod
    def read(self, numbers: Sequence[int]) -> dict[str, np.ndarray]:
        """Arrays by name, the examples along the first axis; sequences padded with zeros."""

    def __getitem__(self, part: slice) -> dict[str, np.ndarray]:
        return self.read(range(len(self))[part])

    def gather(self, numbers: tf.Tensor) -> dict[str, tf.Tensor]:
        """As `read`, as an operation of a `tf.data` map."""
        specs = self.specs
        arrays = tf.numpy_function(
            lambda numbers: list(self.read(numbers).values()),
            [numbers],
            [spec.dtype for spec in specs.values()],
        )
        for spec, array in zip(specs.values(), arrays, strict=True):
            array.set_shape([*numbers.shape, *spec.shape])
        return dict(zip(specs, arrays, strict=True))


class Records(ByNumber):
    """Examples of a split by their numbers, in the files of TFDS.

    A recipe's `records` returns them in the place of arrays. Sequences are as long as the
    longest that is read with them; its `to_batch` pads them to a length that all have.

    Args:
        data_path: A folder that TFDS prepared with `file_format="array_record"`.
        split: The name of a split, or part of one, as `"train[:50%]"`.

    Raises:
        ValueError: The folder has no such files.
    """

    def __init__(self, data_path: str | Path, split: str) -> None:
        with named_faults(data_path, f"data that TFDS prepared as {FORMAT}, with {split}"):
            builder = tfds.builder_from_directory(str(data_path))
            self._source = builder.as_data_source(split=split)
        self._features = builder.info.features

    def __len__(self) -> int:
        return len(self._source)

    @property
    def specs(self) -> Mapping[str, tf.TensorSpec]:
        return {
            name: tf.TensorSpec(feature.shape, feature.tf_dtype, name)
            for name, feature in self._features.items()
        }

    def read(self, numbers: Sequence[int]) -> dict[str, np.ndarray]:
        examples = self._source.__getitems__([int(number) for number in numbers])
        return {
            name: padded([example[name] for example in examples], feature.np_dtype)
            for name, feature in self._features.items()
        }


def padded(rows: Sequence[np.ndarray], dtype: np.dtype) -> np.ndarray:
    """Arrays of one rank as one, filled up with zeros."""
    rows = [np.asarray(row) for row in rows]
    shape = np.max([row.shape for row in rows], axis=0)
    filled = np.zeros((len(rows), *shape.astype(int)), dtype)
    for number, row in enumerate(rows):
        filled[number, *map(slice, row.shape), ...] = row
    return filled
