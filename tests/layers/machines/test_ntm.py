import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import DotScore, NTMCell

BATCH, FEATURES, UNITS, SLOTS, WIDTH = 3, 4, 6, 8, 5


def lstm():
    return keras.layers.LSTMCell(UNITS)


def stacked():
    return keras.layers.StackedRNNCells(
        [keras.layers.LSTMCell(7), keras.layers.GRUCell(UNITS)]
    )


CONTROLLERS = {
    "lstm": (lstm, [UNITS, UNITS]),
    "gru": (lambda: keras.layers.GRUCell(UNITS), [UNITS]),
    "stacked": (stacked, [7, 7, UNITS]),
    "feedforward": (lambda: keras.layers.Dense(UNITS, "tanh"), []),
}


def ntm_cell(controller=None, **arguments):
    defaults = {"memory_slots": SLOTS, "memory_width": WIDTH, "num_heads": 2}
    return NTMCell(controller or lstm(), **{**defaults, **arguments})


def built(cell):
    cell.build((BATCH, FEATURES))
    return cell


def shuffle_weights(cell, rng, scale=0.5):
    """Weights that leave none of the parts of a cell at zero."""
    cell.set_weights([rng.normal(size=w.shape, scale=scale) for w in cell.get_weights()])


def inputs_of(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def lstm_step(controller, naive, x, h, c):
    kernel, recurrent_kernel, bias = (w.astype("float64") for w in controller.get_weights())
    i, f, g, o = np.split(x @ kernel + h @ recurrent_kernel + bias, 4)
    c = naive.sigmoid(f) * c + naive.sigmoid(i) * np.tanh(g)
    return naive.sigmoid(o) * np.tanh(c), c


def head_parameters(cell, naive, h):
    """What each head requests: `{name: row a head}`, from the interface's weights."""
    kernel, bias = (w.astype("float64") for w in cell.interface.get_weights())
    flat, heads, width = h @ kernel + bias, cell.num_heads, cell.memory_width
    parts = [
        ("key", 2 * heads, width, np.tanh),
        ("strength", 2 * heads, 1, naive.softplus),
        ("gate", 2 * heads, 1, naive.sigmoid),
        ("shift", 2 * heads, cell.shift_width, naive.softmax),
        ("sharpness", 2 * heads, 1, lambda x: 1 + naive.softplus(x)),
        ("erase", heads, width, naive.sigmoid),
        ("add", heads, width, np.tanh),
    ]
    parameters, start = {}, 0
    for name, rows, size, bound in parts:
        rows = flat[start : start + rows * size].reshape(rows, size)
        parameters[name] = np.array([bound(row) for row in rows])
        start += rows.size
    assert start == len(flat)
    return parameters


def naive_step(cell, naive, x, state):
    """One step of one example; `state` is named, in its true shapes."""
    h, c = lstm_step(
        cell.controller,
        naive,
        np.concatenate([x, state["reads"].ravel()]),
        state["controller_0"],
        state["controller_1"],
    )
    parameters, heads = head_parameters(cell, naive, h), cell.num_heads
    previous = np.concatenate([state["write_weights"], state["read_weights"]])
    weights = np.array(
        [
            naive.address(
                *(parameters[name][i] for name in ("key", "strength", "gate", "shift")),
                parameters["sharpness"][i],
                state["memory"],
                previous[i],
                epsilon=cell.addressing.content_addressing.score.epsilon,
            )
            for i in range(2 * heads)
        ]
    )
    memory = naive.write(
        state["memory"], weights[:heads], parameters["erase"], parameters["add"]
    )
    reads = np.array([naive.read(memory, w) for w in weights[heads:]])
    return np.concatenate([h, reads.ravel()]), {
        "controller_0": h,
        "controller_1": c,
        "reads": reads,
        "write_weights": weights[:heads],
        "read_weights": weights[heads:],
        "memory": memory,
    }


def planned_state(cell, rng):
    state = {name: rng.normal(size=(BATCH, *s)) for name, s in cell.state_shapes.items()}
    for name in ("write_weights", "read_weights"):
        powers = np.exp(state[name])
        state[name] = powers / powers.sum(-1, keepdims=True)
    return state


def flat(state):
    return [values.reshape(BATCH, -1).astype("float32") for values in state.values()]


@pytest.mark.parametrize(("num_heads", "shift_width"), [(1, 3), (2, 5), (3, 1)])
def test_one_step(num_heads, shift_width, rng, naive):
    cell = built(ntm_cell(num_heads=num_heads, shift_width=shift_width))
    shuffle_weights(cell, rng)
    x, state = inputs_of(rng, BATCH, FEATURES), planned_state(cell, rng)
    output, states = cell(x, flat(state))
    for b in range(BATCH):
        one = {name: values[b] for name, values in state.items()}
        expected, expected_state = naive_step(cell, naive, x[b], one)
        np.testing.assert_allclose(output[b], expected, atol=2e-5)
        for name, found in zip(cell.state_names, states, strict=True):
            np.testing.assert_allclose(
                found[b], expected_state[name].ravel(), atol=2e-5, err_msg=name
            )


def test_steps_follow_each_other(rng, naive):
    """From the initial state, as a layer would run it."""
    cell = ntm_cell()
    xs = inputs_of(rng, BATCH, 4, FEATURES)
    outputs = np.asarray(keras.layers.RNN(cell, return_sequences=True)(xs))
    first_slot = np.tile(np.eye(SLOTS)[0], (2, 1))
    for b in range(BATCH):
        state = {
            "controller_0": np.zeros(UNITS),
            "controller_1": np.zeros(UNITS),
            "reads": np.zeros((2, WIDTH)),
            "write_weights": first_slot,
            "read_weights": first_slot,
            "memory": np.full((SLOTS, WIDTH), 1e-6),
        }
        for t in range(4):
            expected, state = naive_step(cell, naive, xs[b, t], state)
            np.testing.assert_allclose(outputs[b, t], expected, atol=2e-5)


@pytest.mark.parametrize("name", CONTROLLERS)
def test_controllers(name, rng):
    make, sizes = CONTROLLERS[name]
    cell = ntm_cell(make())
    assert cell.controller_sizes == sizes
    xs = inputs_of(rng, BATCH, 3, FEATURES)
    outputs, *states = keras.layers.RNN(cell, return_sequences=True, return_state=True)(xs)
    assert outputs.shape == (BATCH, 3, UNITS + 2 * WIDTH)
    assert cell.output_size == UNITS + 2 * WIDTH
    assert [tuple(state.shape) for state in states] == [(BATCH, n) for n in cell.state_size]
    assert np.all(np.isfinite(np.asarray(outputs)))
    shuffled = np.asarray(keras.layers.RNN(cell, return_sequences=True)(xs[:, ::-1]))
    assert not np.allclose(outputs[:, -1], shuffled[:, -1], atol=1e-5)


@pytest.mark.parametrize("name", CONTROLLERS)
def test_state_is_described_alike(name):
    make, sizes = CONTROLLERS[name]
    cell = built(ntm_cell(make()))
    assert cell.state_names == [
        *(f"controller_{i}" for i in range(len(sizes))),
        *("reads", "write_weights", "read_weights", "memory"),
    ]
    assert list(cell.state_shapes) == cell.state_names
    assert [np.prod(shape) for shape in cell.state_shapes.values()] == cell.state_size
    initial = cell.get_initial_state(BATCH)
    assert [tuple(state.shape) for state in initial] == [(BATCH, n) for n in cell.state_size]


def test_initial_state(rng):
    cell = built(ntm_cell())
    shuffle_weights(cell, rng)
    state = dict(zip(cell.state_names, cell.get_initial_state(BATCH), strict=True))
    np.testing.assert_allclose(state["memory"], 1e-6)
    first_slot = np.tile(np.eye(SLOTS)[0], (BATCH, 2))
    np.testing.assert_array_equal(state["write_weights"], first_slot)
    np.testing.assert_array_equal(state["read_weights"], first_slot)
    learned = {"controller_0": cell.initial_controller_states[0], "reads": cell.initial_reads}
    for name, weight in learned.items():
        np.testing.assert_array_equal(state[name], np.tile(weight, (BATCH, 1)))


def test_learned_initial_memory(rng):
    cell = built(ntm_cell(initial_memory="learned"))
    assert cell.memory_bias.shape == (SLOTS, WIDTH)
    assert cell.count_params() == built(ntm_cell()).count_params() + SLOTS * WIDTH
    memory = np.asarray(cell.get_initial_state(BATCH)[-1])
    assert np.std(memory) > 0.05
    np.testing.assert_array_equal(memory.reshape(BATCH, SLOTS, WIDTH)[1], cell.memory_bias)


def test_parameters_of_the_papers_copy_network():
    """LSTM of 100, memory 128 x 20, one head; 9 inputs."""
    cell = NTMCell(keras.layers.LSTMCell(100), memory_slots=128, memory_width=20)
    cell.build((None, 9))
    controller = 4 * 100 * (9 + 20 + 100 + 1)
    interface = (100 + 1) * (2 * (20 + 1 + 1 + 3 + 1) + 20 + 20)
    initial = 100 + 100 + 20
    assert cell.count_params() == controller + interface + initial == 61512


def close_the_gates(cell):
    """Close the gates g_t, so that heads only move on from where they were."""
    kernel, bias = cell.interface.get_weights()
    gates = slice(2 * cell.num_heads * (WIDTH + 1), 2 * cell.num_heads * (WIDTH + 2))
    kernel[:, gates], bias[gates] = 0, -100
    cell.interface.set_weights([kernel, bias])


def test_weights_load_into_a_larger_memory(rng):
    """Heads that only move by location never notice how many slots lie beyond."""
    small, large = built(ntm_cell(memory_slots=16)), built(ntm_cell(memory_slots=64))
    shuffle_weights(small, rng)
    close_the_gates(small)
    large.set_weights(small.get_weights())
    xs = inputs_of(rng, BATCH, 5, FEATURES)
    ours, theirs = (keras.layers.RNN(c, return_sequences=True)(xs) for c in (small, large))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_first_hidden_state_knows_no_memory_size(rng):
    small, large = built(ntm_cell(memory_slots=16)), built(ntm_cell(memory_slots=64))
    shuffle_weights(small, rng)
    large.set_weights(small.get_weights())
    x = inputs_of(rng, BATCH, FEATURES)
    hidden, expected = (
        cell(x, cell.get_initial_state(BATCH))[0][:, :UNITS] for cell in (large, small)
    )
    np.testing.assert_allclose(hidden, expected, atol=1e-6)


def test_config_round_trip(rng):
    cell = built(
        ntm_cell(
            stacked(),
            num_heads=3,
            shift_width=5,
            score=DotScore(),
            initial_memory="learned",
            name="tape",
        )
    )
    shuffle_weights(cell, rng)
    again = built(NTMCell.from_config(cell.get_config()))
    assert again.get_config() == cell.get_config()
    assert again.name == "tape"
    again.set_weights(cell.get_weights())
    x = inputs_of(rng, BATCH, FEATURES)
    (output, states), (output_again, states_again) = (
        c(x, c.get_initial_state(BATCH)) for c in (cell, again)
    )
    np.testing.assert_array_equal(output, output_again)
    for state, state_again in zip(states, states_again, strict=True):
        np.testing.assert_array_equal(state, state_again)


@pytest.mark.parametrize("name", CONTROLLERS)
def test_config_of_a_built_cell(name, rng):
    """Its controller is built when it is read back, and must not be built again."""
    cell = built(ntm_cell(CONTROLLERS[name][0]()))
    again = built(NTMCell.from_config(cell.get_config()))
    again.set_weights(cell.get_weights())
    x, state = inputs_of(rng, BATCH, FEATURES), flat(planned_state(cell, rng))
    np.testing.assert_array_equal(again(x, state)[0], cell(x, state)[0])


def test_the_score_is_the_one_that_addresses(rng):
    cosine, dot = built(ntm_cell()), built(ntm_cell(score=DotScore()))
    shuffle_weights(cosine, rng)
    dot.set_weights(cosine.get_weights())
    x, state = inputs_of(rng, BATCH, FEATURES), flat(planned_state(cosine, rng))
    assert not np.allclose(cosine(x, state)[0], dot(x, state)[0], atol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"memory_slots": 0}, "memory_slots. Received: 0"),
        ({"memory_slots": 2.0}, "memory_slots. Received: 2.0"),
        ({"memory_width": -1}, "memory_width. Received: -1"),
        ({"num_heads": True}, "num_heads. Received: True"),
        ({"shift_width": 4}, "odd number for shift_width. Received: 4"),
        ({"shift_width": 0}, "shift_width. Received: 0"),
        ({"initial_memory": "zeros"}, "'constant', 'learned' for initial_memory. Received"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ntm_cell(**arguments)


def test_no_nan_at_zero_memory(rng, gradients):
    cell = built(ntm_cell())
    shuffle_weights(cell, rng)
    x = np.zeros((BATCH, FEATURES), "float32")
    states = [np.zeros((BATCH, size), "float32") for size in cell.state_size]

    def two_steps(x, *states):
        output, states = cell(x, list(states))
        output, states = cell(x, states)
        return ops.sum(ops.square(output)) + sum(ops.sum(state) for state in states)

    assert np.isfinite(two_steps(x, *states))
    for gradient in gradients(two_steps, x, *states):
        assert np.all(np.isfinite(gradient))


def test_gradients_by_finite_differences(rng, check_gradients):
    controller = keras.layers.LSTMCell(UNITS, dtype="float64")
    cell = built(ntm_cell(controller, dtype="float64"))
    shuffle_weights(cell, rng)
    x = rng.normal(size=(1, FEATURES))
    states = [state[:1].astype("float64") for state in flat(planned_state(cell, rng))]
    picked = rng.normal(size=(1, cell.output_size))

    def weighted(x, *states):
        output, states = cell(x, list(states))
        return ops.sum(output * picked) + ops.sum(ops.square(states[-1]))

    check_gradients(weighted, x, *states, rtol=1e-5)
