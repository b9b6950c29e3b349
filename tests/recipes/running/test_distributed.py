"""Training on many processes: what one process can show of it. See test_processes.py."""

import json
import socket

import numpy as np
import pytest
import tensorflow as tf

from keras_memory.recipes.running import processes
from keras_memory.recipes.running.addresses import reach
from keras_memory.recipes.running.batches import part, training_batches
from keras_memory.recipes.running.distributed import are_parts

pytestmark = pytest.mark.long

DEVICES = """
import json, os, sys
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
from pathlib import Path
import keras
import numpy as np
from keras_memory import recipes
from keras_memory.recipes.running import processes

folder, fields = Path(sys.argv[1]), json.loads(sys.argv[2])
both = processes.start()
lookup = recipes.get("key_value_lookup", **fields)
one = lookup.fit(folder / "one", verbose=0)
two = lookup.fit(folder / "two", verbose=0, distribution=both)
weights = zip(one.model.get_weights(), two.model.get_weights(), strict=True)
mistakes = []
for recipe in (lookup.replace(batch_size=9), recipes.get("bam_letters")):
    try:
        recipe.fit(folder / "none", distribution=both)
    except ValueError as error:
        mistakes.append(str(error))
print(json.dumps({
    "devices": both.device_mesh.devices.size,
    "losses": [[row[k] for row in run.history for k in ("loss", "val_loss", "val_accuracy")]
               for run in (one, two)],
    "weights": max(float(np.abs(a - b).max()) for a, b in weights),
    "metrics": [one.metrics, two.metrics],
    "mistakes": mistakes,
    "written": (folder / "none").exists(),
}))
"""


def batches_of(**parts):
    """An epoch of batches whose padding is cut to the longest example of each."""
    lengths = np.random.default_rng(0).integers(1, 50, 96)

    def to_batch(examples):
        longest = tf.reduce_max(examples["length"])
        return examples["index"], tf.ones((tf.shape(examples["index"])[0], longest))

    arrays = {"index": np.arange(96), "length": lengths.astype("int32")}
    epoch = tf.Variable(3, dtype=tf.int64)
    return list(
        training_batches(arrays, to_batch, 12, 6, 5, epoch, lengths, cut=True, **parts)
    )


@pytest.mark.parametrize("count", [2, 3])
def test_parts_are_rows_of_the_batches_of_one_process(count):
    whole = batches_of()
    for index in range(count):
        rows = slice(index * 12 // count, (index + 1) * 12 // count)
        for batch, ours in zip(whole, batches_of(part=(index, count)), strict=True):
            for all_rows, mine in zip(batch, ours, strict=True):  # as wide as the whole batch
                np.testing.assert_array_equal(all_rows[rows], mine)


def test_parts_are_sampled_before_they_are_prepared():
    prepared = []

    def to_batch(examples):
        prepared.append(examples["index"].shape[0])
        return examples["index"]

    epoch = tf.Variable(0, dtype=tf.int64)
    arguments = {"index": np.arange(50)}, to_batch, 8, 5, 1, epoch
    parts = [
        list(training_batches(*arguments, part=(index, 2)))
        for index in (0, 1)
        for _ in [epoch.assign(0)]
    ]
    epoch.assign(0)
    whole = list(training_batches(*arguments))
    for batch, *halves in zip(whole, *parts, strict=True):
        np.testing.assert_array_equal(batch, np.concatenate(halves))
    assert prepared == [4, 4, 8]


def test_alone_the_part_is_all():
    assert part() == (0, 1)


@pytest.mark.only("tensorflow", because="it is refused")
def test_a_backend_that_cannot_is_named(lookup):
    expected = "^Expected the backend jax for several .* Received: tensorflow$"
    with pytest.raises(ValueError, match=expected):
        processes.start()
    with pytest.raises(ValueError, match=expected):
        lookup.fit(distribution="all")


def test_an_address_or_a_variable_that_is_none(monkeypatch):
    monkeypatch.setattr(processes, "check_backend", lambda: None)
    with pytest.raises(ValueError, match="^Expected an address, HOST:PORT. .*'node-0'$"):
        processes.start("node-0", 2, 0)
    monkeypatch.setenv("KERAS_DISTRIBUTION_NUM_PROCESSES", "two")
    expected = "^Expected a number in KERAS_DISTRIBUTION_NUM_PROCESSES. Received: 'two'$"
    with pytest.raises(ValueError, match=expected):
        processes.start("node-0:1234")


def test_a_process_that_does_not_answer():
    with socket.socket() as used:
        used.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{used.getsockname()[1]}"
        with pytest.raises(RuntimeError, match=f"^Expected an answer from {address}, in 0 s"):
            reach(address, 0)
        reach(address, 0, calls=False)
        used.listen()
        reach(address, 0)


@pytest.mark.parametrize("name", processes.LAUNCHED)
def test_a_process_that_believes_to_be_alone_is_stopped(name, monkeypatch):
    monkeypatch.setenv(name, "4")
    with pytest.raises(ValueError, match=rf"^Expected 4 processes \({name}\). Received: 1$"):
        processes.check_processes()


def test_processes_that_differ_are_named(monkeypatch):
    monkeypatch.setattr(processes, "gathered", lambda array: np.array([array, 1, array, 2]))
    expected = "^Expected the same recipe on .* others than on process 0 on 1, 3$"
    with pytest.raises(ValueError, match=expected):
        processes.check_same("recipe", ["ntm_copy", {"seed": 1}])
    monkeypatch.setattr(processes, "gathered", lambda array: np.array([array, array]))
    processes.check_same("recipe", ["ntm_copy", {"seed": 1}])


@pytest.mark.parametrize(
    "rows, expected",
    [
        (["1"], True),
        (["1", "1"], True),  # one copy of the model on both
        (["10", "01"], True),
        (["1100", "0011"], True),
        (["10", "10", "01", "01"], True),
        (["110", "011"], False),  # three devices each, by two
        (["110", "001"], False),  # two devices, and one
        (["1010", "0101"], False),
    ],
)
def test_processes_take_as_many_rows(rows, expected):
    masks = np.array([[digit == "1" for digit in row] for row in rows])
    assert are_parts(masks) == expected


def test_a_lost_process_is_one_line():
    with (
        pytest.raises(processes.ProcessLost, match="to go on. Received: another .*--resume"),
        processes.together(),
        processes.together(),
    ):
        raise ValueError("INTERNAL: Gloo all-reduce failed:\n[pair.cc:538] Read error")
    with pytest.raises(ValueError, match="^of mine$"), processes.together():
        raise ValueError("of mine")


def test_two_devices_train_as_one(children, tmp_path, lookup):
    fields = {**lookup.overrides, "jit_compile": True}
    found = json.loads(
        children.run(DEVICES, tmp_path, json.dumps(fields), backend="jax").splitlines()[-1]
    )
    assert found["devices"] == 2
    np.testing.assert_allclose(*found["losses"], rtol=1e-6)
    assert found["weights"] <= 1e-5
    assert found["metrics"][0] == found["metrics"][1]
    assert found["mistakes"] == [
        "Expected a batch_size that divides by 2, the number of devices of all processes. "
        "Received: 9",
        "Expected a recipe that is trained in batches. Received: bam_letters, which prepares "
        "its data itself",
    ]
    assert not found["written"]
