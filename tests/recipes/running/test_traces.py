"""What is exported for a page: all that `trace` returns, and searches, with examples."""

import json

import keras
import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.recipes.running.traces import export_traces

pytestmark = pytest.mark.long

onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'test' has it")


def described(folder, function):
    return json.loads((folder / f"{function}.json").read_text("utf-8"))


def run(folder, function, inputs):
    session = onnxruntime.InferenceSession(folder / f"{function}.onnx")
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs), strict=True))


def recorded(folder, function):
    """Inputs and outputs of the example, arrays of the types that are stated."""
    found = described(folder, function)
    return [
        {
            name: np.array(value, found[side][name]["dtype"])
            for name, value in found["example"][side].items()
        }
        for side in ("inputs", "outputs")
    ]


@pytest.fixture(scope="module")
def machine():
    keras.utils.set_random_seed(0)
    return zoo.NTM(3, 2, memory_slots=5, memory_width=4, controller_units=6)


@pytest.fixture(scope="module")
def written(machine, tmp_path_factory):
    return export_traces(machine, tmp_path_factory.mktemp("page") / "ntm")


def test_all_that_trace_returns_of_any_length(machine, written, rng):
    inputs = rng.random((3, 9, 3)).astype("float32")
    expected = machine.trace(inputs)
    found = run(written, "trace", {"inputs": inputs})
    assert {name.removesuffix("_out") for name in found} == set(expected)
    for name, array in found.items():
        np.testing.assert_allclose(array, expected[name.removesuffix("_out")], atol=1e-5)


def test_the_example_is_what_the_file_answers(written):
    inputs, outputs = recorded(written, "trace")
    found = run(written, "trace", inputs)
    assert set(found) == set(outputs) == set(described(written, "trace")["outputs"])
    for name, array in outputs.items():
        np.testing.assert_allclose(found[name], array, atol=1e-5)


def test_shapes_and_arguments_are_stated(machine, written):
    found = described(written, "trace")
    assert found["inputs"] == {"inputs": {"dtype": "float32", "shape": [None, None, 3]}}
    assert found["outputs"]["memory"]["shape"] == [None, None, 5, 4]
    model = json.loads((written / "model.json").read_text("utf-8"))
    assert model == {"class": "NTM", "arguments": machine.get_config()}


def test_a_search_is_a_function_of_its_own(rng, tmp_path):
    keras.utils.set_random_seed(0)
    model = zoo.PointerNetwork(units=6, rule="simple_polygon")
    folder = export_traces(model, tmp_path / "points")
    points = rng.random((2, 7, 2)).astype("float32")
    length = np.array([7, 4], "int32")
    found = run(folder, "solve", {"points": points, "length": length})
    np.testing.assert_array_equal(found["indices"], model.solve(points, length)["indices"])


def test_a_target_of_characters_is_found_by_numbers(tmp_path):
    keras.utils.set_random_seed(0)
    model = zoo.EncoderDecoder("abc", "xyz", 5, units=6)
    folder = export_traces(model, tmp_path / "pairs")
    source = np.asarray(model.text.source.ids(["ab", "cabca"]))
    found = run(folder, "solve", {"source": source})
    texts = model.text.target.texts(found["target"])
    expected = model.translate(["ab", "cabca"])["text"]
    assert np.asarray(texts).tolist() == np.asarray(expected).tolist()


def test_an_associative_memory_goes_on_from_state_to_state(tmp_path):
    """What `trace` has of an update after the other, as there are more or fewer."""
    patterns = np.where(np.random.default_rng(0).random((2, 12)) < 0.5, -1.0, 1.0)
    model = zoo.HopfieldNetwork(12, updates="synchronous")
    model.fit(patterns)
    folder = export_traces(model, tmp_path / "memory")
    cues = patterns * np.where(np.arange(12) < 3, -1, 1)
    expected = model.trace(cues)
    states = expected["states"][0].astype("float32")
    for after, energies in zip(expected["states"], expected["energies"], strict=True):
        np.testing.assert_allclose(states, after)
        found = run(folder, "step", {"cues": states})
        np.testing.assert_allclose(found["energies"], energies, rtol=1e-5)
        states = found["states"]


def test_a_model_without_a_trace_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)], name="plain")
    with pytest.raises(ValueError, match="a model with a trace. Received: 'plain'"):
        export_traces(model, tmp_path / "plain")
    assert not list(tmp_path.iterdir())
