"""Against the equations of Rae et al. (2016), one example, head and slot at a time."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import MemoryRNN, SparseAccessCell
from keras_memory.layers.machines.sparse_access import least_recently_used

BATCH, FEATURES, UNITS, SLOTS, WIDTH, HEADS, K = 2, 4, 6, 9, 5, 2, 3


def sam_cell(**arguments):
    defaults = {
        "memory_slots": SLOTS,
        "memory_width": WIDTH,
        "num_heads": HEADS,
        "k_top": K,
    }
    dtype = arguments.get("dtype")
    controller = keras.layers.Dense(UNITS, "tanh", dtype=dtype)
    return SparseAccessCell(controller, **{**defaults, **arguments})


def built(cell, rng):
    cell.build((BATCH, FEATURES))
    cell.set_weights([rng.normal(size=w.shape, scale=0.7) for w in cell.get_weights()])
    return cell


def interface(cell, hidden):
    """What the heads request, cut in the order of the docstring."""
    kernel, bias = (w.astype("float64") for w in cell.interface.get_weights())
    flat, start, parts = hidden @ kernel + bias, 0, {}
    for name, size in (("k", WIDTH), ("b", 1), ("alpha", 1), ("gamma", 1), ("a", WIDTH)):
        stop = start + cell.num_heads * size
        parts[name] = flat[start:stop].reshape(cell.num_heads, size)
        start = stop
    assert start == len(flat)
    return parts


def naive_step(cell, naive, x, s):
    kernel, bias = (w.astype("float64") for w in cell.controller.get_weights())
    h = np.tanh(np.concatenate([x, s["reads"].ravel()]) @ kernel + bias)
    p, slots = interface(cell, h), cell.memory_slots
    oldest = sorted(range(slots), key=lambda slot: (-s["idle_steps"][slot], slot))
    memory, written = s["memory"].copy(), []
    for head in range(cell.num_heads):
        memory[oldest[head]] = 0
    for head in range(cell.num_heads):
        alpha, gamma = (naive.sigmoid(p[name][head, 0]) for name in ("alpha", "gamma"))
        latest = np.eye(slots)[oldest[head]]
        w = alpha * (gamma * s["read_weights"][head] + (1 - gamma) * latest)
        memory += np.outer(w, np.tanh(p["a"][head]))
        written.append(w)
    found, reads = [], []
    for head in range(cell.num_heads):
        strength, key = 1 + naive.softplus(p["b"][head, 0]), np.tanh(p["k"][head])
        scores = [strength * naive.cosine(key, slot, 0.1) for slot in memory]
        chosen = sorted(range(slots), key=lambda slot: (-scores[slot], slot))[: cell.k_top]
        w = np.zeros(slots)
        w[chosen] = naive.softmax(np.array([scores[slot] for slot in chosen]))
        found.append(w)
        reads.append(w @ memory)
    used = (np.array(written + found) > 0.005).any(0)
    return np.concatenate([h, *reads]), {
        "reads": np.array(reads),
        "write_weights": np.array(written),
        "read_weights": np.array(found),
        "idle_steps": np.where(used, 0, s["idle_steps"] + 1),
        "memory": memory,
    }


@pytest.mark.parametrize(
    "arguments",
    [{}, {"num_heads": 1, "k_top": 1}, {"k_top": SLOTS}, {"memory_slots": 40}],
    ids=str,
)
def test_every_step(arguments, naive, rng):
    """From the first, where the slots that are empty tie, until all are used."""
    cell = built(sam_cell(**arguments), rng)
    xs = rng.normal(size=(BATCH, 15, FEATURES)).astype("float32")
    outputs, states = cell.trace(xs)
    for b in range(BATCH):
        state = {name: np.zeros(shape) for name, shape in cell.state_shapes.items()}
        for t in range(15):
            expected, state = naive_step(cell, naive, xs[b, t], state)
            np.testing.assert_allclose(outputs[b, t], expected, atol=1e-4)
            for name, values in state.items():
                np.testing.assert_allclose(
                    states[name][b, t], values, atol=1e-4, err_msg=f"{name} of step {t}"
                )


def planned_state(cell, rng):
    """Of memory that is written to, and weights of K slots."""
    read_weights = np.zeros((BATCH, HEADS, SLOTS))
    for row in read_weights.reshape(-1, SLOTS):
        row[rng.choice(SLOTS, K, replace=False)] = rng.dirichlet(np.ones(K))
    return {
        "reads": rng.normal(size=(BATCH, HEADS, WIDTH)),
        "write_weights": np.zeros((BATCH, HEADS, SLOTS)),
        "read_weights": read_weights,
        "idle_steps": rng.permuted(np.tile(np.arange(1.0, SLOTS + 1), (BATCH, 1)), axis=1),
        "memory": rng.normal(size=(BATCH, SLOTS, WIDTH)),
    }


def test_gradients_by_finite_differences(rng, check_gradients):
    """Of a step by all that it reads; of the slots, those that it chose alone."""
    cell = built(sam_cell(dtype="float64"), rng)
    state = planned_state(cell, rng)
    states = [state[name].reshape(BATCH, -1) for name in cell.state_names]
    factors = [
        rng.normal(size=(BATCH, size)) for size in (cell.output_size, *cell.state_size)
    ]

    def weighted(x, *states):
        output, states = cell(x, list(states))
        states[cell.state_names.index("idle_steps")] *= 0  # which has no gradient
        values = zip([output, *states], factors, strict=True)
        return sum(ops.sum(value * factor) for value, factor in values)

    check_gradients(weighted, rng.normal(size=(BATCH, FEATURES)), *states, rtol=1e-5)


def test_gradients_through_a_sequence(rng, check_gradients):
    cell = built(sam_cell(dtype="float64"), rng)
    layer = MemoryRNN(cell, return_sequences=True, dtype="float64")
    factor = rng.normal(size=(1, 8, UNITS + HEADS * WIDTH))
    check_gradients(lambda xs: layer(xs) * factor, rng.normal(size=(1, 8, FEATURES)))


@pytest.mark.slow
def test_slots_that_are_not_chosen_have_no_gradient(rng, gradients):
    cell = built(sam_cell(), rng)
    state = planned_state(cell, rng)
    states = [state[name].reshape(BATCH, -1).astype("float32") for name in cell.state_names]
    x = rng.normal(size=(BATCH, FEATURES)).astype("float32")
    read_weights = np.asarray(cell(x, states)[1][cell.state_names.index("read_weights")])
    oldest = np.argsort(-state["idle_steps"])[:, :HEADS]

    def of_output(memory):
        return cell(x, [*states[:-1], memory])[0]

    [found] = gradients(of_output, states[-1])
    has_gradient = np.abs(found).reshape(BATCH, SLOTS, WIDTH).max(-1) > 0
    is_read = read_weights.reshape(BATCH, HEADS, SLOTS).max(1) > 0
    np.put_along_axis(is_read, oldest, values=False, axis=1)  # what was there is gone
    np.testing.assert_array_equal(has_gradient, is_read)


def test_least_recently_used():
    """Slots that tie go in their order."""
    idle = np.float32([[0, 0, 0, 0], [1, 7, 0, 7], [3, 2, 9, 2]])
    found = least_recently_used(ops.convert_to_tensor(idle), 3)
    np.testing.assert_array_equal(found, [[0, 1, 2], [1, 3, 0], [2, 0, 1]])


@pytest.mark.slow
def test_a_memory_of_zeros_has_finite_gradients(gradients, rng):
    layer = MemoryRNN(built(sam_cell(), rng), return_sequences=True)
    xs = rng.normal(size=(BATCH, 5, FEATURES)).astype("float32")
    for sequence in (xs, 0 * xs):
        [found] = gradients(layer, sequence)
        assert np.isfinite(found).all()


def test_weights_load_into_a_larger_memory(rng):
    small, large = (built(sam_cell(memory_slots=slots), rng) for slots in (7, 70))
    large.set_weights(small.get_weights())
    assert small.count_params() == large.count_params()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"num_heads": 0}, "Expected a positive integer for num_heads. Received: 0"),
        ({"memory_slots": -1}, "memory_slots. Received: -1"),
        ({"k_top": 10}, "Expected k_top of at most memory_slots=9. Received: 10"),
        ({"k_top": 0}, "Expected a positive integer for k_top. Received: 0"),
        ({"num_heads": 10}, "Expected num_heads of at most memory_slots=9. Received: 10"),
    ],
)
def test_bad_input(arguments, error):
    with pytest.raises(ValueError, match=error):
        sam_cell(**arguments)


@pytest.mark.only("jax", because="it says how much a compiled function holds")
def test_what_a_training_step_holds_does_not_grow_with_slots_times_steps():
    import jax

    steps = 60

    def size(slots):
        cell = SparseAccessCell(keras.layers.Dense(UNITS), slots, WIDTH)
        layer = MemoryRNN(cell, return_sequences=True)
        xs = np.ones((1, steps, FEATURES), "float32")
        layer.build(xs.shape)
        compute = jax.jit(jax.grad(lambda xs: ops.sum(layer(xs) ** 2)))
        return compute.lower(xs).compile().memory_analysis().temp_size_in_bytes

    memories = (size(4_000) - size(1_000)) / (4 * 3_000 * WIDTH)
    assert memories < steps / 5  # an NTMCell holds more than one a step
