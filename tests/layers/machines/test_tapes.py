"""A machine that acts: its step against NumPy, its actions against all that there are."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import zoo
from keras_memory.layers import TapeRNN
from keras_memory.testing.backends import double_precision, gradients

WIDTH, UNITS, STEPS = 4, 5, 3
MOVES = (-1, 0, 1)
FORCED = 1e6  # as noise: the action that is taken


def make(steps=STEPS, cell=keras.layers.SimpleRNNCell, **arguments):
    layer = TapeRNN(cell(UNITS), kernel_initializer="random_normal", **arguments)
    layer(np.ones((1, steps, WIDTH), "float32"), np.ones(1))
    rng = np.random.default_rng(4)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def every_sequence(sizes, steps):
    """Noise that forces each sequence of actions, `(sequences, steps, actions)`."""
    a_step = np.array(
        [
            np.concatenate([np.eye(n)[i] for n, i in zip(sizes, chosen, strict=True)])
            for chosen in itertools.product(*map(range, sizes))
        ]
    )
    indices = np.indices((len(a_step),) * steps).reshape(steps, -1).T
    return FORCED * a_step[indices]


@pytest.mark.only("tensorflow", because="Keras computes in float64 there alone")
@pytest.mark.parametrize("direct_access", [True, False])
@pytest.mark.parametrize("memory_moves", [pytest.param(MOVES, marks=pytest.mark.slow), ()])
def test_expected_gradient_is_that_of_the_expected_cost(direct_access, memory_moves, rng):
    """Over all sequences of actions, each by its probability, by finite differences."""
    with double_precision():
        layer = make(direct_access=direct_access, memory_moves=memory_moves)
        sizes = list(layer.action_sizes.values())
        noise = every_sequence(sizes, STEPS)
        assert len(noise) == np.prod(sizes) ** STEPS < 10_000
        model, targets = episodes(layer, len(noise), rng)
        tapes = np.tile(rng.normal(size=(1, STEPS, WIDTH)), (len(noise), 1, 1))
        arrays = {"tape": tapes, "length": np.full(len(noise), 2.0), "noise": noise}
        cost, reinforce = (
            zoo.EpisodeCost(reduction=None),
            zoo.EpisodeReinforce(reduction=None),
        )

        def probability(log_policy, open_steps, free_steps):
            """What was overruled is enumerated more than once: once for each action."""
            copies = np.where(free_steps, 1, np.where(open_steps, 2, np.prod(sizes)))
            return np.exp(log_policy.sum(1)) / copies.prod(1)

        def evaluated():
            outputs = {name: np.asarray(value) for name, value in model(arrays).items()}
            left = np.arange(STEPS, 0, -1)
            is_open = outputs["remaining"] > 0
            is_free = is_open & (left > outputs["remaining"])
            weights = probability(outputs["log_policy"], is_open, is_free)
            assert weights.sum() == pytest.approx(1)
            return weights, np.asarray(cost(targets, outputs["answer"]))

        weights, _ = evaluated()

        def surrogate(outputs):
            answer, _, policy, _ = outputs  # by name, in alphabetical order
            total = cost(targets, answer) + reinforce(targets, policy)
            return ops.sum(ops.convert_to_tensor(weights) * total)

        _, found = gradients(model, arrays, surrogate)
        trained = model.trainable_variables
        found = dict(zip((v.path for v in trained), found[-len(trained) :], strict=True))
        for _ in range(2):
            direction = [
                (v, rng.normal(size=v.shape)) for v in trained if "baseline" not in v.path
            ]
            expected = sum((np.asarray(found[v.path]) * d).sum() for v, d in direction)
            costs = []
            for step in (1e-5, -2e-5, 1e-5):
                costs.append(float(np.dot(*evaluated())))
                for variable, d in direction:
                    variable.assign(np.asarray(variable) + step * d)
            assert (costs[1] - costs[2]) / 2e-5 == pytest.approx(expected, rel=1e-6)


def episodes(layer, size, rng):
    """A model of the layer with logits and a baseline that is anything, and its targets."""
    inputs = {
        "tape": keras.Input((STEPS, WIDTH), name="tape"),
        "length": keras.Input((), name="length"),
        "noise": keras.Input((STEPS, sum(layer.action_sizes.values())), name="noise"),
    }
    episode = layer(**inputs)
    logits = keras.layers.Dense(3)(episode["outputs"])
    baseline = keras.layers.Dense(1, bias_initializer="ones", name="baseline")
    answer = ops.concatenate([logits, episode["predicts"][..., None]], axis=-1)
    policy = [
        ops.stop_gradient(answer),
        episode["log_policy"][..., None],
        baseline(ops.stop_gradient(episode["hidden"])),
    ]
    outputs = {"answer": answer, "policy": ops.concatenate(policy, axis=-1)}
    outputs |= {name: episode[name] for name in ("log_policy", "remaining")}
    return keras.Model(inputs, outputs), np.tile(rng.integers(0, 3, (1, 2)), (size, 1))


@pytest.mark.only("tensorflow", because="Keras computes in float64 there alone")
@pytest.mark.parametrize("direct_access", [True, False])
def test_a_step_is_that_of_the_formula(direct_access, naive, rng):
    """An episode in NumPy, in float64, with actions that noise forces."""
    steps, window = 6, 1
    with double_precision():
        layer = make(steps, direct_access=direct_access, memory_moves=MOVES)
        tape = rng.normal(size=(steps, WIDTH))
        choices = np.stack([rng.integers(0, 3, steps), rng.integers(0, 2, steps)], 1)
        choices = np.concatenate([choices, rng.integers(0, 3, (steps, 1))], 1)
        choices[:3, 1] = 0, 1, 0
        noise = FORCED * np.concatenate(
            [np.eye(n)[choices[:, i]] for i, n in enumerate((3, 2, 3))], axis=1
        )
        found = layer(tape[None], np.array([4.0]), noise[None])
    found = {name: np.asarray(value)[0] for name, value in found.items()}
    kernel, recurrent, bias, interface, interface_bias = layer.get_weights()
    hidden, memory = np.zeros(UNITS), np.zeros((steps, WIDTH))
    p = q = count = 0
    actions = np.zeros(8)
    for t in range(steps):
        at = np.clip(np.arange(p - window, p + window + 1), 0, steps - 1)
        ring = np.arange(q - window, q + window + 1) % steps
        inputs = np.concatenate([tape[at].ravel(), memory[ring].ravel(), actions])
        hidden = np.tanh(inputs @ kernel + hidden @ recurrent + bias)
        part, start = {}, 0
        flat = hidden @ interface + interface_bias
        for name, shape in layer.interface_sizes.items():
            part[name], start = flat[start : start + shape[0]], start + shape[0]
        gate = {name: naive.sigmoid(value) for name, value in part.items()}
        x, m = tape[p], memory[q % steps].copy()
        output, write = part["output"], part["write"]
        if direct_access:
            output = output + gate["input_to_output"] * x + gate["memory_to_output"] * m
            write = write + gate["input_to_memory"] * x
            for side, move in zip(gate["memory_to_neighbours"], (-1, 1), strict=True):
                memory[(q + move) % steps] += side * m
        memory[q % steps] += write
        np.testing.assert_allclose(found["outputs"][t], output, rtol=1e-9)
        np.testing.assert_allclose(found["hidden"][t], hidden, rtol=1e-9)
        assert (found["input_head"][t], found["memory_head"][t]) == (p, q)
        remaining = 4 - count
        assert found["remaining"][t] == remaining
        is_forced = steps - t <= remaining
        predicts = remaining > 0 and (is_forced or choices[t, 1] == 1)
        assert found["predicts"][t] == predicts
        logits = np.split(part["actions"], [3, 5])
        logs = [np.log(naive.softmax(z))[i] for z, i in zip(logits, choices[t], strict=True)]
        expected = (remaining > 0) * (logs[0] + logs[1] * (not is_forced) + logs[2])
        assert found["log_policy"][t] == pytest.approx(expected)
        actions = np.concatenate(
            [np.eye(n)[i] for n, i in zip((3, 2, 3), choices[t], strict=True)]
        )
        actions[3:5] = np.eye(2)[int(predicts)]
        p = np.clip(p + MOVES[choices[t, 0]], 0, steps - 1)
        q, count = q + MOVES[choices[t, 2]], count + predicts
    assert count == 4


def test_as_many_symbols_as_there_are_steps_are_all_forced(rng):
    tape = rng.normal(size=(3, STEPS, WIDTH)).astype("float32")
    episode = make()(tape, np.array([0, 1, STEPS]), training=True)
    predicts, log_policy = (np.asarray(episode[k]) for k in ("predicts", "log_policy"))
    np.testing.assert_array_equal(predicts.sum(1), [0, 1, STEPS])
    assert not log_policy[0].any() and (log_policy[2] < 0).all()


def test_actions_are_sampled_by_their_probabilities():
    layer = make(1, inverse_temperature=0.5)
    tape, length = np.ones((20_000, 1, WIDTH), "float32"), np.zeros(20_000)
    again = TapeRNN.from_config({**layer.get_config(), "seed": 3})
    again.build(tape.shape)
    again.set_weights(layer.get_weights())
    sampled = again(np.repeat(tape, 2, axis=1), length + 1, training=True)
    moved = np.bincount(np.asarray(sampled["input_head"])[:, 1].astype(int), minlength=2)
    logits = 0.5 * first_logits(again, tape[:1])
    chances = np.exp(logits) / np.exp(logits).sum()
    np.testing.assert_allclose(moved[1] / 20_000, chances[2], atol=0.02)
    greedy = [np.asarray(again(tape, length + 1)["predicts"]) for _ in range(2)]
    np.testing.assert_array_equal(*greedy)


def first_logits(layer, tape):
    inputs = np.concatenate([np.repeat(tape[0], 3, axis=0).ravel(), np.zeros(5)])
    kernel, _, bias, interface, interface_bias = layer.get_weights()
    hidden = np.tanh(inputs @ kernel + bias)
    return (hidden @ interface + interface_bias)[WIDTH : WIDTH + 3]


def test_a_controller_without_state(rng):
    tape = rng.normal(size=(2, STEPS, WIDTH)).astype("float32")
    episode = TapeRNN(keras.layers.Dense(4))(tape, np.array([1, 2]))
    np.testing.assert_array_equal(np.asarray(episode["predicts"]).sum(1), [1, 2])
    assert episode["hidden"].shape == (2, STEPS, 4)


def test_bad_arguments():
    cell = keras.layers.LSTMCell(4)
    for arguments, message in [
        ({"input_moves": ()}, r"different integers for input_moves.*Received: \(\)"),
        ({"input_moves": (0, 0)}, r"input_moves.*Received: \(0, 0\)"),
        ({"memory_moves": (0.5,)}, r"memory_moves.*Received: \(0.5,\)"),
        ({"window": -1}, "window. Received: -1"),
        ({"inverse_temperature": 0}, "above 0 for inverse_temperature. Received: 0"),
    ]:
        with pytest.raises(ValueError, match=message):
            TapeRNN(cell, **arguments)
    with pytest.raises(ValueError, match="Expected a controller"):
        TapeRNN(keras.layers.Dropout(0.5))
    with pytest.raises(
        ValueError, match=r"a tape \(batch, steps, width\).*Received: \(2, 3\)"
    ):
        TapeRNN(cell)(np.ones((2, 3)), np.ones(2))
