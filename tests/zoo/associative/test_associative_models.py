"""Associative memories as models: `fit` stores, `predict` recalls."""

import keras
import numpy as np
import pytest

from keras_memory import zoo

UNITS = 50


def signs(rng, *shape):
    return np.where(rng.random(shape) < 0.5, -1, 1).astype("float32")


MODELS = {
    "hebb": lambda: zoo.HopfieldNetwork(UNITS),
    "storkey": lambda: zoo.HopfieldNetwork(UNITS, "storkey"),
    "pseudo_inverse": lambda: zoo.HopfieldNetwork(UNITS, "pseudo_inverse", "synchronous"),
    "dense": lambda: zoo.DenseHopfieldNetwork(UNITS, slots=9),
    "power": lambda: zoo.DenseHopfieldNetwork(UNITS, slots=9, interaction=3),
    "distance": lambda: zoo.ContinuousHopfieldNetwork(UNITS, slots=9),
    "dot": lambda: zoo.ContinuousHopfieldNetwork(UNITS, slots=9, similarity="dot"),
}


@pytest.fixture(scope="module")
def patterns():
    return signs(np.random.default_rng(7), 4, UNITS)


@pytest.fixture(scope="module")
def cues(patterns):
    is_turned = np.random.default_rng(8).random(patterns.shape) < 0.1
    return np.where(is_turned, -patterns, patterns)


@pytest.fixture(scope="module", params=MODELS)
def stored(request, patterns):
    """Each model, and its name, with all patterns stored by two calls; not to be changed."""
    model = MODELS[request.param]()
    for part in (patterns[:3], patterns[3:]):
        model.fit(part, verbose=0)
    return request.param, model


@pytest.fixture(scope="module")
def hopfield(patterns):
    """A Hopfield network that has all patterns; not to be changed."""
    model = zoo.HopfieldNetwork(UNITS)
    model.fit(patterns, verbose=0)
    return model


@pytest.fixture(scope="module")
def continuous(patterns):
    """A continuous one that has all patterns; not to be changed."""
    model = zoo.ContinuousHopfieldNetwork(UNITS, slots=9)
    model.fit(patterns, verbose=0)
    return model


def test_fit_stores_and_predict_recalls(stored, patterns, cues):
    _, model = stored
    np.testing.assert_allclose(model.predict(cues, verbose=0), patterns, atol=1e-3)
    assert list(model.history.history) == ["loss"]
    assert int(model.memory.stored) == 4


def test_a_data_set_of_batches(stored, patterns):
    """What it stores is what arrays of as many patterns store."""
    import tensorflow as tf

    name, expected = stored
    model = MODELS[name]()
    model.compile(jit_compile=False)
    model.fit(tf.data.Dataset.from_tensor_slices(patterns).batch(3), verbose=0)
    for mine, other in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-6)


def test_trace_shows_every_update(stored, cues):
    _, model = stored
    trace, recalled = model.trace(cues), model.recall(cues)
    np.testing.assert_array_equal(trace["states"][0], cues)
    np.testing.assert_allclose(trace["states"][-1], recalled["attractors"], atol=1e-5)
    assert len(trace["states"]) == 1 + np.max(np.asarray(recalled["updates"]))
    np.testing.assert_allclose(trace["energies"][-1], recalled["energies"], rtol=1e-5)
    assert np.all(np.diff(trace["energies"], axis=0) <= 1e-4)


def test_what_is_not_known_of_a_cue(continuous, patterns):
    known = np.broadcast_to(np.arange(UNITS) < UNITS // 2, patterns.shape)
    found = continuous.recall(np.where(known, patterns, 99), known=known)["attractors"]
    np.testing.assert_allclose(found, patterns, atol=1e-3)


def test_what_is_stored_is_saved(stored, cues, tmp_path):
    _, model = stored
    model.save(tmp_path / "model.keras")
    again = zoo.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(cues), model(cues))
    assert int(again.memory.stored) == 4


@pytest.mark.only("tensorflow", because="it writes SavedModels")
def test_served(stored, cues, tmp_path):
    """Cues in; attractors, energies and numbers of updates out."""
    import tensorflow as tf

    from keras_memory.recipes.running.exporting import export

    _, model = stored
    export(model, tmp_path / "served")
    served = tf.saved_model.load(str(tmp_path / "served"))
    found = served.signatures["serving_default"](tf.constant(cues))
    for name, value in model.recall(cues).items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-5)


@pytest.mark.only("tensorflow", because="it writes SavedModels")
def test_halves_served(continuous, patterns, tmp_path):
    import tensorflow as tf

    from keras_memory.recipes.running.exporting import export

    export(continuous, tmp_path / "served")
    served = tf.saved_model.load(str(tmp_path / "served")).signatures["partly_known"]
    known = np.broadcast_to(np.arange(UNITS) < UNITS // 2, patterns.shape)
    halves = np.where(known, patterns, 0).astype("float32")
    found = served(cues=tf.constant(halves), known=tf.constant(known))
    np.testing.assert_allclose(found["attractors"], patterns, atol=1e-4)


@pytest.fixture(scope="module")
def pairs():
    random = np.random.default_rng(7)
    return {"first": signs(random, 3, 40), "second": signs(random, 3, 20)}


@pytest.fixture(scope="module")
def bidirectional(pairs):
    """A model that has the pairs; not to be changed."""
    model = zoo.BidirectionalAssociativeMemory(40, 20)
    model.fit(pairs, verbose=0)
    return model


@pytest.mark.only("tensorflow", because="it writes SavedModels")
def test_pairs_served(bidirectional, pairs, tmp_path):
    import tensorflow as tf

    from keras_memory.recipes.running.exporting import export

    export(bidirectional, tmp_path / "served")
    served = tf.saved_model.load(str(tmp_path / "served")).signatures["serving_default"]
    first, second = tf.constant(pairs["first"]), tf.zeros((3, 20))
    found = served(first=first, second=second)
    np.testing.assert_array_equal(found["second"], pairs["second"])
    assert {"energies", "updates"} < set(found)


def test_pairs(bidirectional, pairs, tmp_path):
    first, second = pairs["first"], pairs["second"]
    cues = {"first": first, "second": 0 * second}
    found = bidirectional.predict(cues, verbose=0)
    np.testing.assert_array_equal(found["second"], second)
    found = bidirectional.recall({"first": 0 * first, "second": second})
    np.testing.assert_array_equal(found["first"], first)
    trace = bidirectional.trace({"first": 0 * first, "second": second})
    np.testing.assert_array_equal(trace["first"][-1], first)
    assert trace["energies"].shape == (len(trace["second"]), 3)
    bidirectional.save(tmp_path / "model.keras")
    found = zoo.load(tmp_path / "model.keras")(cues)
    np.testing.assert_array_equal(found["second"], second)


def test_a_warning_of_too_many(rng):
    patterns = signs(rng, 20, 100)
    with pytest.warns(
        UserWarning, match="up to about 14 random patterns .* 1.3 % of the units"
    ):
        zoo.HopfieldNetwork(100).fit(patterns, verbose=0)
    with pytest.warns(UserWarning, match="up to about 8 .* 'storkey'"):
        zoo.HopfieldNetwork(20, "storkey").fit(patterns[:9, :20], verbose=0)
    with pytest.warns(UserWarning, match="up to about 9 .* 'pseudo_inverse'"):
        zoo.HopfieldNetwork(10, "pseudo_inverse").fit(patterns[:10, :10], verbose=0)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.ones((2, 9)), r"Expected patterns \(batch, 50\).* Received: shape \(2, 9\)"),
        (np.ones(50), r"Expected patterns \(batch, 50\).* Received: shape \(50,\)"),
        (np.ones((0, 50)), r"one or more. Received: shape \(0, 50\)"),
        (np.eye(50), r"Expected patterns of -1 and 1; of 0 and 1, 2 \* x - 1 makes such"),
        (np.full((2, 50), 0.5), r"Expected patterns of -1 and 1. Received: \[0.5\]"),
        (np.full((2, 50), np.nan), "Expected patterns of -1 and 1. Received"),
        ({"cues": np.ones((2, 50)), "more": 1}, "Expected a dictionary of cues"),
    ],
)
def test_wrong_patterns(x, message):
    for model in (zoo.HopfieldNetwork(UNITS), zoo.DenseHopfieldNetwork(UNITS)):
        with pytest.raises(ValueError, match=message):
            model.fit(x)
        assert int(model.memory.stored) == 0


def test_wrong_cues(hopfield, patterns):
    for call in (hopfield.predict, hopfield.recall, hopfield.trace):
        with pytest.raises(ValueError, match="Expected cues of -1 and 0 and 1"):
            call(3 * patterns)
    hopfield.predict(0 * patterns, verbose=0)


def test_no_cues(hopfield, patterns):
    for call in (hopfield.predict, hopfield.recall, hopfield.trace):
        with pytest.raises(ValueError, match=r"Expected cues .*one or more. .* \(0, 50\)"):
            call(patterns[:0])


def test_pairs_that_are_none():
    model = zoo.BidirectionalAssociativeMemory(4, 2)
    pairs = {"first": np.ones((3, 4)), "second": np.ones((2, 2))}
    with pytest.raises(ValueError, match="as many patterns of each side. .*'second': 2"):
        model.fit(pairs)
    model.fit({side: array[:2] for side, array in pairs.items()}, verbose=0)
    for call in (model.predict, model.recall, model.trace):
        with pytest.raises(ValueError, match="as many cues of each side. .*'first': 3"):
            call(pairs)


def test_numbers_that_are_not_finite():
    model = zoo.ContinuousHopfieldNetwork(UNITS)
    with pytest.raises(ValueError, match="Expected finite patterns"):
        model.fit(np.full((2, UNITS), np.inf))


@pytest.mark.parametrize("make", [zoo.DenseHopfieldNetwork, zoo.ContinuousHopfieldNetwork])
def test_no_room(make, patterns):
    model = make(UNITS, slots=6)
    model.compile(jit_compile=False)
    model.fit(patterns, verbose=0)
    with pytest.raises(ValueError, match="up to 2 further patterns"):
        model.fit(patterns)
    assert int(model.memory.stored) == 4


@pytest.mark.parametrize("make", [zoo.DenseHopfieldNetwork, zoo.ContinuousHopfieldNetwork])
def test_no_room_for_a_data_set(make, patterns):
    """What was stored before is recalled as before."""
    import tensorflow as tf

    model = make(UNITS, slots=6)
    model.compile(jit_compile=False)
    model.fit(patterns, verbose=0)
    batches = tf.data.Dataset.from_tensor_slices(-patterns).batch(2)
    with pytest.raises(ValueError, match="up to 2 further patterns.*Received: 4"):
        model.fit(batches, verbose=0)
    assert int(model.memory.stored) == 4
    np.testing.assert_allclose(model(patterns), patterns, atol=1e-4)
    model.fit(batches.take(1), verbose=0)
    np.testing.assert_allclose(model(-patterns[:2]), -patterns[:2], atol=1e-4)


def test_a_warning_of_a_data_set_of_too_many(rng):
    import tensorflow as tf

    batches = tf.data.Dataset.from_tensor_slices(signs(rng, 20, 100)).batch(10)
    with pytest.warns(UserWarning, match="Received: 20 in all"):
        zoo.HopfieldNetwork(100).fit(batches, verbose=0)


@pytest.mark.parametrize(
    ("model", "name"), [("hopfield", "external"), ("continuous", "known")]
)
def test_arguments_of_units_have_their_number(model, name, patterns, request):
    model = request.getfixturevalue(model)
    with pytest.raises(ValueError, match=rf"{name} \(50,\) or \(4, 50\). .* \(2, 7\)"):
        model.recall(patterns, **{name: np.ones((2, 7))})


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_nothing_stored(make, cues):
    with pytest.raises(ValueError, match="Expected stored patterns: call fit first"):
        make().recall(cues)


def test_one_pass(patterns):
    with pytest.raises(ValueError, match="Expected epochs=1"):
        zoo.HopfieldNetwork(UNITS).fit(patterns, epochs=2)


def test_presets(hopfield, patterns, cues, tmp_path):
    hopfield.save_to_preset(tmp_path / "preset")
    again = zoo.from_preset(tmp_path / "preset")
    np.testing.assert_array_equal(again.recall(cues)["attractors"], patterns)
    assert isinstance(again, keras.Model)


def test_lists_are_taken(hopfield, patterns, cues):
    model = zoo.HopfieldNetwork(UNITS)
    model.compile(jit_compile=False)
    model.fit(patterns.tolist(), verbose=0)
    for mine, other in zip(model.get_weights(), hopfield.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    found = hopfield.predict(cues.tolist(), verbose=0)
    np.testing.assert_array_equal(found, hopfield.predict(cues, verbose=0))
    found = hopfield.recall(cues.tolist())["attractors"]
    np.testing.assert_array_equal(found, hopfield.recall(cues)["attractors"])
    for rows in ([[1, -1], [1]], [["a"] * UNITS]):
        with pytest.raises(ValueError, match="Expected an array of numbers. Received"):
            model.fit(rows)


def test_pairs_of_lists(pairs, bidirectional):
    model = zoo.BidirectionalAssociativeMemory(40, 20)
    model.compile(jit_compile=False)
    model.fit({side: array.tolist() for side, array in pairs.items()}, verbose=0)
    for mine, other in zip(model.get_weights(), bidirectional.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize(
    "argument",
    [
        {"validation_split": 0.25},
        {"initial_epoch": 1},
        {"steps_per_epoch": 1},
        {"sample_weight": np.ones(4)},
        {"y": np.ones(4)},
    ],
    ids=str,
)
def test_arguments_by_which_a_part_would_not_be_stored(argument, patterns):
    (name,) = argument
    model = zoo.DenseHopfieldNetwork(UNITS)
    with pytest.raises(ValueError, match=f"Expected no {name}: all of x is stored"):
        model.fit(patterns, **argument)
    assert model.stored == 0
