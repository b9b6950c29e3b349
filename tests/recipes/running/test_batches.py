import numpy as np
import pytest
import tensorflow as tf

from keras_memory.recipes.running import batches as module
from keras_memory.recipes.running.batches import (
    GROUPED,
    evaluation_batches,
    even_batch_size,
    training_batches,
)


def epochs_of(size, batch_size, steps, start=0, epochs=1, seed=5):
    epoch = tf.Variable(start, dtype=tf.int64)
    batches = training_batches(
        {"index": np.arange(size)},
        lambda batch: batch["index"],
        batch_size,
        steps,
        seed,
        epoch,
    )
    return [np.stack([batch.numpy() for batch in batches]) for _ in range(epochs)]


@pytest.fixture(params=["in memory", "by its place"])
def order(request, monkeypatch):
    """How the order of examples is found: that of many is not in memory."""
    if request.param == "by its place":
        monkeypatch.setattr(module, "LARGE", 5)
    return request.param


def test_an_order_by_place_is_as_random_as_others(monkeypatch):
    monkeypatch.setattr(module, "LARGE", 5)
    (first, second) = (np.ravel(e) for e in epochs_of(2000, 10, 200, epochs=2))
    for pair in ((first, np.arange(2000)), (first[1:], first[:-1]), (first, second)):
        assert abs(np.corrcoef(*pair)[0, 1]) < 0.1


def test_an_epoch_depends_on_its_number_alone(order):
    straight = epochs_of(50, 4, 5, epochs=4)
    resumed = epochs_of(50, 4, 5, start=2, epochs=2)
    np.testing.assert_array_equal(straight[2:], resumed)
    assert not np.array_equal(straight[0], straight[1])


@pytest.mark.parametrize(("size", "batch_size", "steps"), [(20, 4, 5), (20, 5, 2), (6, 5, 6)])
def test_no_example_comes_again_before_all_others(size, batch_size, steps, order):
    seen = np.concatenate(epochs_of(size, batch_size, steps, epochs=6)).ravel()
    for start in range(0, len(seen) - size + 1, size):
        assert sorted(seen[start : start + size]) == list(range(size))


def test_seeds_give_different_orders(order):
    assert not np.array_equal(epochs_of(50, 4, 5), epochs_of(50, 4, 5, seed=6))


def test_evaluation_sees_every_example_once_in_order():
    batches = evaluation_batches({"index": np.arange(7)}, lambda batch: batch["index"], 3)
    assert [batch.numpy().tolist() for batch in batches] == [[0, 1, 2], [3, 4, 5], [6]]


def test_one_batch_of_a_group_gets_the_longest():
    lengths = np.random.default_rng(0).integers(1, 50, 96)
    epoch = tf.Variable(0, dtype=tf.int64)
    arguments = (lambda batch: batch["index"], 4, 24, 5)
    grouped, plain = (
        np.stack(list(training_batches({"index": np.arange(96)}, *arguments, epoch, by)))
        for by in (lengths, None)
        for _ in [epoch.assign(0)]
    )
    for group in range(0, 24, GROUPED):
        ours, theirs = (np.ravel(b[group : group + GROUPED]) for b in (grouped, plain))
        assert sorted(ours) == sorted(theirs)
        assert lengths[ours[:4]].min() >= lengths[ours[4:]].max()
        # The others are in the order that they were in.
        others = [i for i in theirs if i in set(ours[4:])]
        assert ours[4:].tolist() == others


def test_the_end_of_an_epoch_does_not_wait_for_a_tuner():
    epoch = tf.Variable(0, dtype=tf.int64)
    arguments = {"index": np.arange(7)}, lambda batch: batch["index"]
    for batches in (
        training_batches(*arguments, 2, 3, 5, epoch),
        evaluation_batches(*arguments, 3),
    ):
        assert batches.options().autotune.enabled is False


@pytest.mark.parametrize(
    ("size", "batch_size"), [(1000, 250), (512, 128), (1024, 128), (200, 200), (11_991, 250)]
)
def test_validation_is_compiled_once_where_it_can_be(size, batch_size):
    """A last batch of another size would be compiled again, for up to a minute."""
    assert even_batch_size(size, 250) == batch_size
