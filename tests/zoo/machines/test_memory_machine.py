"""What every memory machine has, shown on a stack as deep as the sequence is long."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import MemoryCell, NTMCell
from keras_memory.recipes.running.exporting import export
from keras_memory.zoo import MemoryMachine, from_preset, load

BATCH, STEPS, FEATURES = 2, 5, 3


class Stack(MemoryCell):
    """Pushes what it is given, and reads the sum of all rows, the last ones doubled."""

    output_size = FEATURES
    state_shapes = {"rows": (None, FEATURES)}

    def step(self, inputs, state, training=None):
        rows = ops.concatenate([inputs[:, None], state["rows"][:, :-1]], axis=1)
        return ops.sum(rows, axis=1) + rows[:, 0], {"rows": rows}


@pytest.fixture
def machine():
    keras.utils.set_random_seed(1)
    return MemoryMachine(Stack(), FEATURES, 2, name="stack")


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")


def streamed(step, inputs, state):
    logits = []
    for t in range(STEPS):
        logit, state = step(inputs[:, t], state)
        logits.append(ops.convert_to_numpy(logit))
    return np.stack(logits, axis=1)


def test_a_state_as_long_as_the_sequence_streams(machine, inputs):
    state = machine.initial_state(BATCH, steps=STEPS)
    assert {name: tuple(x.shape) for name, x in state.items()} == {"rows": (BATCH, 15)}
    np.testing.assert_allclose(
        streamed(machine.step, inputs, state), machine(inputs), atol=1e-5
    )
    with pytest.raises(ValueError, match="Expected steps, for state 'rows'"):
        machine.initial_state(BATCH)


def test_its_trace(machine, inputs):
    trace = machine.trace(inputs)
    assert trace["rows"].shape == (BATCH, STEPS, STEPS, FEATURES)
    np.testing.assert_allclose(trace["rows"][:, -1], inputs[:, ::-1], atol=1e-6)
    probabilities = 1 / (1 + np.exp(-ops.convert_to_numpy(machine(inputs))))
    np.testing.assert_allclose(trace["outputs"], probabilities, atol=1e-5)


@pytest.mark.only("tensorflow", because="it writes SavedModels")
def test_exported_for_so_many_steps(machine, inputs, tmp_path):
    import tensorflow as tf

    serve = tf.saved_model.load(export(machine, tmp_path / "saved", steps=STEPS)).signatures

    def step(inputs, state):
        state = serve["step"](inputs=tf.constant(inputs), **state)
        return state.pop("logits"), state

    state = serve["initial_state"](tf.constant(BATCH))
    np.testing.assert_allclose(streamed(step, inputs, state), machine(inputs), atol=1e-5)


@pytest.mark.only("tensorflow", because="it writes SavedModels")
@pytest.mark.parametrize("format", ["tf_saved_model", "litert"])
def test_not_exported_for_any_number(machine, format, tmp_path):
    with pytest.raises(ValueError, match=r"^Expected steps, for state 'rows'.*None$"):
        export(machine, tmp_path / "saved", format=format)
    assert not list(tmp_path.iterdir())


def test_of_any_cell_in_files_and_presets(inputs, tmp_path):
    cell = NTMCell(keras.layers.GRUCell(4), memory_slots=5, memory_width=3)
    model = MemoryMachine(cell, FEATURES, 2)
    model.save(tmp_path / "model.keras")
    model.save_to_preset(tmp_path / "preset")
    for again in (load(tmp_path / "model.keras"), from_preset(tmp_path / "preset")):
        assert type(again) is MemoryMachine
        np.testing.assert_allclose(
            *(ops.convert_to_numpy(m(inputs)) for m in (again, model)), atol=1e-6
        )
