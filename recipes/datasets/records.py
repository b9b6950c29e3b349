"""Examples that stay on disk: for data sets that do not fit in memory.

TFDS writes them as array_record files, of which any example is read by its number. So the
order of training is that of examples in memory, from any step on, and each of many processes
reads its own examples alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from ..running.late_tensorflow import tf
from .reading import named_faults

FORMAT = "array_record"


class Records:
    """Examples of a split by their numbers: `records.gather([5, 2])`, or `records[:10]`.

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

    def __getitem__(self, part: slice) -> dict[str, np.ndarray]:
        return self.read(range(len(self))[part])

    def read(self, numbers: Sequence[int]) -> dict[str, np.ndarray]:
        """Arrays by name, the examples along the first axis; sequences padded with zeros."""
        examples = self._source.__getitems__([int(number) for number in numbers])
        return {
            name: padded([example[name] for example in examples], feature.np_dtype)
            for name, feature in self._features.items()
        }

    def gather(self, numbers: tf.Tensor) -> dict[str, tf.Tensor]:
        """As `read`, as an operation of a `tf.data` map."""
        names = list(self._features)
        arrays = tf.numpy_function(
            lambda numbers: list(self.read(numbers).values()),
            [numbers],
            [self._features[name].tf_dtype for name in names],
        )
        for name, array in zip(names, arrays, strict=True):
            array.set_shape([*numbers.shape, *self._features[name].shape])
        return dict(zip(names, arrays, strict=True))


def padded(rows: Sequence[np.ndarray], dtype: np.dtype) -> np.ndarray:
    """Arrays of one rank as one, filled up with zeros."""
    rows = [np.asarray(row) for row in rows]
    shape = np.max([row.shape for row in rows], axis=0)
    filled = np.zeros((len(rows), *shape.astype(int)), dtype)
    for number, row in enumerate(rows):
        filled[number, *map(slice, row.shape), ...] = row
    return filled
