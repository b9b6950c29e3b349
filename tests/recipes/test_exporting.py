"""What is exported must answer as the model does, where keras_memory is not installed."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_memory.recipes import exporting
from keras_memory.recipes.runs import load_model

SERVE = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "keras_memory":
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
import numpy as np, tensorflow as tf
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


@pytest.fixture
def model(tiny_run):
    return tiny_run.model


@pytest.fixture
def inputs():
    return np.random.default_rng(0).integers(0, 2, (3, 9, 3)).astype("float32")


@pytest.fixture
def expected(model, inputs):
    return keras.ops.convert_to_numpy(model(inputs))


def test_saved_model_whole_and_streamed(tiny, model, inputs, expected, tmp_path):
    folder = tiny.export(model, tmp_path / "saved")
    np.savez(tmp_path / "inputs.npz", inputs=inputs)
    command = [sys.executable, "-c", SERVE, folder, tmp_path / "inputs.npz"]
    subprocess.run([*command, tmp_path / "out.npz"], check=True, capture_output=True)
    with np.load(tmp_path / "out.npz") as out:
        np.testing.assert_allclose(out["whole"], expected, atol=1e-5)
        np.testing.assert_allclose(out["streamed"], expected, atol=1e-5)


def test_saved_model_command_line(tiny, model, inputs, expected, tmp_path):
    folder = tiny.export(model, tmp_path / "saved")
    np.save(tmp_path / "inputs.npy", inputs)
    tool = Path(sys.executable).parent / "saved_model_cli"
    command = f"{tool} run --dir {folder} --tag_set serve --signature_def serving_default"
    files = f"--inputs inputs={tmp_path / 'inputs.npy'} --outdir {tmp_path / 'out'}"
    subprocess.run([*command.split(), *files.split()], check=True, capture_output=True)
    (written,) = (tmp_path / "out").glob("*.npy")
    np.testing.assert_allclose(np.load(written), expected, atol=1e-5)


def test_onnx(tiny, model, inputs, expected, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'test' has it")
    path = tiny.export(model, tmp_path / "model.onnx", format="onnx")
    session = onnxruntime.InferenceSession(path)
    (name,) = (entry.name for entry in session.get_inputs())
    for part in (inputs, inputs[:1, :5]):
        (logits,) = session.run(None, {name: part})
        np.testing.assert_allclose(logits, expected[: len(part), : part.shape[1]], atol=1e-5)


def test_onnx_of_a_model_that_has_just_been_loaded(tiny, tiny_run, tmp_path):
    _, model = load_model(tiny_run.folder)
    assert tiny.export(model, tmp_path / "model.onnx", format="onnx").stat().st_size > 0


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


def test_an_unknown_format_is_refused(tiny, model, tmp_path):
    with pytest.raises(ValueError, match="tf_saved_model, onnx, litert.*'pickle'"):
        tiny.export(model, tmp_path / "x", format="pickle")
    assert not list(tmp_path.iterdir())


def test_a_failed_export_leaves_the_earlier_one(tiny, model, tmp_path, monkeypatch):
    folder = tiny.export(model, tmp_path / "saved")
    before = sorted(path.name for path in folder.rglob("*"))

    def half_written(model, folder):
        (folder / "saved_model.pb").write_text("half of it")
        raise OSError("No space left on device")

    monkeypatch.setattr(exporting, "_saved_model", half_written)
    with pytest.raises(OSError, match="No space left"):
        tiny.export(model, folder)
    assert sorted(path.name for path in folder.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]
