"""Against the equations of Graves et al. (2016), one example and one slot at a time."""

import keras
import numpy as np
import pytest

from keras_memory.layers import DNCCell, MemoryRNN, masked_cosine
from keras_memory.layers.machines.dnc import CORRECTIONS

BATCH, FEATURES, UNITS, SLOTS, WIDTH = 2, 4, 6, 7, 5


def dnc_cell(**arguments):
    defaults = {"memory_slots": SLOTS, "memory_width": WIDTH, "num_heads": 2}
    return DNCCell(keras.layers.Dense(UNITS, "tanh"), **{**defaults, **arguments})


def built(cell, rng):
    cell.build((BATCH, FEATURES))
    cell.set_weights([rng.normal(size=w.shape, scale=0.7) for w in cell.get_weights()])
    return cell


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def one_plus(x):
    return 1 + np.log1p(np.exp(x))


def softmax(x):
    return np.exp(x - x.max()) / np.exp(x - x.max()).sum()


def cosine(k, row, mask):
    k, row = k * mask, row * mask
    return k @ row / np.sqrt((k @ k + 1e-12) * (row @ row + 1e-12))


def content(memory, key, strength, mask):
    return softmax(np.array([strength * cosine(key, row, mask) for row in memory]))


def sharpened(weights, power):
    powers = np.maximum(weights, 1e-30) ** power
    return powers / powers.sum()


def interface(cell, hidden):
    """The interface vector, cut in the order of the paper's list."""
    kernel, bias = (w.astype("float64") for w in cell.interface.get_weights())
    flat, heads, start, parts = hidden @ kernel + bias, cell.num_heads, 0, {}
    sizes = [
        ("k_r", heads, WIDTH),
        ("b_r", heads, 1),
        ("k_w", 1, WIDTH),
        ("b_w", 1, 1),
        ("e", 1, WIDTH),
        ("v", 1, WIDTH),
        ("f", 1, heads),
        ("g_a", 1, 1),
        ("g_w", 1, 1),
        ("pi", heads, 3),
    ]
    if "masked_lookup" in cell.corrections:
        sizes += [("m_r", heads, WIDTH), ("m_w", 1, WIDTH)]
    if "sharpened_links" in cell.corrections:
        sizes += [("s_f", heads, 1), ("s_b", heads, 1)]
    for name, rows, size in sizes:
        parts[name] = flat[start : start + rows * size].reshape(rows, size)
        start += rows * size
    assert start == len(flat)
    return parts


def naive_step(cell, x, s):
    kernel, bias = (w.astype("float64") for w in cell.controller.get_weights())
    h = np.tanh(np.concatenate([x, s["reads"].ravel()]) @ kernel + bias)
    p, heads, nothing = interface(cell, h), cell.num_heads, np.ones(WIDTH)
    masks = sigmoid(p["m_r"]) if "m_r" in p else [nothing] * heads
    write_mask = sigmoid(p["m_w"][0]) if "m_w" in p else nothing

    retained = np.ones(SLOTS)  # ψ
    for head in range(heads):
        retained *= 1 - sigmoid(p["f"][0, head]) * s["read_weights"][head]
    old, written = s["usage"], s["write_weights"]
    usage = (old + written - old * written) * retained

    allocation, product = np.zeros(SLOTS), 1.0
    for slot in np.argsort(usage, kind="stable"):
        allocation[slot] = (1 - usage[slot]) * product
        product *= usage[slot]
    found = content(s["memory"], p["k_w"][0], one_plus(p["b_w"][0, 0]), write_mask)
    gate = sigmoid(p["g_a"][0, 0])
    w = sigmoid(p["g_w"][0, 0]) * (gate * allocation + (1 - gate) * found)

    memory = s["memory"].copy()
    if "erasing_deallocation" in cell.corrections:
        memory *= retained[:, None]
    memory = memory * (1 - np.outer(w, sigmoid(p["e"][0]))) + np.outer(w, p["v"][0])

    links = np.zeros((SLOTS, SLOTS))
    for i in range(SLOTS):
        for j in range(SLOTS):
            if i != j:
                links[i, j] = (1 - w[i] - w[j]) * s["links"][i, j] + w[i] * s["precedence"][j]
    read_weights = []
    for head in range(heads):
        previous = s["read_weights"][head]
        forward, backward = links @ previous, links.T @ previous
        if "s_f" in p:
            forward = sharpened(forward, one_plus(p["s_f"][head, 0]))
            backward = sharpened(backward, one_plus(p["s_b"][head, 0]))
        found = content(memory, p["k_r"][head], one_plus(p["b_r"][head, 0]), masks[head])
        pi = softmax(p["pi"][head])
        read_weights.append(pi[0] * backward + pi[1] * found + pi[2] * forward)
    reads = np.array(read_weights) @ memory
    return np.concatenate([h, reads.ravel()]), {
        "reads": reads,
        "write_weights": w,
        "read_weights": np.array(read_weights),
        "usage": usage,
        "precedence": (1 - w.sum()) * s["precedence"] + w,
        "links": links,
        "memory": memory,
    }


def planned_state(cell, rng):
    """Of slots whose order of usage float32 does not change."""

    def simplex(*shape):
        powers = np.exp(rng.normal(size=shape))
        return powers / powers.sum(-1, keepdims=True)

    return {
        "reads": rng.normal(size=(BATCH, cell.num_heads, WIDTH)),
        "write_weights": 0.1 * simplex(BATCH, SLOTS),
        "read_weights": simplex(BATCH, cell.num_heads, SLOTS),
        "usage": rng.permuted(np.tile(np.linspace(0.1, 0.9, SLOTS), (BATCH, 1)), axis=1),
        "precedence": simplex(BATCH, SLOTS),
        "links": simplex(BATCH, SLOTS, SLOTS) * (1 - np.eye(SLOTS)),
        "memory": rng.normal(size=(BATCH, SLOTS, WIDTH)),
    }


@pytest.mark.parametrize("corrections", [(), *([c] for c in CORRECTIONS), CORRECTIONS])
def test_one_step(corrections, rng):
    cell = built(dnc_cell(corrections=corrections), rng)
    x = rng.normal(size=(BATCH, FEATURES)).astype("float32")
    state = planned_state(cell, rng)
    flat = [state[name].reshape(BATCH, -1).astype("float32") for name in cell.state_names]
    output, states = cell(x, flat)
    for b in range(BATCH):
        one = {name: values[b] for name, values in state.items()}
        expected, expected_state = naive_step(cell, x[b], one)
        np.testing.assert_allclose(output[b], expected, atol=2e-5)
        for name, found in zip(cell.state_names, states, strict=True):
            np.testing.assert_allclose(
                found[b], expected_state[name].ravel(), atol=2e-5, err_msg=name
            )


def test_a_memory_of_zeros_has_finite_gradients(gradients, rng):
    layer = MemoryRNN(dnc_cell(corrections=CORRECTIONS), return_sequences=True)
    xs = rng.normal(size=(BATCH, 5, FEATURES)).astype("float32")
    layer(xs)
    for sequence in (xs, 0 * xs):
        [found] = gradients(layer, sequence)
        assert np.isfinite(found).all()


def test_weights_load_into_a_larger_memory(rng):
    small, large = (built(dnc_cell(memory_slots=slots), rng) for slots in (7, 70))
    large.set_weights(small.get_weights())
    assert small.count_params() == large.count_params()


def test_parameters_of_the_papers_machine():
    """W R + 3 W + 5 R + 3 numbers in the interface vector."""
    cell = DNCCell(keras.layers.LSTMCell(256), memory_slots=256, memory_width=64, num_heads=4)
    cell.build((None, 10))
    assert cell.interface.units == 64 * 4 + 3 * 64 + 5 * 4 + 3


def test_masked_cosine(rng):
    key, mask = rng.normal(size=(BATCH, 3, WIDTH)), rng.random((BATCH, 3, WIDTH))
    memory = rng.normal(size=(BATCH, SLOTS, WIDTH))
    expected = [
        [
            [cosine(k, row, m) for row in memory[b]]
            for k, m in zip(key[b], mask[b], strict=True)
        ]
        for b in range(BATCH)
    ]
    found = masked_cosine(*(x.astype("float32") for x in (key, mask, memory)))
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"num_heads": 0}, "Expected a positive integer for num_heads"),
        ({"memory_slots": -1}, "memory_slots"),
        ({"corrections": ["sharp_links"]}, "sharp_links"),
    ],
)
def test_bad_input(arguments, error):
    with pytest.raises(ValueError, match=error):
        dnc_cell(**arguments)
