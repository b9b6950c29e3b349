"""What is exported must answer as the model does, where keras_memory is not installed."""

import shutil
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_memory import layers, zoo
from keras_memory.recipes.running import exporting
from keras_memory.recipes.running.loading import load_model

pytestmark = pytest.mark.long

# A process in which the package is not installed.
OUTSIDE = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "keras_memory":
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
import numpy as np, tensorflow as tf
"""
SERVE = (
    OUTSIDE
    + """
loaded = tf.saved_model.load(sys.argv[1])
inputs = np.load(sys.argv[2])["inputs"]
whole = loaded.signatures["serving_default"](tf.constant(inputs))
state = loaded.signatures["initial_state"](tf.constant(len(inputs)))
streamed = []
for t in range(inputs.shape[1]):
    state = loaded.signatures["step"](inputs=tf.constant(inputs[:, t]), **state)
    streamed.append(state.pop("logits"))
np.savez(sys.argv[3], whole=list(whole.values())[0], streamed=np.stack(streamed, 1))
"""
)


@pytest.fixture
def model(tiny_run):
    return tiny_run.model


@pytest.fixture
def inputs():
    return np.random.default_rng(0).integers(0, 2, (3, 9, 3)).astype("float32")


@pytest.fixture
def expected(model, inputs):
    return keras.ops.convert_to_numpy(model(inputs))


@pytest.fixture(scope="module")
def saved(tiny, tiny_run, tmp_path_factory):
    """The model as a SavedModel; not to be changed."""
    return tiny.export(tiny_run.model, tmp_path_factory.mktemp("exported") / "saved")


def test_saved_model_whole_and_streamed(saved, inputs, expected, tmp_path, children):
    np.savez(tmp_path / "inputs.npz", inputs=inputs)
    children.run(SERVE, saved, tmp_path / "inputs.npz", tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz") as out:
        np.testing.assert_allclose(out["whole"], expected, atol=1e-5)
        np.testing.assert_allclose(out["streamed"], expected, atol=1e-5)


def test_saved_model_command_line(saved, inputs, expected, tmp_path, children):
    np.save(tmp_path / "inputs.npy", inputs)
    tool = Path(sys.executable).with_name("saved_model_cli").read_text()
    command = f"run --dir {saved} --tag_set serve --signature_def serving_default"
    files = f"--inputs inputs={tmp_path / 'inputs.npy'} --outdir {tmp_path / 'out'}"
    children.run(tool, *command.split(), *files.split())
    (written,) = (tmp_path / "out").glob("*.npy")
    np.testing.assert_allclose(np.load(written), expected, atol=1e-5)


def test_onnx_of_a_model_that_has_just_been_loaded(
    tiny, tiny_run, inputs, expected, tmp_path
):
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'test' has it")
    _, model = load_model(tiny_run.folder)
    path = tiny.export(model, tmp_path / "model.onnx", format="onnx")
    session = onnxruntime.InferenceSession(path)
    (name,) = (entry.name for entry in session.get_inputs())
    for part in (inputs, inputs[:1, :5]):
        (logits,) = session.run(None, {name: part})
        np.testing.assert_allclose(logits, expected[: len(part), : part.shape[1]], atol=1e-5)


def test_litert_streams(tiny, model, inputs, expected, tmp_path):
    path = tiny.export(model, tmp_path / "model.tflite", format="litert")
    interpreter = tf.lite.Interpreter(str(path))
    step = interpreter.get_signature_runner()
    state = {k: np.asarray(v) for k, v in model.initial_state(1).items()}
    streamed = []
    for t in range(inputs.shape[1]):
        state = step(inputs=inputs[:1, t], **state)
        streamed.append(state.pop("logits"))
    np.testing.assert_allclose(np.stack(streamed, 1), expected[:1], atol=1e-5)


def test_litert_of_a_model_without_steps_is_refused(tiny, tmp_path):
    baseline = tiny.replace(architecture="lstm").model()
    with pytest.raises(ValueError, match="step by step"):
        tiny.export(baseline, tmp_path / "model.tflite", format="litert")
    assert not list(tmp_path.iterdir())


def test_a_model_that_is_not_of_the_zoo(inputs, tmp_path):
    """A baseline of Keras's own layers: whole sequences."""
    baseline = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(2)])
    folder = exporting.export(baseline, tmp_path / "saved")
    serve = tf.saved_model.load(folder).signatures["serving_default"]
    (found,) = serve(tf.constant(inputs)).values()
    np.testing.assert_allclose(found, baseline(inputs), atol=1e-5)


def test_an_unknown_format_is_refused(tiny, model, tmp_path):
    with pytest.raises(ValueError, match="tf_saved_model, onnx, litert.*'pickle'"):
        tiny.export(model, tmp_path / "x", format="pickle")
    assert not list(tmp_path.iterdir())


def test_a_failed_export_leaves_the_earlier_one(tiny, model, saved, tmp_path, monkeypatch):
    folder = shutil.copytree(saved, tmp_path / "saved")
    before = sorted(path.name for path in folder.rglob("*"))

    def half_written(model, functions, folder):
        (folder / "saved_model.pb").write_text("half of it")
        raise OSError("No space left on device")

    form = exporting.FORMATS["tf_saved_model"]._replace(write=half_written)
    monkeypatch.setitem(exporting.FORMATS, "tf_saved_model", form)
    with pytest.raises(OSError, match="No space left"):
        tiny.export(model, folder)
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


READ = (
    OUTSIDE
    + """
serve = tf.saved_model.load(sys.argv[1]).signatures
question = tf.constant(["Where is Mary?", "Where, then?"])
text = tf.constant(["Mary went to the kitchen. John went to the garden.", ""])
lists = tf.constant([["Mary went to the kitchen.", "John went to the garden."], ["", ""]])
answers = serve["serving_default"](story=text, question=question)
again = serve["answer_sentences"](story=lists, question=question)
for name in answers:
    np.testing.assert_array_equal(answers[name], again[name])
answers = {name: value.numpy() for name, value in answers.items()}
strings = {n: a.astype("S") for n, a in answers.items() if a.dtype == object}
np.savez(sys.argv[2], **{**answers, **strings})
"""
)


@pytest.fixture(scope="module")
def reader():
    keras.utils.set_random_seed(3)
    words = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
    return zoo.MemN2N(words, dim=6, memory_size=4, selection=layers.LinearStart())


def test_stories_in_answers_out_without_the_package(reader, tmp_path, children):
    """As one string or as sentences; unknown words and empty stories, too."""
    folder = exporting.export(reader, tmp_path / "saved")
    children.run(READ, folder, tmp_path / "out.npz")
    expected = reader.answer(
        ["Mary went to the kitchen. John went to the garden.", ""],
        ["Where is Mary?", "Where, then?"],
    )
    with np.load(tmp_path / "out.npz") as out:
        assert set(out) == set(expected)
        for name, found in expected.items():
            if name in ("answer", "unknown", "sentences", "read"):
                assert out[name].tolist() == found.numpy().tolist()
            else:
                np.testing.assert_allclose(out[name], found, atol=1e-6)


POINT = (
    OUTSIDE
    + """
serve = tf.saved_model.load(sys.argv[1]).signatures
given = np.load(sys.argv[2])
points, length = tf.constant(given["points"]), tf.constant(given["length"])
names = ("padded", "beam_search")
answers = {name: serve[name](points=points, length=length) for name in names}
answers["serving_default"] = serve["serving_default"](points=points)
np.savez(sys.argv[3], **{name: answer["indices"] for name, answer in answers.items()})
"""
)


def test_points_in_indices_out_without_the_package(rng, tmp_path, children):
    """Of any number, in one batch; all of them, or so many.

    In the order of their angle, which is that in which they are given and more.
    """
    keras.utils.set_random_seed(0)
    model = zoo.PointerNetwork(units=8, rule="simple_polygon", order="angle")
    points = rng.random((5, 8, 2)).astype("float32")
    length = np.array([8, 3, 5, 8, 4], "int32")
    folder = exporting.export(model, tmp_path / "saved")
    np.savez(tmp_path / "given.npz", points=points, length=length)
    children.run(POINT, folder, tmp_path / "given.npz", tmp_path / "out.npz")
    expected = {
        "padded": model.solve(points, length),
        "beam_search": model.solve(points, length, beam_width=3),
        "serving_default": model.solve(points),
    }
    with np.load(tmp_path / "out.npz") as out:
        for name, answers in expected.items():
            np.testing.assert_array_equal(out[name], answers["indices"])


def test_the_core_of_a_reader_in_onnx(reader, tmp_path):
    """Numbers in, logits out; of a model that has been called before."""
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'test' has it")
    stories = ["Mary went to the kitchen."], ["John went. " * 9]
    ids = [reader.text.ids(story, ["Where?"]) for story in stories]
    expected = [reader(inputs) for inputs in ids]
    path = exporting.export(reader, tmp_path / "reader.onnx", format="onnx")
    session = onnxruntime.InferenceSession(path)
    for inputs, logits in zip(ids, expected, strict=True):
        (found,) = session.run(None, {k: np.asarray(v) for k, v in inputs.items()})
        np.testing.assert_allclose(found, logits, atol=1e-5)


def test_a_reader_that_chooses_facts(tmp_path):
    """Strings in and out, facts chosen; the core with facts given, in ONNX.

    An export is refused if what was written does not answer as the model does.
    """
    words = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
    sizes = {"dim": 6, "facts": 2, "ngrams": 2, "buckets": 50}
    chooser = zoo.SupportedMemoryNetwork(words, **sizes)
    folder = exporting.export(chooser, tmp_path / "saved")
    served = tf.saved_model.load(folder).signatures["serving_default"]
    story, question = "John went to the garden. Mary went to the garden.", "Where is Mary?"
    found = served(story=tf.constant([story]), question=tf.constant([question]))
    expected = chooser.answer([story], [question])
    assert found["read"].numpy().tolist() == np.asarray(expected["read"]).tolist()
    ids = {k: np.asarray(v) for k, v in chooser.text.ids([story], [question]).items()}
    ids["facts"] = np.array([[2, 0]], "int32")
    session = onnx_session(exporting.export(chooser, tmp_path / "core.onnx", "onnx"))
    answer, _ = session.run(["answer", "facts_out"], ids)
    np.testing.assert_allclose(answer, chooser(ids)["answer"], atol=1e-5)


def test_a_reader_has_no_steps_for_litert(reader, tmp_path):
    with pytest.raises(ValueError, match="step by step.*Received: 'memn2n'"):
        exporting.export(reader, tmp_path / "reader.tflite", format="litert")


def onnx_session(path):
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'test' has it")
    return onnxruntime.InferenceSession(path)


def test_onnx_has_the_names_of_inputs_and_outputs(tiny, model, tmp_path):
    """As the signatures of a SavedModel; what comes out again has another name."""

    def names_of(endpoint):
        path = tmp_path / f"{endpoint}.onnx"
        session = onnx_session(tiny.export(model, path, "onnx", endpoint=endpoint))
        return [
            {entry.name for entry in entries}
            for entries in (session.get_inputs(), session.get_outputs())
        ]

    assert names_of(None) == [{"inputs"}, {"output_0"}]
    state = set(model.initial_state(1))
    assert names_of("step") == [
        {"inputs", *state},
        {"logits", *(f"{name}_out" for name in state)},
    ]


def test_the_search_of_a_pointer_network_in_onnx(rng, tmp_path):
    """Points in, of any number, in the order of their angle; indices out."""
    keras.utils.set_random_seed(0)
    model = zoo.PointerNetwork(units=8, rule="permutation", order="angle")
    points = rng.random((5, 7, 2)).astype("float32")
    length = np.array([7, 3, 5, 6, 4], "int32")
    path = exporting.export(model, tmp_path / "m.onnx", "onnx", endpoint="beam_search")
    indices, gains = onnx_session(path).run(
        ["indices", "log_probability"], {"points": points, "length": length}
    )
    expected = model.solve(points, length, beam_width=3)
    np.testing.assert_array_equal(indices, expected["indices"])
    np.testing.assert_allclose(gains, expected["log_probability"], atol=1e-5)


def test_endpoints_that_onnx_has_not(reader, tmp_path):
    path = tmp_path / "reader.onnx"
    with pytest.raises(ValueError, match="endpoint of memn2n .*answer_sentences.*'solve'"):
        exporting.export(reader, path, "onnx", endpoint="solve")
    with pytest.raises(ValueError, match="endpoint of numbers.*'answer_sentences'"):
        exporting.export(reader, path, "onnx", endpoint="answer_sentences")
    with pytest.raises(ValueError, match="endpoint for onnx alone. Received: 'litert'"):
        exporting.export(reader, path, "litert", endpoint="step")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", exporting.FORMATS)
def test_what_answers_otherwise_than_the_model_is_not_exported(
    tiny, model, tmp_path, monkeypatch, format
):
    """By 1e-3 in one output."""
    form = exporting.FORMATS[format]

    def load_another(path):
        run = form.load(path)

        def run_another(name, inputs):
            found = {key: np.array(value) for key, value in run(name, inputs).items()}
            found[min(found)].flat[-1] += 1e-3
            return found

        return run_another

    monkeypatch.setitem(exporting.FORMATS, format, form._replace(load=load_another))
    with pytest.raises(ValueError, match=f"{format} can hold. .*'ntm', of which"):
        tiny.export(model, tmp_path / "written", format=format)
    assert not list(tmp_path.iterdir())


def test_what_onnx_cannot_hold_is_refused_with_the_reason(tmp_path):
    """`keras.ops.argmax` reads the bits of a number, which ONNX cannot."""
    model = zoo.KeyValueMemory(3, 4, selection="sample")
    with pytest.raises(ValueError, match="that onnx can hold. .*'key_value_memory'.*Bitcast"):
        exporting.export(model, tmp_path / "model.onnx", "onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("keys", ["window", "fact"])
def test_a_key_value_network_is_served_with_strings(keys, tmp_path):
    words = ["mary", "went_to", "kitchen", "john", "garden", "where"]
    model = zoo.KeyValueMemoryNetwork(words, dim=6, keys=keys, common=["where"])
    exporting.export(model, tmp_path / "saved")
    serve = tf.saved_model.load(str(tmp_path / "saved")).signatures
    stories = ["Mary went_to kitchen. John went_to garden.", "", "It rained."]
    questions = ["Where Mary?", "Where John?", "Mary?"]
    found = serve["serving_default"](
        story=tf.constant(stories), question=tf.constant(questions)
    )
    expected = model.answer(stories, questions)
    assert set(found) == set(expected)
    for name, tensor in found.items():
        if tensor.dtype == tf.string:
            assert tensor.numpy().tolist() == expected[name].numpy().tolist()
        else:
            np.testing.assert_allclose(tensor, expected[name], atol=1e-6)


def test_a_tagger_tags_on_where_it_is_served(tmp_path):
    """A word and the states in, its tag and the states out: as in Python, and as at once."""
    model = zoo.SequenceTagger(
        ["fly", "to", "denver"], ["O", "B-to"], encoder="lstm", units=6, letters=4
    )
    exporting.export(model, tmp_path / "saved")
    serve = tf.saved_model.load(str(tmp_path / "saved")).signatures
    sentence = ["fly", "to", "Zürich"]
    states, tags = serve["initial_states"](batch_size=tf.constant(1)), []
    for word in sentence:
        answer = dict(serve["tag_next"](words=tf.constant([word]), **states))
        expected = model.tag_next([word], states)
        states = {name: answer[name] for name in states}
        for name, state in states.items():
            np.testing.assert_allclose(state, expected[name], atol=1e-6)
        tags += answer["tags"].numpy().tolist()
    whole = serve["tag_words"](words=tf.constant([sentence]))
    assert tags == whole["tags"].numpy()[0].tolist()


def test_an_entity_network_reads_on_where_it_is_served(tmp_path):
    """Slots in, slots out: sentence by sentence as the whole story, and as in Python."""
    words = ["mary", "john", "went", "to", "the", "kitchen", "garden", "where", "is"]
    model = zoo.EntityNetwork(words, dim=6, slots=3, max_words=5)
    exporting.export(model, tmp_path / "saved")
    serve = tf.saved_model.load(str(tmp_path / "saved")).signatures
    sentences = ["Mary went to the kitchen.", "John went to the garden."]
    question = tf.constant(["Where is Mary?"])
    entities = serve["initial_entities"](batch_size=tf.constant(1))["entities"]
    for sentence in sentences:
        read = serve["read_sentences"](sentence=tf.constant([sentence]), entities=entities)
        entities = read["entities"]
    answer = serve["answer_from"](entities=entities, question=question)
    whole = serve["serving_default"](
        story=tf.constant([" ".join(sentences)]), question=question
    )
    expected = model.answer([" ".join(sentences)], ["Where is Mary?"])
    for name, found in answer.items():
        if found.dtype == tf.string:
            assert found.numpy() == whole[name].numpy() == expected[name].numpy()
        else:
            np.testing.assert_allclose(found, whole[name], atol=1e-6)
            np.testing.assert_allclose(found, expected[name], atol=1e-6)
