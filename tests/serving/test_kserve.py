"""Exported models behind KServe's Python server, which has no keras_memory: `make serving`.

The server is that of docs/serve.md, as it stands there. Its answers are those of the models,
by three protocols, and those of the same models as ONNX.
"""

import json
import re
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.recipes.running.addresses import free_port
from keras_memory.recipes.running.exporting import export

pytestmark = pytest.mark.several

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-serving/bin/python"
STORIES, HULLS, COPY = "memn2n_babi_1k_joint", "pointer_convex_hull", "ntm_copy"
PROTOCOLS = "V1 REST", "V2 REST", "gRPC"
TIMES = 1000
OF_BATCHES = 200
START = 120  # seconds that a server may need

TEXTS = [
    ("Mary went to the kitchen. John went to the garden.", "Where is Mary?"),
    ("Daniel picked up the apple. Daniel went to the office.", "Where is the apple?"),
    ("", "Where is Zoë?"),
]


def code():
    """The server, out of the page."""
    page = (ROOT / "docs/serve.md").read_text("utf-8")
    (found,) = re.findall(r"^```py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return found


@pytest.fixture(scope="module")
def models():
    return {name: zoo.from_preset(name) for name in (STORIES, HULLS, COPY)}


@dataclass
class Server:
    process: subprocess.Popen
    client: subprocess.Popen
    http_port: int
    log: Path
    seconds: float

    def request(self, protocol, model, times=0, **inputs):
        order = {"protocol": protocol, "model": model, "inputs": inputs, "times": times}
        self.client.stdin.write(json.dumps(order) + "\n")
        self.client.stdin.flush()
        answer = json.loads(self.client.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer


def is_ready(port):
    try:
        return (
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/health/ready").status == 200
        )
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("serving")
    for name, model in models.items():
        export(model, folder / "models" / name, version=1)
    (folder / "server.py").write_text(code(), "utf-8")
    missing = subprocess.run([PYTHON, "-c", "import keras_memory"], cwd=folder, env={})
    assert missing.returncode == 1
    ports = free_port(), free_port()
    where = ["--http_port", str(ports[0]), "--grpc_port", str(ports[1])]
    command = [PYTHON, "server.py", "--models", "models", *where]
    log, start = folder / "log", time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=output,
            stderr=output,
            env={"TF_CPP_MIN_LOG_LEVEL": "3"},
        )
    try:
        while not is_ready(ports[0]):
            assert process.poll() is None, log.read_text()[-4000:]
            assert time.monotonic() < start + START, "the server is not ready"
            time.sleep(0.2)
        seconds = time.monotonic() - start
        command = [PYTHON, Path(__file__).with_name("client.py"), *map(str, ports)]
        with subprocess.Popen(
            [*command, str(process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as client:
            yield Server(process, client, ports[0], log, seconds)
            client.stdin.close()
    finally:
        process.terminate()
        process.wait(30)


def stories(texts=TEXTS):
    story, question = (list(part) for part in zip(*texts, strict=True))
    return {"story": ["BYTES", story], "question": ["BYTES", question]}


def points(batch, count=8):
    sampled = np.random.default_rng(0).random((batch, count, 2), "float32")
    return {"points": ["FP32", sampled.tolist()]}


def sequence(batch):
    """The vectors of a copy task: some bits, the delimiter, and blanks for the answer."""
    bits = np.random.default_rng(0).integers(0, 2, (batch, 5, 8))
    inputs = np.zeros((batch, 11, 9), "float32")
    inputs[:, :5, :8], inputs[:, 5, 8] = bits, 1
    return inputs, bits


def same(found, expected):
    assert set(found) == set(expected)
    for name, value in expected.items():
        value = np.asarray(value)
        if value.dtype == object:
            texts = np.array([text.decode() for text in value.flat]).reshape(value.shape)
            assert np.array_equal(found[name], texts), name
        else:
            np.testing.assert_allclose(found[name], value, atol=1e-5, err_msg=name)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_stories_in_words_out(protocol, server, models):
    """A batch; an empty story and a word that the model does not know are in it."""
    inputs = stories()
    expected = models[STORIES].answer(inputs["story"][1], inputs["question"][1])
    found = server.request(protocol, STORIES, **inputs)
    same(found, expected)
    assert found["answer"][:2] == ["kitchen", "office"]
    assert found["unknown"][2] == "zoë"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_points_in_indices_out(protocol, server, models):
    for batch, count in ((1, 5), (4, 9)):
        inputs = points(batch, count)
        expected = models[HULLS].solve(np.array(inputs["points"][1], "float32"))
        same(server.request(protocol, HULLS, **inputs), expected)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_stream_whose_state_the_client_keeps(protocol, server, models):
    """Equal to the whole sequence at once, and right: the bits come back."""
    inputs, bits = sequence(2)
    state = server.request(protocol, f"{COPY}-initial_state", batch_size=["INT32", 2])
    streamed = []
    for t in range(inputs.shape[1]):
        tensors = {name: ["FP32", value] for name, value in state.items()}
        step = {"inputs": ["FP32", inputs[:, t].tolist()], **tensors}
        state = server.request(protocol, f"{COPY}-step", **step)
        streamed.append(state.pop("logits"))
    streamed = np.stack(streamed, 1)
    np.testing.assert_allclose(streamed, models[COPY](inputs), atol=1e-4)
    whole = server.request(protocol, COPY, inputs=["FP32", inputs.tolist()])
    np.testing.assert_allclose(streamed, *whole.values(), atol=1e-4)
    assert np.array_equal(streamed[:, 6:, :8] > 0, bits)


WRONG = {
    "a missing input": {"story": ["BYTES", ["Mary left."]]},
    "an input of another shape": {"points": ["FP32", [[1.0, 2.0]]]},
}


@pytest.mark.parametrize("protocol", ["V1 REST", "V2 REST"])
@pytest.mark.parametrize("inputs", WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_the_clients_mistake_in_one_line(inputs, protocol, server):
    model = STORIES if "story" in inputs else HULLS
    with pytest.raises(ValueError, match="400 .*Expected .*Received: ") as caught:
        server.request(protocol, model, **inputs)
    assert "\\n" not in str(caught.value)


BODIES = ["{}", '{"instances": []}', '{"instances": [3]}', "no JSON"]


@pytest.mark.parametrize("body", BODIES)
def test_so_is_another_body(body, server):
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.http_port}/v1/models/{STORIES}:predict",
        body.encode(),
        {"Content-Type": "application/json"},
    )
    with pytest.raises(urllib.request.HTTPError, match="400"):
        urllib.request.urlopen(request)


def run_onnx(model, path, endpoint, inputs):
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra 'test' has it")
    export(model, path, "onnx", endpoint=endpoint, version=1)
    session = onnxruntime.InferenceSession(path / "1/model.onnx")
    names = [output.name for output in session.get_outputs()]
    found = session.run(None, {name: np.asarray(value) for name, value in inputs.items()})
    return dict(zip(names, found, strict=True))


def test_stories_in_onnx(server, models, tmp_path):
    """Numbers in and logits out: the word with the largest is what the server answers."""
    model = models[STORIES]
    given, expected = stories(), server.request("gRPC", STORIES, **stories())
    ids = model.text.ids(given["story"][1], given["question"][1])
    (logits,) = run_onnx(model, tmp_path / STORIES, None, ids).values()
    probabilities = keras.ops.softmax(logits)
    np.testing.assert_allclose(probabilities, expected["probabilities"], atol=1e-5)


def test_points_in_onnx(server, models, tmp_path):
    given = points(3)["points"][1]
    inputs = {"points": np.array(given, "float32"), "length": np.array([8, 8, 5], "int32")}
    found = run_onnx(models[HULLS], tmp_path / HULLS, "padded", inputs)
    length = ["INT32", [8, 8, 5]]
    expected = server.request(
        "gRPC", f"{HULLS}-padded", points=["FP32", given], length=length
    )
    same(found, expected)


def test_a_step_in_onnx(server, models, tmp_path):
    inputs = sequence(2)[0][:, 0]
    state = server.request("gRPC", f"{COPY}-initial_state", batch_size=["INT32", 2])
    step = {"inputs": inputs.tolist(), **state}
    arrays = {name: np.array(value, "float32") for name, value in step.items()}
    found = run_onnx(models[COPY], tmp_path / COPY, "step", arrays)
    tensors = {name: ["FP32", value] for name, value in step.items()}
    expected = server.request("gRPC", f"{COPY}-step", **tensors)
    same({name.removesuffix("_out"): value for name, value in found.items()}, expected)


def test_a_thousand_requests_of_eight_clients(server, capsys):
    """No error, each time the same answer, and no memory that is not given back."""
    state = server.request("gRPC", f"{COPY}-initial_state", batch_size=["INT32", 1])
    step = {"inputs": sequence(1)[0][:, 0].tolist(), **state}
    loads = {
        "a story": (STORIES, stories(TEXTS[:1])),
        "32 stories": (STORIES, stories(TEXTS[:1] * 32)),
        "8 points": (HULLS, points(1)),
        "a step": (f"{COPY}-step", {name: ["FP32", value] for name, value in step.items()}),
    }
    rows = [f"ready after {server.seconds:.1f} s"]
    rows += [
        "| Request | Protocol | One client, ms | Eight: p50, ms | p99, ms | A second "
        "| MiB before, after |",
        "| --- | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    grown = []
    for what, (model, inputs) in loads.items():
        times = OF_BATCHES if what.startswith("32") else TIMES
        for protocol in PROTOCOLS:
            found = server.request(protocol, model, times, **inputs)
            assert found["errors"] == []
            assert len(found["milliseconds"]) == times
            p50, p99 = np.percentile(found["milliseconds"], [50, 99])
            before, after = found["memory"]
            rate = times / found["seconds"]
            grown.append(after - before)
            rows.append(
                f"| {what} | {protocol} | {np.median(found['alone']):.1f} "
                f"| {p50:.1f} | {p99:.1f} | {rate:.0f} | {before:.0f}, {after:.0f} |"
            )
    with capsys.disabled():
        print("", *rows, sep="\n")
    assert sum(grown) < 0.1 * before
