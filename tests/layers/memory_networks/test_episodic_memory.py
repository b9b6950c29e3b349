import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import AttentionGRUCell, EpisodicMemory, MemoryRNN


def random_unit(rng, update_gate=False):
    cell = AttentionGRUCell(4, update_gate)
    rnn = MemoryRNN(cell, return_sequences=True)
    rnn.build((None, None, 4))
    rnn.set_weights([rng.normal(size=w.shape) for w in rnn.get_weights()])
    return cell, rnn


def numbers(weights):
    return [np.asarray(ops.convert_to_numpy(w), "float64") for w in weights]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def in_numpy(cell, facts, weights):
    """The papers' equations, fact by fact."""
    w, u, b = numbers((cell.kernel, cell.recurrent_kernel, cell.bias))
    n = cell.units
    h, states = np.zeros(n), []
    for c, g in zip(facts, weights, strict=True):
        r = sigmoid(c @ w[:, n : 2 * n] + h @ u[:, n : 2 * n] + b[n : 2 * n])
        candidate = np.tanh(c @ w[:, :n] + r * (h @ u[:, :n]) + b[:n])
        if cell.update_gate:
            z = sigmoid(c @ w[:, 2 * n :] + h @ u[:, 2 * n :] + b[2 * n :])
            gru = z * candidate + (1 - z) * h
            h = g * gru + (1 - g) * h
        else:
            h = g * candidate + (1 - g) * h
        states.append(h)
    return np.array(states)


@pytest.mark.parametrize("update_gate", [False, True])
def test_the_papers_in_numpy(rng, update_gate):
    cell, rnn = random_unit(rng, update_gate)
    facts, weights = rng.normal(size=(2, 6, 3)), rng.uniform(size=(2, 6))
    inputs = np.concatenate([facts, weights[..., None]], axis=-1).astype("float32")
    found = ops.convert_to_numpy(rnn(inputs))
    for row in range(2):
        expected = in_numpy(cell, facts[row], weights[row])
        np.testing.assert_allclose(found[row], expected, atol=1e-5)


def test_with_a_weight_of_one_it_is_a_gru(rng):
    """Keras's own: with its update gate the other way round, as in the other paper."""
    cell, rnn = random_unit(rng, update_gate=True)
    gru = keras.layers.GRU(4, reset_after=True, return_sequences=True)
    facts = rng.normal(size=(2, 5, 3)).astype("float32")
    gru.build(facts.shape)
    kernel, recurrent, bias = (np.split(w, 3, axis=-1) for w in rnn.get_weights())
    in_order = [np.concatenate([-w[2], w[1], w[0]], -1) for w in (kernel, recurrent, bias)]
    gru.set_weights([*in_order[:2], np.stack([in_order[2], np.zeros(12)])])
    ones = np.ones((2, 5, 1), "float32")
    found = ops.convert_to_numpy(rnn(np.concatenate([facts, ones], axis=-1)))
    np.testing.assert_allclose(found, ops.convert_to_numpy(gru(facts)), atol=1e-5)


def test_a_fact_of_weight_zero_changes_nothing(rng):
    for update_gate in (False, True):
        _, rnn = random_unit(rng, update_gate)
        inputs = rng.normal(size=(1, 3, 4)).astype("float32")
        more = np.zeros((1, 5, 4), "float32")
        more[:, [0, 2, 4]], more[:, [1, 3], :3] = inputs, 9.0
        found = ops.convert_to_numpy(rnn(more))[:, [0, 2, 4]]
        np.testing.assert_allclose(found, ops.convert_to_numpy(rnn(inputs)), atol=1e-6)


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="positive integer for units. Received: 0"):
        AttentionGRUCell(0)
    with pytest.raises(ValueError, match=r"Expected a fact and its weight.*\(None, 1\)"):
        AttentionGRUCell(4).build((None, 1))


def random_episodes(rng, variant, passes=2):
    layer = EpisodicMemory(passes, variant)
    layer.build((None, None, 3), (None, 3))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def gru(inputs, state, cell):
    """Keras's GRU, of one step."""
    kernel, recurrent, bias = numbers((cell.kernel, cell.recurrent_kernel, cell.bias))
    n = len(state)
    x, h = inputs @ kernel + bias[0], state @ recurrent + bias[1]
    z, r = sigmoid(x[:n] + h[:n]), sigmoid(x[n : 2 * n] + h[n : 2 * n])
    return z * state + (1 - z) * np.tanh(x[2 * n :] + r * h[2 * n :])


@pytest.mark.parametrize("variant", ["dmn", "dmn_plus"])
def test_episodes_in_numpy(rng, variant):
    layer = random_episodes(rng, variant)
    c, q = rng.normal(size=(5, 3)), rng.normal(size=3)
    w_1, b_1 = numbers((layer.hidden.kernel, layer.hidden.bias))
    w_2, b_2 = numbers((layer.score.kernel, layer.score.bias))
    m, scores, weights = q, [], []
    for update in layer.updates:
        z = []
        for fact in c:
            parts = [fact * q, fact * m, abs(fact - q), abs(fact - m)]
            if variant == "dmn":
                (w,) = numbers([layer.bilinear.kernel])
                parts = [fact, m, q, *parts, [fact @ (q @ w)], [fact @ (m @ w)]]
            z.append(np.concatenate(parts))
        scores.append((np.tanh(np.array(z) @ w_1 + b_1) @ w_2 + b_2)[:, 0])
        weights.append(np.exp(scores[-1]) / np.exp(scores[-1]).sum())
        e = in_numpy(layer.episode.cell, c, weights[-1])[-1]
        if variant == "dmn":
            m = gru(e, m, update)
        else:
            w, b = numbers((update.kernel, update.bias))
            m = np.maximum(0, np.concatenate([m, e, q]) @ w + b)
    found = layer(c[None].astype("float32"), q[None].astype("float32"))
    for one, expected in zip(found, (m, scores, weights), strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(one)[0], expected, atol=1e-4)


@pytest.mark.parametrize("variant", ["dmn", "dmn_plus"])
def test_masked_facts_contribute_nothing(rng, variant):
    """Wherever they are, whatever they are; without any, the question alone counts."""
    layer = random_episodes(rng, variant)
    facts, question = (rng.normal(size=s).astype("float32") for s in ((1, 3, 3), (1, 3)))
    more, mask = np.full((1, 6, 3), np.nan, "float32"), np.zeros((1, 6), bool)
    more[:, [0, 2, 5]], mask[:, [0, 2, 5]] = facts, True
    memory, scores, weights = map(ops.convert_to_numpy, layer(facts, question))
    found, masked_scores, masked = map(ops.convert_to_numpy, layer(more, question, mask=mask))
    np.testing.assert_allclose(found, memory, atol=1e-5)
    np.testing.assert_allclose(masked[..., [0, 2, 5]], weights, atol=1e-6)
    np.testing.assert_allclose(masked_scores[..., [0, 2, 5]], scores, atol=1e-5)
    assert not masked[..., [1, 3, 4]].any() and (masked_scores[..., [1, 3, 4]] < -1e9).all()
    nothing = layer(more, question, mask=np.zeros((1, 6), bool))
    assert np.isfinite(ops.convert_to_numpy(nothing[0])).all()
    assert not ops.convert_to_numpy(nothing[2]).any()


def test_wrong_episodes_are_refused():
    with pytest.raises(ValueError, match="positive integer for passes. Received: 0"):
        EpisodicMemory(0)
    with pytest.raises(ValueError, match="'dmn', 'dmn_plus' for variant. Received: 'dmn2'"):
        EpisodicMemory(2, "dmn2")
    with pytest.raises(ValueError, match=r"the same width .*\(1, 5, 3\), question \(1, 4\)"):
        EpisodicMemory(name="episodes")(np.ones((1, 5, 3)), np.ones((1, 4)))
