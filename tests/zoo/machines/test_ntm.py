import keras
import numpy as np
import pytest

from keras_memory.zoo import NTM

BATCH, STEPS, INPUTS, OUTPUTS, SLOTS, WIDTH, HEADS = 4, 6, 3, 2, 7, 5, 2


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(BATCH, STEPS, INPUTS)).astype("float32")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"controller": "feedforward"},
        {"initial_memory": "learned"},
        {"num_heads": 1, "shift_width": 5},
    ],
    ids=str,
)
class TestEveryVariant:
    def test_shapes(self, arguments, make_ntm, inputs):
        model = make_ntm(**arguments)
        assert model.output_shape == (None, None, OUTPUTS)
        assert model(inputs).shape == (BATCH, STEPS, OUTPUTS)
        assert model(inputs[:1, :2]).shape == (1, 2, OUTPUTS)

    def test_config_round_trip(self, arguments, make_ntm, inputs):
        model = make_ntm(**arguments)
        again = NTM.from_config(model.get_config())
        assert again.get_config() == model.get_config()
        again.set_weights(model.get_weights())
        np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)

    def test_steps_equal_the_whole_sequence(self, arguments, make_ntm, inputs):
        model = make_ntm(**arguments)
        state, logits = model.initial_state(BATCH), []
        for t in range(STEPS):
            logit, state = model.step(inputs[:, t], state)
            logits.append(np.asarray(logit))
        np.testing.assert_allclose(np.stack(logits, axis=1), model(inputs), atol=1e-5)

    def test_saved_and_loaded(self, arguments, make_ntm, inputs, tmp_path):
        model = make_ntm(**arguments)
        model.save(tmp_path / "ntm.keras")
        again = keras.saving.load_model(tmp_path / "ntm.keras")
        assert isinstance(again, NTM)
        assert again.get_config() == model.get_config()
        np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)
        assert again.optimizer.get_config() == model.optimizer.get_config()
        assert type(again.loss) is type(model.loss)


def test_trace(make_ntm, inputs):
    model = make_ntm()
    trace = model.trace(inputs)
    assert {name: values.shape[2:] for name, values in trace.items()} == {
        "inputs": (INPUTS,),
        "outputs": (OUTPUTS,),
        "adds": (HEADS, WIDTH),
        "reads": (HEADS, WIDTH),
        "write_weights": (HEADS, SLOTS),
        "read_weights": (HEADS, SLOTS),
        "memory": (SLOTS, WIDTH),
    }
    for values in trace.values():
        assert isinstance(values, np.ndarray)
        assert values.shape[:2] == (BATCH, STEPS)
    np.testing.assert_array_equal(trace["inputs"], inputs)
    probabilities = 1 / (1 + np.exp(-np.asarray(model(inputs))))
    np.testing.assert_allclose(trace["outputs"], probabilities, atol=1e-5)


def test_trace_agrees_with_itself(make_ntm, inputs):
    """Reads are the memory at the read weights; adds are what step writes."""
    trace = make_ntm().trace(inputs)
    reads = np.einsum("bthn,btnm->bthm", trace["read_weights"], trace["memory"])
    np.testing.assert_allclose(trace["reads"], reads, atol=1e-5)
    np.testing.assert_allclose(trace["write_weights"].sum(-1), 1, atol=1e-5)
    np.testing.assert_allclose(trace["read_weights"].sum(-1), 1, atol=1e-5)
    # The first memory holds nothing but what the first step added.
    added = np.einsum("bhn,bhm->bnm", trace["write_weights"][:, 0], trace["adds"][:, 0])
    np.testing.assert_allclose(trace["memory"][:, 0], added, atol=1e-5)


def test_trace_follows_the_steps(make_ntm, inputs):
    model = make_ntm()
    trace, state = model.trace(inputs), model.initial_state(BATCH)
    for t in range(STEPS):
        _, state = model.step(inputs[:, t], state)
        memory = np.reshape(state["memory"], (BATCH, SLOTS, WIDTH))
        np.testing.assert_allclose(trace["memory"][:, t], memory, atol=1e-5)


def test_weights_load_into_a_larger_memory(make_ntm, inputs, tmp_path):
    small, large = (
        make_ntm(),
        NTM.from_config({**make_ntm().get_config(), "memory_slots": 40}),
    )
    small.save_weights(tmp_path / "ntm.weights.h5")
    large.load_weights(tmp_path / "ntm.weights.h5")
    for found, expected in zip(large.get_weights(), small.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert np.all(np.isfinite(np.asarray(large(inputs))))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"controller": "gru"}, "'lstm', 'feedforward' for controller. Received: 'gru'"),
        ({"controller_units": 0}, "controller_units. Received: 0"),
        ({"input_units": 0}, "input_units. Received: 0"),
        ({"output_units": -3}, "output_units. Received: -3"),
        ({"memory_slots": "7"}, "memory_slots. Received: '7'"),
        ({"memory_width": 0}, "memory_width. Received: 0"),
        ({"num_heads": 0}, "num_heads. Received: 0"),
        ({"shift_width": 2}, "shift_width. Received: 2"),
        ({"initial_memory": None}, "initial_memory. Received: None"),
    ],
)
def test_bad_arguments(arguments, message, make_ntm):
    with pytest.raises(ValueError, match=message):
        make_ntm(**arguments)


def test_parameters_of_the_papers_copy_network():
    assert NTM().count_params() == 61512 + (100 + 20 + 1) * 8


def test_fits_out_of_the_box(rng):
    """Repeat the bit of the step before, which costs one bit by chance.

    The steps that do not count have targets that are impossible.
    """
    keras.utils.set_random_seed(1)
    model = NTM(1, 1, controller_units=16, memory_slots=4, memory_width=4)
    model.optimizer.learning_rate = 1e-3
    bits = rng.integers(0, 2, size=(512, 4, 1)).astype("float32")
    answers = np.roll(bits, 1, axis=1)
    answers[:, 0] = rng.integers(0, 2, size=(512, 1))
    counts = np.tile(np.float32([0, 1, 1, 1]), (512, 1))
    history = model.fit(
        2 * bits - 1, answers, sample_weight=counts, batch_size=16, epochs=15, verbose=0
    ).history
    assert history["loss"][0] > 2.5
    assert history["loss"][-1] < 0.5
    assert history["wrong_bits_per_sequence"][-1] < 0.1
