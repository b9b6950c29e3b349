"""Sparse attentive backtracking, against a graph of every state that is built by hand."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import BilinearScore, Score, SparseAttentiveBacktracking

BATCH, STEPS, DIM, UNITS = 3, 11, 2, 4
CELLS = {
    "lstm": keras.layers.LSTMCell,
    "gru": keras.layers.GRUCell,
    "simple": keras.layers.SimpleRNNCell,
}


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(BATCH, STEPS, DIM)).astype("float32")


class OffCentre(Score):
    """A score with a bias, which a key of zeros has a share in."""

    def build(self, query_shape, key_shape):
        self.centre = self.add_weight(shape=(key_shape[-1],), initializer="ones")

    def prepare(self, key):
        return key - self.centre

    def compare(self, query, key):
        return -ops.sum(ops.square(query[..., :, None, :] - key[..., None, :, :]), -1)


class PlainCell(keras.layers.Layer):
    """What a cell must have, and no more."""

    state_size = UNITS

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], UNITS))

    def call(self, inputs, states):
        state = ops.tanh(ops.matmul(inputs, self.kernel) + states[0])
        return state, [state]


def built(cell="lstm", width=DIM, **arguments):
    """A layer whose scores differ enough to tell microstates apart."""
    keras.utils.set_random_seed(4)
    arguments = {"k_top": 2, "k_trunc": 3, "k_att": 2, "return_sequences": True, **arguments}
    if arguments.get("score") is OffCentre:
        arguments["score"] = OffCentre()
    layer = SparseAttentiveBacktracking(CELLS[cell](UNITS), **arguments)
    layer.build((None, None, width))
    if layer.k_top != 0 and layer.score.name.startswith("additive"):
        for weight in layer.score.trainable_variables:
            weight.assign(3 * weight)
    return layer


def naive(layer, inputs):
    """Outputs and weights, of lists of states that are kept, and cut, by hand."""
    cell, score = layer.cell, layer.score
    batch, length, _ = np.shape(inputs)
    states = keras.layers.RNN(cell).get_initial_state(batch)
    microstates, outputs, attended = [], [], []
    for t in range(1, length + 1):
        if layer.k_trunc and t > 1 and (t - 1) % layer.k_trunc == 0:
            states = [ops.stop_gradient(state) for state in states]
        _, states = cell(inputs[:, t - 1], states)
        states = list(states) if isinstance(states, (list, tuple)) else [states]
        if layer.k_top != 0:
            summaries, row_weights = [], np.zeros((batch, length // layer.k_att), "float32")
            for b in range(batch):
                if not microstates:
                    summaries.append(ops.zeros((layer.units,)))
                    continue
                past = ops.stack([m[b] for m in microstates])
                scores = score(states[0][b][None, None], past[None])[0, 0]
                order = np.argsort(-np.asarray(ops.stop_gradient(scores)), kind="stable")
                chosen = order[: layer.k_top]
                scores = scores - ops.stop_gradient(ops.max(scores))
                powers = ops.exp(ops.stack([scores[int(i)] for i in chosen]))
                weights = powers / ops.sum(powers)
                row_weights[b, chosen] = ops.stop_gradient(weights)
                summaries.append(sum(weights[n] * past[int(i)] for n, i in enumerate(chosen)))
            summary = ops.stack(summaries)
            states[0] = states[0] + summary
            outputs.append(ops.concatenate([states[0], summary], axis=-1))
            attended.append(row_weights)
            if t % layer.k_att == 0:
                microstates.append(states[0])
        else:
            outputs.append(states[0])
    return ops.stack(outputs, axis=1), np.stack(attended, axis=1) if attended else None


SETTINGS = {
    "sparse": {},
    "one": {"k_top": 1, "k_att": 1},
    "long_stretches": {"k_trunc": 4, "k_att": 3},
    "bilinear": {"score": "bilinear"},
    "off_centre": {"score": OffCentre},
    "off_centre_all": {"score": OffCentre, "k_top": None},
    "not_truncated": {"k_trunc": None},
    "full_self_attention": {"k_top": None, "k_trunc": None, "k_att": 1},
    "all_of_every_third": {"k_top": None, "k_trunc": 2, "k_att": 3},
    "truncated": {"k_top": 0},
    "plain": {"k_top": 0, "k_trunc": None},
}


CASES = [*(("lstm", name) for name in SETTINGS), *((c, "sparse") for c in ("gru", "simple"))]


@pytest.mark.parametrize(("cell", "name"), CASES)
def test_outputs_are_those_of_the_formulas(cell, name, inputs):
    layer = built(cell, **SETTINGS[name])
    expected, expected_weights = naive(layer, inputs)
    if layer.k_top == 0:
        found = layer(inputs)
    else:
        found, weights = layer(inputs, return_attention_scores=True)
        np.testing.assert_allclose(weights, expected_weights, atol=1e-5)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def with_weights(layer, run):
    """`run(inputs)`, a function of the layer's weights, too."""

    def function(inputs, *values):
        mapping = list(zip(layer.trainable_variables, values, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return run(inputs)

    return function, [np.asarray(weight) for weight in layer.trainable_variables]


# Of each kind one; on TensorFlow, all.
QUICK = ("lstm", "sparse"), ("gru", "sparse"), ("lstm", "truncated")


@pytest.mark.parametrize(
    ("cell", "name"),
    [pytest.param(*c, marks=() if c in QUICK else pytest.mark.slow) for c in CASES],
)
def test_gradients_are_those_of_the_replay_graph(cell, name, inputs, rng, gradients):
    """Of inputs and of all weights."""
    layer = built(cell, **SETTINGS[name])
    output = layer(inputs)
    upstream = rng.normal(size=output.shape).astype("float32")
    plain, values = with_weights(layer, lambda x: ops.multiply(naive(layer, x)[0], upstream))
    expected = gradients(plain, inputs, *values)
    # A soft-max over one is 1, whatever its score.
    learned = len(expected) - (len(layer.score.weights) if layer.k_top == 1 else 0)
    assert all(np.any(gradient) for gradient in expected[:learned])
    ours, _ = with_weights(layer, lambda x: ops.multiply(layer(x), upstream))
    found = gradients(ours, inputs, *values)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("cell", CELLS)
def test_without_retrieval_it_is_the_cell(cell, inputs, gradients):
    layer = built(cell, k_top=0, k_trunc=STEPS)
    plain = keras.layers.RNN(layer.cell, return_sequences=True)
    np.testing.assert_allclose(layer(inputs), plain(inputs), atol=1e-6)
    np.testing.assert_allclose(
        gradients(layer, inputs)[0], gradients(plain, inputs)[0], atol=1e-5
    )


def test_full_self_attention_is_the_limit_of_many(inputs, gradients):
    """As many as there are, or all of them: the same, in values and gradients."""
    everything = built(k_top=None, k_trunc=None, k_att=1)
    many = built(k_top=STEPS, k_trunc=STEPS, k_att=1)
    many.set_weights(everything.get_weights())
    np.testing.assert_allclose(many(inputs), everything(inputs), atol=1e-5)
    np.testing.assert_allclose(
        gradients(many, inputs)[0], gradients(everything, inputs)[0], atol=1e-5
    )


def test_credit_reaches_what_was_retrieved_and_nothing_else(rng, gradients):
    """From the last output, through one microstate a step, in stretches of three."""
    steps, layer = 30, built(k_top=1, k_trunc=3, k_att=3)
    inputs = rng.normal(size=(BATCH, steps, DIM)).astype("float32")
    _, weights = layer(inputs, return_attention_scores=True)
    weights, sizes = np.asarray(weights), []
    for b in range(BATCH):
        reached, waiting = set(), [steps - 1]
        while waiting:
            last = waiting.pop()
            stretch = range(last - last % 3, last + 1)
            reached |= set(stretch)
            waiting += [3 * i + 2 for t in stretch for i in np.flatnonzero(weights[b, t])]
        (found,) = gradients(lambda x, b=b: layer(x)[b, -1], inputs)
        assert {t for t in range(steps) if np.any(found[b, t])} == reached
        assert not np.any(np.delete(found, b, axis=0))
        sizes.append(len(reached))
    assert 3 < min(sizes) < steps


@pytest.mark.parametrize("name", ["sparse", "full_self_attention", "truncated"])
def test_masked_steps_are_passed_over_wherever_they_are(name, inputs, rng, gradients):
    layer = built(**SETTINGS[name])
    real = np.sort(rng.permutation(STEPS + 4)[:STEPS])
    mask = np.zeros((BATCH, STEPS + 4), bool)
    mask[:, real] = True
    wide = np.full((BATCH, STEPS + 4, DIM), np.nan, "float32")
    wide[:, real] = inputs
    found, expected = np.asarray(layer(wide, mask=mask)), np.asarray(layer(inputs))
    np.testing.assert_allclose(found[:, real], expected, atol=1e-6)
    for t in range(1, STEPS + 4):  # between steps, the output stays
        if t not in real:
            np.testing.assert_array_equal(found[:, t], found[:, t - 1])
    of_wide, values = with_weights(layer, lambda x: layer(x, mask=mask)[:, -1])
    to_wide, *to_weights = gradients(of_wide, wide, *values)
    plain, _ = with_weights(layer, lambda x: layer(x)[:, -1])
    to_inputs, *expected = gradients(plain, inputs, *values)
    np.testing.assert_allclose(to_wide[:, real], to_inputs, atol=1e-5)
    assert not np.any(np.delete(to_wide, real, axis=1))
    for one, other in zip(to_weights, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5, rtol=1e-4)


@pytest.mark.only("jax", because="it says how much a compiled function holds")
def test_memory_of_the_gradient_grows_with_steps_not_with_their_square():
    """What a layer is worth: its outputs, retrieved steps included, of every step."""
    import jax

    def size(steps, **arguments):
        layer = built(k_att=1, **arguments)

        def of_sum(inputs):
            return ops.sum(layer(inputs) ** 2)

        compute = jax.jit(jax.grad(of_sum))
        inputs = np.ones((BATCH, steps, DIM), "float32")
        return compute.lower(inputs).compile().memory_analysis().temp_size_in_bytes

    assert size(400) < 2.5 * size(200)
    assert size(400, k_top=None) > 3 * size(200, k_top=None)


def test_the_last_output_alone(inputs):
    layer = built()
    every = layer(inputs)
    layer.return_sequences = False
    np.testing.assert_allclose(layer(inputs), every[:, -1], atol=1e-6)
    mask = np.arange(STEPS) < np.array([[11], [7], [1]])
    found = layer(inputs, mask=mask)
    expected = [every[0, 10], every[1, 6], every[2, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("k_trunc", [None, 4])
def test_it_starts_from_a_given_state(k_trunc, inputs, rng, gradients):
    """Which learns from the outputs of the first stretch, and from these alone."""
    layer = built(k_top=0, k_trunc=k_trunc)
    plain = keras.layers.RNN(layer.cell, return_sequences=True)
    states = [rng.normal(size=(BATCH, UNITS)).astype("float32") for _ in range(2)]
    found = layer(inputs, initial_state=states)
    np.testing.assert_allclose(found, plain(inputs, initial_state=states), atol=1e-6)

    def of_states(layer, inputs):
        return gradients(lambda *states: layer(inputs, initial_state=states), *states)

    stretch = inputs[:, :k_trunc]
    for found, expected in zip(
        of_states(layer, inputs), of_states(plain, stretch), strict=True
    ):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_masked_steps_attend_to_nothing(inputs):
    layer, length = built(k_att=1), np.array([[11], [7], [0]])
    outputs, weights = layer(
        inputs, mask=np.arange(STEPS) < length, return_attention_scores=True
    )
    attended = ops.sum(weights, axis=-1)
    expected = (np.arange(STEPS) < length) & (np.arange(STEPS) > 0)
    np.testing.assert_allclose(attended, expected, atol=1e-6)
    assert not np.any(np.asarray(outputs)[2])


def test_an_implicit_mask_beside_initial_states(inputs):
    """Which Keras hands on under another name."""
    layer, states = built(), [np.ones((BATCH, UNITS), "float32")] * 2
    mask = np.arange(STEPS) < np.array([[11], [7], [2]])
    masked = keras.layers.Masking()(np.where(mask[..., None], inputs, 0).astype("float32"))
    found = layer(masked, initial_state=states)
    expected = layer(inputs, mask=mask, initial_state=states)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_a_cell_of_ones_own(inputs):
    layer = SparseAttentiveBacktracking(PlainCell(), k_top=0, return_sequences=True)
    expected, _ = naive(layer, inputs)
    np.testing.assert_allclose(layer(inputs), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("outer", "inner"), [("mixed_float16", "float32"), ("float32", "mixed_float16")]
)
def test_a_cell_of_another_precision(outer, inner, inputs):
    cell = keras.layers.LSTMCell(UNITS, dtype=inner)
    layer = SparseAttentiveBacktracking(cell, k_top=20, k_att=2, dtype=outer)
    output, weights = layer(inputs, return_attention_scores=True)
    for tensor in (output, weights):
        assert keras.backend.standardize_dtype(tensor.dtype) == outer.removeprefix("mixed_")
    total = ops.sum(ops.cast(weights, "float32"), axis=-1)
    np.testing.assert_allclose(total[:, 2:], 1, atol=2e-3)


def test_dropout_of_the_cell_is_that_of_keras(inputs):
    """One mask for all steps of a sequence."""
    cells = [
        keras.layers.LSTMCell(UNITS, dropout=0.5, recurrent_dropout=0.3, seed=4)
        for _ in range(2)
    ]
    ours = SparseAttentiveBacktracking(cells[0], k_top=0, k_trunc=None)
    theirs = keras.layers.RNN(cells[1])
    for layer in (ours, theirs):
        layer.build(inputs.shape)
    ours.set_weights(theirs.get_weights())
    found, expected = (each(inputs, training=True) for each in (ours, theirs))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert not np.allclose(found, theirs(inputs))


def test_any_score(inputs):
    layer = built(score=BilinearScore(rank=2))
    assert ops.shape(layer(inputs)) == (BATCH, STEPS, 2 * UNITS)


def test_what_is_symbolic_has_the_shapes_of_what_is_not(inputs):
    for settings in SETTINGS.values():
        for return_sequences in (True, False):
            layer = built(**settings, return_sequences=return_sequences)
            output = layer(keras.Input((STEPS, DIM), batch_size=BATCH))
            assert output.shape == layer(inputs).shape


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k_top": -1}, r"Expected an integer of 0 or more for k_top\. Received: -1"),
        ({"k_top": 2.5}, "for k_top"),
        ({"k_trunc": 0}, r"Expected a positive integer for k_trunc\. Received: 0"),
        ({"k_att": 0}, "Expected a positive integer for k_att"),
        ({"score": "cubic"}, "for score. Received: 'cubic'"),
        ({"cell": keras.layers.LSTM(3)}, "Expected a cell"),
        *(
            ({"cell": keras.layers.StackedRNNCells([cell(3), cell(3)])}, "a single cell")
            for cell in (keras.layers.LSTMCell, keras.layers.GRUCell)
        ),
        (
            {"cell": SimpleNamespace(state_size=[[3], 3])},
            "Expected a cell whose states are vectors",
        ),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        SparseAttentiveBacktracking(**{"cell": keras.layers.LSTMCell(3), **arguments})


def test_sequences_too_short_to_store_a_state():
    with pytest.raises(ValueError, match=r"at least k_att=5 steps .* Received: 4"):
        built(k_att=5)(np.zeros((1, 4, DIM), "float32"))
    with pytest.raises(ValueError, match=r"at least 1 step .* Received: 0"):
        built(k_top=0, k_att=5)(np.zeros((1, 0, DIM), "float32"))
    assert built(k_att=5)(np.zeros((1, 5, DIM), "float32")).shape == (1, 5, 2 * UNITS)


def test_inputs_of_another_rank():
    with pytest.raises(ValueError, match=r"Expected inputs \(batch, steps, dim\)"):
        built()(np.zeros((4, DIM), "float32"))


def test_a_mask_of_another_shape(inputs):
    with pytest.raises(ValueError, match=r"Expected mask of shape \(3, 11\)"):
        built()(inputs, mask=np.ones((BATCH, STEPS - 1), bool))


def test_initial_states_that_are_not_the_cell_s(inputs):
    with pytest.raises(ValueError, match=r"initial_state of 2 tensors\. Received: 1"):
        built()(inputs, initial_state=np.zeros((BATCH, UNITS), "float32"))
    states = [np.zeros((BATCH, n), "float32") for n in (UNITS, UNITS + 1)]
    with pytest.raises(ValueError, match=r"of widths \[(\d), \1\]\. Received: \[\d, \d\]"):
        built()(inputs, initial_state=states)
