import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import AdaptiveHalting, TransformerStep
from keras_memory.layers.memory_networks.adaptive_halting import sinusoids

LOWEST = keras.initializers.Constant(-50.0)


def wide(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), "float64")


@keras.saving.register_keras_serializable(package="test")
class Neighbours(keras.layers.Layer):
    """A step in which positions depend on one another: what has halted is seen, too."""

    def build(self, states_shape):
        self.kernel = self.add_weight(shape=(2, states_shape[-1]), name="kernel")

    def call(self, states):
        own, others = self.kernel[0], self.kernel[1]
        return ops.tanh(states * own + ops.sum(states, axis=1, keepdims=True) * others)


def signal(number, dim):
    half = (dim + 1) // 2
    angles = [number / 10_000 ** (i / max(half - 1, 1)) for i in range(half)]
    return np.array([*np.sin(angles), *np.cos(angles)])[:dim]


def in_numpy(layer, states, signals, mask):
    """The equations of Graves, position by position, of one sequence."""
    w, b, (own, others) = wide(layer.kernel), wide(layer.bias), wide(layer.step.kernel)
    count, dim = states.shape
    s = np.where(mask[:, None], states, 0)
    p, n_last, rest = np.zeros((count, layer.max_steps)), np.zeros(count), np.zeros(count)
    outputs = np.zeros((count, dim))
    for n in range(layer.max_steps):
        x = np.where(mask[:, None], s + signals + signal(n + 1, dim), 0)
        made = np.tanh(x * own + x.sum(axis=0) * others)
        for i in np.flatnonzero(mask):
            if n_last[i]:  # it has halted
                continue
            h = 1 / (1 + np.exp(-(x[i] @ w + b)))
            if p[i].sum() + h > layer.threshold or n + 1 == layer.max_steps:
                n_last[i], rest[i] = n + 1, 1 - p[i].sum()
                p[i, n] = rest[i]
            else:
                p[i, n] = h
            s[i] = made[i]
            outputs[i] += p[i, n] * made[i]
    return outputs, p, n_last, rest


def random_layer(rng, **arguments):
    layer = AdaptiveHalting(Neighbours(), **{"max_steps": 5, **arguments})
    layer.build((None, None, 5))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


@pytest.fixture
def data(rng):
    states, signals = rng.normal(size=(2, 4, 6, 5))
    mask = np.array([[1, 1, 1, 1, 1, 1], [1, 0, 1, 1, 0, 0]] * 2, bool)
    return states.astype("float32"), signals.astype("float32"), mask


def test_the_equations_in_numpy(rng, data):
    states, signals, mask = data
    layer = random_layer(rng)
    found = [wide(x) for x in layer(states, signals, mask=mask)]
    ponder = []
    for row in range(4):
        expected = in_numpy(layer, states[row].astype("float64"), signals[row], mask[row])
        for name, one, other in zip(("outputs", "p", "N", "R"), found, expected, strict=True):
            np.testing.assert_allclose(one[row], other, atol=2e-5, err_msg=name)
        ponder += [*(expected[2] + expected[3])[mask[row]]]
    assert {*found[2].ravel()} >= {0, 2, 5}  # padding, some that halt early, some late
    np.testing.assert_allclose(found[1].sum(axis=-1), mask, atol=1e-6)
    np.testing.assert_allclose(wide(sum(layer.losses)), 0.01 * np.mean(ponder), rtol=1e-5)


def test_padding_contributes_nothing(rng, data):
    """Neither what it is, nor how much of it there is, changes what is not padding."""
    states, signals, mask = data
    layer = random_layer(rng)
    narrow = [wide(x) for x in layer(states, signals, mask=mask)]
    cost = wide(sum(layer.losses))
    states, signals = (np.where(mask[..., None], x, np.nan) for x in (states, signals))
    wider = [np.pad(x, ((0, 0), (2, 1), (0, 0))) for x in (states, signals)]
    found = layer(*wider, mask=np.pad(mask, ((0, 0), (2, 1))))
    for one, other in zip(found, narrow, strict=True):
        np.testing.assert_allclose(wide(one)[:, 2:-1], other, atol=1e-5)
        assert not wide(one)[:, 2:-1][~mask].any()
    np.testing.assert_allclose(wide(sum(layer.losses)), cost, rtol=1e-5)


def test_thresholds_steps_and_biases(rng, data):
    states, signals, _ = data
    always = random_layer(rng, threshold=0.0)
    outputs, weights, updates, remainders = (wide(x) for x in always(states, signals))
    assert (updates == 1).all() and (remainders == 1).all() and (weights[..., 0] == 1).all()
    one_step = always.step(ops.convert_to_tensor(states + signals + signal(1, 5)))
    np.testing.assert_allclose(outputs, wide(one_step), atol=1e-5)
    low = AdaptiveHalting(Neighbours(), 3, bias_initializer=LOWEST)
    _, weights, updates, _ = low(states)
    assert (wide(updates) == 3).all()
    np.testing.assert_allclose(wide(weights)[..., 2], 1, atol=1e-6)


def test_the_ponder_cost_makes_positions_halt_sooner(data):
    """And without a weight nothing is added to the loss."""
    states, _, _ = data
    halting = AdaptiveHalting(
        Neighbours(), 6, ponder_weight=1.0, bias_initializer=keras.initializers.Constant(-2.0)
    )
    halting.build(states.shape)
    halting.step.trainable = False
    model = keras.Sequential([keras.Input(states.shape[1:]), halting])
    model.compile(keras.optimizers.Adam(0.2))
    before, after = [], []
    for means in (before, after):
        means.append(wide(model(states)[2]).mean())
        model.fit(states, epochs=20, verbose=0)
    assert after[0] < before[0]
    free = AdaptiveHalting(Neighbours(), ponder_weight=0.0)
    free(states)
    assert not free.losses


def test_what_else_a_step_returns_is_stacked(rng):
    layer = AdaptiveHalting(TransformerStep(num_heads=2, hidden_dim=3), max_steps=3)
    states = rng.normal(size=(2, 5, 4)).astype("float32")
    mask = np.array([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0]], bool)
    *_, attention = layer(states, mask=mask)
    assert ops.shape(attention) == (2, 3, 2, 5, 5)
    assert not wide(attention)[1, ..., 2:].any() and not wide(attention)[1, :, :, 2:].any()


def test_signals_in_numpy():
    for dim in (1, 4, 5):
        found = wide(sinusoids(ops.convert_to_tensor([[0, 3], [7, 40]]), dim))
        expected = [[signal(0, dim), signal(3, dim)], [signal(7, dim), signal(40, dim)]]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_wrong_arguments_are_refused():
    for arguments, message in (
        ({"max_steps": 0}, "a positive integer for max_steps. Received: 0"),
        ({"threshold": 2}, "a number from 0 to 1 for threshold. Received: 2"),
        ({"ponder_weight": -1}, "a number of 0 or more for ponder_weight. Received: -1"),
    ):
        with pytest.raises(ValueError, match=f"Expected {message}"):
            AdaptiveHalting(Neighbours(), **arguments)
    with pytest.raises(ValueError, match=r"of the shape of its inputs.*Received: .*6\)"):
        AdaptiveHalting(keras.layers.Dense(6))(np.ones((2, 3, 4), "float32"))
