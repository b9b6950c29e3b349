"""Against the equations of Grefenstette et al. (2015), one value at a time."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keras_memory.layers import MemoryRNN, NeuralDeQue, NeuralQueue, NeuralStack
from keras_memory.layers.machines.neural_structures import taken

BATCH, STEPS, WIDTH = 2, 9, 3
ENDS = {NeuralStack: 1, NeuralQueue: 1, NeuralDeQue: 2}
STRUCTURES = list(ENDS)


def naive_stack(xs):
    values, s, steps = [], [], []
    for x in xs:
        v, d, u = x[:WIDTH], x[WIDTH], x[WIDTH + 1]
        s = [max(0, s[i] - max(0, u - sum(s[i + 1 :]))) for i in range(len(s))] + [d]
        values = [*values, v]
        weights = [min(s[i], max(0, 1 - sum(s[i + 1 :]))) for i in range(len(s))]
        steps.append((np.dot(weights, values), s))
    return steps


def naive_queue(xs):
    values, s, steps = [], [], []
    for x in xs:
        v, d, u = x[:WIDTH], x[WIDTH], x[WIDTH + 1]
        s = [max(0, s[i] - max(0, u - sum(s[:i]))) for i in range(len(s))] + [d]
        values = [*values, v]
        weights = [min(s[i], max(0, 1 - sum(s[:i]))) for i in range(len(s))]
        steps.append((np.dot(weights, values), s))
    return steps


def naive_deque(xs):
    values, s, steps = [], [], []
    for x in xs:
        top, bottom = x[:WIDTH], x[WIDTH : 2 * WIDTH]
        d_top, d_bottom, u_top, u_bottom = x[2 * WIDTH :]
        s = [max(0, s[i] - max(0, u_top - sum(s[i + 1 :]))) for i in range(len(s))]
        s = [max(0, s[i] - max(0, u_bottom - sum(s[:i]))) for i in range(len(s))]
        s, values = [d_bottom, *s, d_top], [bottom, *values, top]
        of_top = [min(s[i], max(0, 1 - sum(s[i + 1 :]))) for i in range(len(s))]
        of_bottom = [min(s[i], max(0, 1 - sum(s[:i]))) for i in range(len(s))]
        reads = np.concatenate([np.dot(of_top, values), np.dot(of_bottom, values)])
        steps.append((reads, s))
    return steps


NAIVE = {NeuralStack: naive_stack, NeuralQueue: naive_queue, NeuralDeQue: naive_deque}


def random_inputs(rng, structure, steps=STEPS):
    """Signals of 0 and 1 among those between them."""
    ends = ENDS[structure]
    signals = rng.uniform(size=(BATCH, steps, 2 * ends))
    edges = rng.integers(0, 2, signals.shape)
    signals = np.where(rng.uniform(size=signals.shape) < 0.3, edges, signals)
    values = rng.normal(size=(BATCH, steps, ends * WIDTH))
    return np.concatenate([values, signals], axis=-1)


def strengths_of(structure, states, b, t):
    """Those that were pushed until a step, from the bottom to the top."""
    found = ops.convert_to_numpy(structure.in_order(states["strengths"]))[b, t]
    pushed = (t + 1) * ENDS[type(structure)]
    middle = len(found) // 2
    if isinstance(structure, NeuralDeQue):
        unused = found[t + 1 : len(found) - t - 1]
        found = np.concatenate([found[: t + 1], found[len(found) - t - 1 :]])
        assert middle >= t + 1
    else:
        unused, found = found[: len(found) - pushed], found[len(found) - pushed :]
    assert not unused.any()
    return found


@pytest.mark.parametrize("structure", STRUCTURES)
def test_every_step(structure, rng):
    layer, xs = structure(WIDTH), random_inputs(rng, structure)
    reads, states = layer.trace(xs.astype("float32"))
    for b in range(BATCH):
        for t, (read, s) in enumerate(NAIVE[structure](xs[b])):
            np.testing.assert_allclose(reads[b, t], read, atol=1e-5)
            np.testing.assert_allclose(strengths_of(layer, states, b, t), s, atol=1e-5)


def test_figure_1():
    """The worked example of the paper, of a stack."""
    v = np.eye(WIDTH)
    signals = [[0.8, 0.0], [0.5, 0.1], [0.9, 0.9]]  # d, u
    reads, states = NeuralStack(WIDTH).trace(np.float32(np.hstack([v, signals]))[None])
    expected = [0.8 * v[0], 0.5 * v[0] + 0.5 * v[1], 0.1 * v[0] + 0.9 * v[2]]
    np.testing.assert_allclose(reads[0], expected, atol=1e-6)
    strengths = [[0, 0, 0.8], [0, 0.7, 0.5], [0.3, 0, 0.9]]
    np.testing.assert_allclose(states["strengths"][0, ..., 0], strengths, atol=1e-6)


def signals_of(ends):
    """Push and pop of three sequences of eight steps, of so many ends."""
    return st.lists(st.integers(0, 1), min_size=48 * ends, max_size=48 * ends).map(
        lambda bits: np.reshape(bits, (3, 8, 2 * ends))
    )


@settings(max_examples=8, deadline=None)
@given(signals_of(1))
def test_a_stack_is_a_list_where_signals_are_0_or_1(signals):
    def run(sequence):
        stored = []
        for t, (push, pop) in enumerate(sequence):
            if pop and stored:
                stored.pop()
            if push:
                stored.append(t + 1)
            yield [stored[-1]] if stored else [0]

    check(NeuralStack, signals, run)


@settings(max_examples=8, deadline=None)
@given(signals_of(1))
def test_a_queue_is_a_deque_where_signals_are_0_or_1(signals):
    def run(sequence):
        stored = deque()
        for t, (push, pop) in enumerate(sequence):
            if pop and stored:
                stored.popleft()
            if push:
                stored.append(t + 1)
            yield [stored[0]] if stored else [0]

    check(NeuralQueue, signals, run)


@settings(max_examples=8, deadline=None)
@given(signals_of(2))
def test_a_deque_is_a_deque_where_signals_are_0_or_1(signals):
    def run(sequence):
        stored = deque()
        for t, (push_top, push_bottom, pop_top, pop_bottom) in enumerate(sequence):
            if pop_top and stored:
                stored.pop()
            if pop_bottom and stored:
                stored.popleft()
            if push_bottom:
                stored.appendleft(-t - 1)
            if push_top:
                stored.append(t + 1)
            yield [stored[-1], stored[0]] if stored else [0, 0]

    check(NeuralDeQue, signals, run)


def check(structure, signals, run):
    """Values of one number: t at the top, -t at the bottom, counted from 1."""
    count = np.arange(1, 9)
    values = np.stack([count, -count], axis=1)[:, : ENDS[structure]]
    values = np.broadcast_to(values, (len(signals), *values.shape))
    inputs = np.concatenate([values, signals], axis=-1).astype("float32")
    reads = ops.convert_to_numpy(RUNS[structure](inputs))
    np.testing.assert_array_equal(reads, [list(run(sequence)) for sequence in signals])


RUNS = {kind: MemoryRNN(kind(1), return_sequences=True) for kind in STRUCTURES}


@pytest.mark.parametrize("structure", STRUCTURES)
def test_gradients_by_finite_differences(structure, rng, check_gradients):
    layer = MemoryRNN(
        structure(WIDTH, dtype="float64"), return_sequences=True, dtype="float64"
    )
    xs = random_inputs(rng, structure, steps=6)
    signals = np.clip(xs[..., -2 * ENDS[structure] :], 0.05, 0.95)
    xs[..., -2 * ENDS[structure] :] = signals + rng.uniform(-0.03, 0.03, signals.shape)
    factor = rng.normal(size=(BATCH, 6, ENDS[structure] * WIDTH))
    check_gradients(lambda xs: layer(xs) * factor, xs)


@pytest.mark.parametrize("end", ["top", "bottom"])
def test_what_is_taken_is_at_most_what_there_is(end, rng):
    strengths = rng.uniform(size=(BATCH, 7)).astype("float32")
    for amount in (0.0, 0.3, 2.0, 50.0):
        found = np.asarray(taken(ops.convert_to_tensor(strengths), amount, end))
        assert (found >= 0).all()
        assert (found <= strengths).all()
        total = np.minimum(amount, strengths.sum(-1))
        np.testing.assert_allclose(found.sum(-1), total, atol=1e-5)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_room_of_the_sequence_is_that_of_as_many_steps(structure, rng):
    xs = random_inputs(rng, structure).astype("float32")
    for room in (STEPS, 2 * STEPS):
        np.testing.assert_allclose(
            MemoryRNN(structure(WIDTH, room))(xs), MemoryRNN(structure(WIDTH))(xs), atol=1e-6
        )


@pytest.mark.parametrize("structure", [NeuralStack, NeuralQueue])
def test_the_oldest_goes_where_there_is_no_room(structure):
    """Of four values pushed, a room of three has the last three."""
    signals = np.array([[1, 0]] * 4 + [[0, 1]] * 3)
    xs = np.float32(np.hstack([np.arange(1, 8)[:, None], signals]))[None]
    reads = np.asarray(MemoryRNN(structure(1, room=3), return_sequences=True)(xs))
    # Steps that push nothing take room, too.
    expected = {
        NeuralStack: [1, 2, 3, 4, 3, 0, 0],
        NeuralQueue: [1, 1, 1, 2, 3, 4, 0],
    }
    np.testing.assert_array_equal(reads.ravel(), expected[structure])


@pytest.mark.parametrize("structure", STRUCTURES)
def test_bad_input(structure):
    with pytest.raises(ValueError, match=r"positive integer for width\. Received: 0"):
        structure(0)
    with pytest.raises(ValueError, match=r"positive integer for room\. Received: -1"):
        structure(3, room=-1)
    size = ENDS[structure] * (WIDTH + 2)
    with pytest.raises(ValueError, match=rf"Expected {size} features .*Received: 2"):
        MemoryRNN(structure(WIDTH))(np.ones((1, 3, 2), "float32"))
