import keras
import numpy as np
import pytest

from keras_memory.zoo import SparseAttentiveRNN

BATCH, STEPS, WIDTH, LABELS = 4, 9, 3, 2
LENGTH = np.array([9, 5, 4, 0])
TASKS = "labelling", "classification", "regression"
KINDS = {"vectors": {}, "one_hot": {"symbols": True}}
KINDS["embedded"] = {"symbols": True, "embedding_units": 6}


def make(**arguments):
    keras.utils.set_random_seed(3)
    arguments = {"units": 5, "k_top": 2, "k_trunc": 4, "k_att": 2, **arguments}
    return SparseAttentiveRNN(WIDTH, LABELS, **arguments)


def draw(rng, symbols=False, **_):
    if symbols:
        return {"symbols": rng.integers(0, WIDTH, (BATCH, STEPS)), "length": LENGTH}
    return {"vectors": rng.normal(size=(BATCH, STEPS, WIDTH)), "length": LENGTH}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("task", TASKS)
def test_what_lies_behind_length_does_not_matter(task, kind, rng, gradients):
    model, inputs = make(task=task, **KINDS[kind]), draw(rng, **KINDS[kind])
    is_step = np.arange(STEPS) < LENGTH[:, None]
    (name, values), _ = inputs.items()
    wild = 99 if KINDS[kind] else np.nan
    mask = is_step if KINDS[kind] else is_step[..., None]
    others = {**inputs, name: np.where(mask, values, wild)}
    outputs = np.asarray(model(inputs))
    assert outputs.shape == ((BATCH, STEPS, 2) if task == "labelling" else (BATCH, 2))
    np.testing.assert_array_equal(model(others), outputs)
    if task != "labelling":  # the last step is that before the padding
        short = {name: values[1:2, :5], "length": LENGTH[1:2]}
        np.testing.assert_allclose(model(short), outputs[1:2], atol=1e-6)
    kernel = np.asarray(model.backtracking.cell.kernel)

    def of_kernel(kernel):
        with keras.StatelessScope(state_mapping=[(model.backtracking.cell.kernel, kernel)]):
            return model(others)

    assert np.all(np.isfinite(gradients(of_kernel, kernel)[0]))


def test_trace(rng):
    model, inputs = make(), draw(rng)
    trace = model.trace(inputs)
    weights, stored, retrieved = (trace[k] for k in ("weights", "stored", "retrieved"))
    assert weights.shape == (BATCH, STEPS, 4)
    assert retrieved.shape == (BATCH, STEPS, 2)
    np.testing.assert_array_equal(stored, [1, 3, 5, 7])
    for b in range(BATCH):
        for now in range(STEPS):
            then = retrieved[b, now]
            past = stored[stored < now] if now < LENGTH[b] else []
            found = set(then[then >= 0])
            assert found <= set(past)
            assert len(found) == min(2, len(past)) == np.sum(then >= 0)
            assert set(stored[weights[b, now] > 0]) == found
            np.testing.assert_allclose(weights[b, now].sum(), len(past) > 0, atol=1e-6)
            first, second = (weights[b, now, (s - 1) // 2] if s >= 0 else 0 for s in then)
            assert first >= second


@pytest.mark.parametrize(("k_top", "columns"), [(None, 4), (0, 0), (9, 4)])
def test_trace_of_all_and_of_none(k_top, columns, rng):
    trace = make(k_top=k_top).trace(draw(rng))
    assert trace["retrieved"].shape == (BATCH, STEPS, columns)
    attended = np.sum(trace["weights"], axis=-1)
    np.testing.assert_allclose(attended[0, 2:], 1 if columns else 0, atol=1e-6)
    if columns:
        assert set(trace["retrieved"][0, 4]) == {1, 3, -1}


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_back_from_config_and_preset(kind, rng, tmp_path):
    model, inputs = make(k_top=None, **KINDS[kind]), draw(rng, **KINDS[kind])
    again = SparseAttentiveRNN.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)
    model.save_to_preset(tmp_path / "preset")
    again = SparseAttentiveRNN.from_preset(tmp_path / "preset")
    assert again.get_config() == model.get_config()
    np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)


def test_fits_plain_arrays_and_runs_longer_than_it_was_trained(rng):
    """Which of two symbols came first? Gradients pass two steps: it must retrieve."""

    def draw(examples, steps):
        symbols = np.full((examples, steps), 2)
        symbols[:, 0] = rng.integers(0, 2, examples)
        return {"symbols": symbols, "length": np.full(examples, steps)}, symbols[:, 0]

    keras.utils.set_random_seed(1)
    model = SparseAttentiveRNN(
        3, 2, "classification", symbols=True, units=8, k_top=2, k_trunc=2, k_att=1
    )
    model.optimizer.learning_rate = 2e-2
    model.fit(*draw(512, 8), batch_size=32, epochs=6, verbose=0)
    for steps in (8, 12):
        inputs, answers = draw(64, steps)
        predicted = np.argmax(np.asarray(model(inputs)), axis=-1)
        assert np.mean(predicted == answers) > 0.95


def test_a_sequence_too_short_to_store_a_state():
    model = make(k_att=5)
    with pytest.raises(ValueError, match=r"at least k_att=5 steps .* Received: 4"):
        model({"vectors": np.zeros((1, 4, WIDTH)), "length": np.array([4])})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"task": "translation"}, "for task. Received: 'translation'"),
        ({"cell": "ntm"}, "'gru', 'lstm', 'simple' for cell. Received: 'ntm'"),
        ({"units": 0}, "positive integer for units. Received: 0"),
        ({"embedding_units": -1}, "for embedding_units. Received: -1"),
        ({"embedding_units": 8}, "symbols=True, to embed. Received: embedding_units=8"),
        ({"k_top": -1}, "for k_top. Received: -1"),
        ({"k_trunc": 0}, "for k_trunc. Received: 0"),
        ({"k_att": 0}, "for k_att. Received: 0"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        make(**arguments)


def test_layers_before_the_cell_and_after_the_output(rng, tmp_path):
    """Raw vectors in, raw numbers out; padding may be anything."""
    inputs = draw(rng)
    plain = make(task="regression")
    first = keras.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 9.0, 16.0])
    model = make(task="regression", first=first, last=keras.layers.Rescaling(10.0, 5.0))
    model.set_weights(plain.get_weights())
    is_step = np.arange(STEPS) < LENGTH[:, None]
    raw = np.where(is_step[..., None], inputs["vectors"] * [2, 3, 4] + [1, 2, 3], np.nan)
    expected = 10 * np.asarray(plain(inputs)) + 5
    np.testing.assert_allclose(model({**inputs, "vectors": raw}), expected, atol=1e-4)
    model.save_to_preset(tmp_path / "preset")
    again = SparseAttentiveRNN.from_preset(tmp_path / "preset")
    np.testing.assert_allclose(again({**inputs, "vectors": raw}), expected, atol=1e-4)


def test_classify_names_the_likeliest_label(rng):
    model, inputs = make(task="classification", labels=["no", "yes"]), draw(rng)
    logits = np.asarray(model(inputs))
    found = model.classify(inputs)
    expected = [["no", "yes"][best].encode() for best in logits.argmax(axis=-1)]
    assert list(np.asarray(found["label"])) == expected
    odds = np.exp(logits.min(axis=-1) - logits.max(axis=-1))
    np.testing.assert_allclose(found["probability"], 1 / (1 + odds), atol=1e-6)
    assert set(model.endpoints()) == {"serving_default", "classify"}
    assert set(make(labels=["a", "b"]).endpoints()) == {"serving_default"}
    with pytest.raises(ValueError, match="Expected a model for classification"):
        make(task="classification").classify(inputs)


def test_next_characters():
    """Those of the logits at the end of each text; what has no number is left out."""
    keras.utils.set_random_seed(3)
    labels = ["c", "é", "\n"]
    model = SparseAttentiveRNN(3, 3, symbols=True, labels=labels, units=5, k_top=2, k_att=2)
    found = model.next_characters(["cé\nc", "cécX\nYX", "Z", ""])
    symbols = np.array([[0, 1, 2, 0], [0, 1, 0, 2], [0, 0, 0, 0], [0, 0, 0, 0]])
    length = np.array([4, 4, 0, 0])
    outputs = model({"symbols": symbols, "length": length})
    logits = keras.ops.convert_to_numpy(outputs)[range(4), np.maximum(length - 1, 0)]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    order = np.argsort(-probabilities, axis=-1)
    characters = [[text.decode() for text in row] for row in np.asarray(found["characters"])]
    assert characters == [[labels[i] for i in row] for row in order]
    largest = np.take_along_axis(probabilities, order, axis=-1)
    np.testing.assert_allclose(found["probabilities"], largest, atol=1e-6)
    unknown = [text.decode() for text in np.asarray(found["unknown"])]
    assert unknown == ["", "XY", "Z", ""]
    assert set(model.endpoints()) == {"serving_default", "next_characters"}
    with pytest.raises(ValueError, match="Expected a list of strings"):
        model.next_characters("cé")


@pytest.mark.parametrize(
    "arguments",
    [
        {"labels": ["a", "b"]},
        {"symbols": True},
        {"symbols": True, "labels": ["a", "b"], "task": "classification"},
    ],
)
def test_next_characters_of_language_models_alone(arguments):
    model = make(**arguments)
    assert "next_characters" not in model.endpoints()
    with pytest.raises(ValueError, match="Expected a language model"):
        model.next_characters(["a"])


@pytest.mark.parametrize("labels", ["ab", ["a"], [1, 2]])
def test_labels_are_as_many_names_as_outputs(labels):
    with pytest.raises(ValueError, match="Expected a list of 2 strings for labels"):
        make(labels=labels)
