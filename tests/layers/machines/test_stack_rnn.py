"""Against the equations of Joulin & Mikolov (2015), a stack and a cell at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keras_memory.layers import MemoryRNN, StackRNNCell

BATCH, STEPS, FEATURES, UNITS, STACKS = 2, 6, 3, 5, 4
VARIANTS = [
    {},
    {"no_op": True, "top": 1},
    {"recurrent": True, "depth": 3},
    {"structure": "list"},
    {"structure": "list", "no_op": True, "recurrent": True, "depth": 2},
    {"hard_actions": True},
    {"top": 9},
]


def stack_cell(**arguments):
    return StackRNNCell(UNITS, **{"stacks": STACKS, **arguments})


def built(cell, rng):
    features = FEATURES + (cell.action_units if cell.action_noise else 0)
    cell.build((BATCH, features))
    cell.set_weights([rng.normal(size=w.shape, scale=0.9) for w in cell.get_weights()])
    return cell


def cell_at(cells, index):
    """A cell of a list of numbers; below its end all are empty."""
    return cells[index] if 0 <= index < len(cells) else -1.0


def acted(cells, action, value, depth):
    """The two sides of a structure, or its only one, after one action."""
    if action == "no_op":
        return cells
    if action in ("push", "pop"):
        (stack,) = cells
        if action == "push":
            return [[value, *stack][:depth]]
        return [[cell_at(stack, i + 1) for i in range(depth)]]
    before, after = cells  # of the doubly linked list, each from its head outwards
    tape = [*before[::-1], *after]
    head = len(before)
    if action == "insert":  # what is at the head and before it moves back
        tape = [*tape[1 : head + 1], value, *tape[head + 1 :]]
    elif action == "right":
        tape = [*tape[1:], -1.0]
    else:
        tape = [-1.0, *tape[:-1]]
    return [tape[:head][::-1], tape[head:]]


def naive_run(cell, naive, inputs, noise=None):
    """h_t, a_t and s_t of one sequence, as they are written in the paper, in float64."""
    u, u_bias, p, kernel, bias = (w.astype("float64") for w in cell.get_weights())
    depth, sides = cell.depth or len(inputs), 1 if cell.structure == "stack" else 2
    size = len(cell.actions)
    stacks = [[[-1.0] * depth for _ in range(sides)] for _ in range(cell.stacks)]
    h, rows = np.zeros(cell.units), []
    for t, x in enumerate(inputs):
        seen = [cell_at(side, i) for s in stacks for side in s for i in range(cell.top)]
        seen = np.concatenate([seen, h]) if cell.recurrent else seen
        h = naive.sigmoid(x @ u + u_bias + np.array(seen) @ p)
        flat = h @ kernel + bias
        scores = flat[: cell.stacks * size].reshape(cell.stacks, size)
        if noise is not None:
            scores = scores + noise[t].reshape(cell.stacks, size)
        values = naive.sigmoid(flat[cell.stacks * size :])
        actions = np.array([naive.softmax(row) for row in scores])
        if cell.hard_actions:
            actions = np.eye(size)[scores.argmax(-1)]
        new = []
        for a, v, s in zip(actions, values, stacks, strict=True):
            results = [np.array(acted(s, name, v, depth)) for name in cell.actions]
            new.append(sum(w * r for w, r in zip(a, results, strict=True)).tolist())
        stacks = new
        rows.append((h, actions, np.array(stacks)))
    return [np.stack(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("arguments", VARIANTS, ids=str)
def test_it_is_the_paper_s_equations(arguments, rng, naive):
    cell = built(stack_cell(**arguments), rng)
    inputs = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    outputs, states = cell.trace(inputs)
    actions = ops.convert_to_numpy(cell.action_probabilities(outputs))
    for b in range(BATCH):
        h, a, s = naive_run(cell, naive, inputs[b])
        np.testing.assert_allclose(ops.convert_to_numpy(outputs)[b], h, atol=2e-5)
        np.testing.assert_allclose(actions[b], a, atol=2e-5)
        np.testing.assert_allclose(ops.convert_to_numpy(states["cells"])[b], s, atol=2e-5)


def test_noise_is_added_to_the_scores_of_actions(rng, naive):
    cell = built(stack_cell(action_noise=True), rng)
    inputs = rng.normal(size=(1, STEPS, FEATURES + cell.action_units)).astype("float32")
    outputs = ops.convert_to_numpy(cell.trace(inputs)[0])
    x, noise = inputs[0, :, :FEATURES], inputs[0, :, FEATURES:]
    np.testing.assert_allclose(outputs[0], naive_run(cell, naive, x, noise)[0], atol=2e-5)
    assert np.abs(outputs[0] - naive_run(cell, naive, x)[0]).max() > 1e-3


ACTED = {
    "stack": ("push", "pop", "no_op"),
    "list": ("insert", "left", "right", "no_op"),
}


@pytest.mark.parametrize("structure", ACTED)
@settings(max_examples=30, deadline=None, database=None)
@given(data=st.data())
def test_hard_actions_are_those_of_python_s_list(structure, data):
    """One action of probability 1 at each step, against a list that grows and shrinks."""
    names = ACTED[structure]
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=12))
    depth = len(chosen)
    cell = StackRNNCell(1, stacks=1, depth=depth, top=1, structure=structure, no_op=True)
    sides = 1 if structure == "stack" else 2
    cells = np.full((1, 1, sides, depth), -1.0, "float32")
    before, after = [], []  # the ends are nearest the head
    for number, name in enumerate(chosen):
        action = np.eye(len(names), dtype="float32")[names.index(name)]
        value = np.full((1, 1, 1), number, "float32")
        cells = ops.convert_to_numpy(
            cell._acted(
                ops.convert_to_tensor(cells),
                ops.convert_to_tensor(action[None, None]),
                ops.convert_to_tensor(value),
            )
        )
        if name == "push":
            after.append(number)
        elif name == "pop":
            after = after[:-1]
        elif name == "insert":
            before.append(after.pop() if after else -1)
            after.append(number)
        elif name == "right":
            before.append(after.pop() if after else -1)
        elif name == "left":
            after.append(before.pop() if before else -1)
        expected = [after] if structure == "stack" else [before, after]
        for side, values in zip(cells[0, 0], expected, strict=True):
            values = values[::-1][:depth]
            assert side.tolist() == values + [-1] * (depth - len(values))


@pytest.mark.parametrize("structure", ACTED)
def test_gradients_by_finite_differences(structure, rng, check_gradients):
    """Of a step by its inputs and by all of its state."""
    options = {"structure": structure, "no_op": True, "recurrent": True, "depth": 3}
    cell = built(stack_cell(**options, dtype="float64"), rng)
    inputs = rng.normal(size=(BATCH, FEATURES))
    states = [rng.normal(size=(BATCH, size)) for size in cell.state_size]
    factors = [
        rng.normal(size=(BATCH, size)) for size in (cell.output_size, *cell.state_size)
    ]

    def weighted(x, *states):
        output, states = cell(x, list(states))
        values = zip([output, *states], factors, strict=True)
        return sum(ops.sum(value * factor) for value, factor in values)

    check_gradients(weighted, inputs, *states)


def test_hard_actions_are_soft_in_training(rng):
    cell = built(stack_cell(hard_actions=True), rng)
    hidden = rng.normal(size=(3, UNITS)).astype("float32")
    hard = ops.convert_to_numpy(cell.action_probabilities(hidden))
    soft = ops.convert_to_numpy(cell.action_probabilities(hidden, training=True))
    assert set(np.unique(hard)) == {0, 1}
    assert soft.min() > 0 and (soft.argmax(-1) == hard.argmax(-1)).all()


def test_the_depth_of_a_limited_stack_is_enough_if_no_more_are_pushed(rng):
    deep, shallow = (built(stack_cell(depth=d), np.random.default_rng(1)) for d in (None, 9))
    inputs = rng.normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
    one, other = (MemoryRNN(cell)(inputs) for cell in (deep, shallow))
    np.testing.assert_allclose(
        ops.convert_to_numpy(one), ops.convert_to_numpy(other), atol=1e-6
    )


def test_a_sequence_shorter_than_the_top(rng):
    outputs = MemoryRNN(stack_cell(top=3))(np.ones((2, 1, FEATURES), "float32"))
    assert np.isfinite(ops.convert_to_numpy(outputs)).all()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"stacks": 0}, "Expected a positive integer for stacks. Received: 0"),
        ({"depth": 0}, "Expected a positive integer for depth. Received: 0"),
        ({"depth": 2, "top": 3}, "Expected top of at most depth=2. Received: 3"),
        ({"structure": "queue"}, "'stack', 'list' for structure. Received: 'queue'"),
        ({"depth": 2.5}, "Expected a positive integer for depth. Received: 2.5"),
    ],
)
def test_bad_input(arguments, error):
    with pytest.raises(ValueError, match=error) as refused:
        stack_cell(**arguments)
    assert "\n" not in str(refused.value)


def test_inputs_must_be_wider_than_the_noise():
    with pytest.raises(ValueError, match="Expected more inputs than 8 of action_noise"):
        stack_cell(action_noise=True).build((None, 8))


def test_it_does_not_depend_on_the_order_of_a_batch(rng):
    cell = built(stack_cell(), rng)
    inputs = rng.normal(size=(3, STEPS, FEATURES)).astype("float32")
    together = ops.convert_to_numpy(MemoryRNN(cell)(inputs))
    alone = [ops.convert_to_numpy(MemoryRNN(cell)(inputs[i : i + 1]))[0] for i in range(3)]
    np.testing.assert_allclose(together, alone, atol=1e-6)
