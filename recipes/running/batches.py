"""From arrays to batches: vectorised, prefetched, and the same at every restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from ..datasets.records import ByNumber
from .argument_types import Arrays, Batch
from .late_tensorflow import tf

GROUPED = 4  # batches, one of which gets the longest examples
LARGE = 1 << 20  # examples; the order of more is not in memory
ROUNDS = 8  # of the cipher that gives such an order: with 4, neighbours correlate
GRADED = 16  # batches, each of examples of similar lengths


def size_of(examples: Arrays | ByNumber) -> int:
    """How many examples there are."""
    return len(examples if isinstance(examples, ByNumber) else next(iter(examples.values())))


def rows_of_part(examples: Arrays | ByNumber, part: slice) -> Arrays:
    """The examples of a part, as arrays by name."""
    if isinstance(examples, ByNumber):
        return examples[part]
    return {name: array[part] for name, array in examples.items()}


def gathering(examples: Arrays | ByNumber) -> Callable[[tf.Tensor], Arrays]:
    """From the numbers of examples to these, by name."""
    if isinstance(examples, ByNumber):
        return examples.gather
    tensors = {name: tf.constant(array) for name, array in examples.items()}
    return lambda numbers: {name: tf.gather(t, numbers) for name, t in tensors.items()}


def training_batches(
    examples: Arrays | ByNumber,
    to_batch: Callable[[Arrays], Batch],
    batch_size: int,
    steps: int,
    seed: int,
    epoch: tf.Variable,
    lengths: Any = None,
    part: tuple[int, int] = (0, 1),
    cut: bool = False,
    graded: bool = False,
) -> tf.data.Dataset:
    """One epoch of shuffled batches each time it is iterated, the next epoch's next time.

    Passes over the examples follow each other without a gap, each in its own order, so
    that no example comes again before all others have. What an epoch holds depends on
    `seed` and the number of the epoch alone, wherever training starts.

    Args:
        examples: Arrays by name, with the examples along their first axis; or
            `ByNumber`.
        to_batch: From a batch of examples to what `model.fit` takes.
        batch_size: Examples in a batch.
        steps: Batches in an epoch.
        seed: Seed of the order.
        epoch: A `tf.Variable`, the number of the next epoch; each iteration adds one.
        lengths: Of the examples. If given, one of as many batches as GROUPED gets the longest
            of their examples, and `to_batch` may cut the padding that all of a batch have.
        part: Which part of each batch to give, and of how many: that of one process.
        cut: Whether `to_batch` does: all parts of a batch are as wide as its longest example.
        graded: Whether the others of these batches get examples of similar lengths, too, for
            models that take a step for each: the batches of a group come in any order.

    Returns:
        A `tf.data.Dataset` of `steps` batches.
    """
    size, gather = size_of(examples), gathering(examples)
    requested = steps * batch_size
    lengths = None if lengths is None else tf.constant(lengths)  # once, for all graphs

    def next_epoch(_):
        first = tf.cast(epoch, tf.int64) * requested
        with tf.control_dependencies([first]):
            epoch.assign_add(1)
        order = _order(first, requested, size, seed)
        if lengths is not None:
            order = _by_length(order, lengths, batch_size, seed if graded else None)
        return tf.data.Dataset.from_tensor_slices(tf.reshape(order, (steps, batch_size)))

    def batch(order):
        if cut:
            return tf.nest.map_structure(rows, to_batch(gather(order)))
        return to_batch(gather(rows(order)))

    def rows(batch):
        index, count = part
        size = batch_size // count
        return batch if count == 1 else batch[index * size : (index + 1) * size]

    epochs = tf.data.Dataset.from_tensors(0).flat_map(next_epoch)
    batches = epochs.map(batch, num_parallel_calls=2, deterministic=True)
    batches = batches.apply(tf.data.experimental.assert_cardinality(steps)).prefetch(8)
    return _without_autotuning(batches)


def _order(first, requested, size, seed):
    """The numbers of so many examples, from the first on, of endless passes over all."""
    seed = tf.constant(seed, tf.int64)
    if size > LARGE:
        places = first + tf.range(requested, dtype=tf.int64)
        seeds = tf.broadcast_to(seed, (requested,))
        return tf.raw_ops.RandomIndexShuffle(
            index=places % size,
            seed=tf.stack([seeds, places // size, tf.zeros_like(places)], axis=-1),
            max_index=tf.constant(size - 1, tf.int64),
            rounds=ROUNDS,
        )
    passes = [
        tf.random.experimental.stateless_shuffle(
            tf.range(size), seed=tf.stack([seed, first // size + i])
        )
        for i in range(requested // size + 2)
    ]
    start = first % size
    return tf.concat(passes, axis=0)[start : start + requested]


def _by_length(order, lengths, batch_size, seed):
    """The order in which the longest of each group of batches are together.

    With a `seed`, so are the others of similar lengths, and the batches of a group come in
    any order.
    """
    graded = seed is not None
    group = GRADED if graded else GROUPED
    whole = tf.size(order) // (group * batch_size) * (group * batch_size)
    groups = tf.reshape(order[:whole], (-1, group * batch_size))
    descending = tf.argsort(tf.gather(lengths, groups), direction="DESCENDING", stable=True)
    if not graded:
        is_rest = tf.argsort(descending) >= batch_size
        descending = tf.argsort(tf.cast(is_rest, tf.int32), stable=True)
    grouped = tf.gather(groups, descending, batch_dims=1)
    if graded:
        by_batch = tf.reshape(grouped, (-1, group, batch_size))
        seeds = tf.stack([tf.constant(seed, tf.int64), tf.cast(order[0], tf.int64)])
        numbers = tf.random.stateless_uniform(tf.shape(by_batch)[:2], seeds)
        grouped = tf.gather(by_batch, tf.argsort(numbers), batch_dims=1)
    return tf.concat([tf.reshape(grouped, (-1,)), order[whole:]], axis=0)


def evaluation_batches(
    examples: Arrays | ByNumber, to_batch: Callable[[Arrays], Batch], batch_size: int
) -> tf.data.Dataset:
    """All examples once, in their order, in batches."""
    if isinstance(examples, ByNumber):
        numbers = tf.data.Dataset.range(len(examples)).batch(batch_size)
        batches = numbers.map(examples.gather)
    else:
        batches = tf.data.Dataset.from_tensor_slices(examples).batch(batch_size)
    return _without_autotuning(batches.map(to_batch).prefetch(2))


def part() -> tuple[int, int]:
    """Which part of every batch of training this process takes, and of how many.

    All of it, but in the scope of a `keras.distribution` of several processes.
    """
    distribution = keras.distribution.distribution()
    if distribution is None:
        return 0, 1
    is_ours = rows_of(distribution)
    size = int(is_ours.sum())
    return int(is_ours.argmax()) // size, len(is_ours) // size


def rows_of(distribution: Any) -> np.ndarray:
    """Booleans: of a batch of one row for each copy of a model, which this process takes."""
    mesh = distribution.device_mesh
    shape = (mesh.shape[mesh.axis_names.index(distribution.batch_dim_name)],)
    layout = distribution.get_data_layout(shape).backend_layout
    is_ours = np.zeros(shape, bool)
    for rows in layout.addressable_devices_indices_map(shape).values():
        is_ours[rows] = True
    return is_ours


def even_batch_size(size: int, largest: int) -> int:
    """The largest batch without a smaller one at the end, for which XLA would compile again.

    Where it would be less than half of `largest`, it is `largest`.
    """
    divisors = (n for n in range(min(size, largest), largest // 2, -1) if size % n == 0)
    return next(divisors, largest)


def _without_autotuning(batches):
    """Nothing is left to tune, and the end of an epoch waits for the tuner to wake: in long
    training for tens of seconds.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.with_options(options)
