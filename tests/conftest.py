"""What all tests share. Imports no backend, so that collecting tests stays fast."""

import gc
import json
import os
import resource
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest

PEAKS = pytest.StashKey[list[float]]()

# The folders whose tests take longest: begun first, so that both processes end together.
LONGEST = ["recipes", "conformance", "zoo", "layers"]


def pytest_addoption(parser):
    parser.addoption("--share", help="K/N: the K-th of N parts of the files that `-m` leaves")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    on_jax = os.environ.get("KERAS_BACKEND") == "jax"
    for item in items:
        if "children" in item.fixturenames:
            item.add_marker("child")
        if on_jax and {"layers", "zoo"} & {*item.path.parts}:  # each op is compiled
            item.add_marker("long")
    yield  # `-m` chooses
    if share := config.getoption("share"):
        part, parts = map(int, share.split("/"))
        files = sorted({item.path for item in items})
        chosen = {*files[part - 1 :: parts]}
        items[:] = [item for item in items if item.path in chosen]
    items.sort(key=_rank)


def _rank(item):
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


def only(*backends, because):
    """Skip a test on all other backends; so does `pytest.mark.only("jax", because="")`."""
    import keras

    if keras.backend.backend() not in backends:
        pytest.skip(f"{' and '.join(backends)} only: {because}")


def pytest_runtest_setup(item):
    for mark in item.iter_markers("only"):
        only(*mark.args, **mark.kwargs)


def pytest_terminal_summary(terminalreporter, config):
    """How many tests were skipped for each reason (of the backend, of data), and memory."""
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", [])]
    counts = Counter(found[2].removeprefix("Skipped: ") for found in skipped)
    if counts:
        backend = os.environ.get("KERAS_BACKEND", "tensorflow")
        terminalreporter.section(f"skipped on {backend}: {counts.total()}")
    for reason, count in counts.most_common():
        terminalreporter.write_line(f"{count:5}  {reason}")
    peaks = config.stash.get(PEAKS, [peak_memory()])
    found = ", ".join(f"{peak:.1f} GB" for peak in peaks)
    terminalreporter.write_line(f"peak memory of each process: {found}")


def peak_memory():
    """The most memory that this process has had, in GB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in kB; of macOS, in bytes
    return peak / (1e9 if sys.platform == "darwin" else 1e6)


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # of one of several processes
        session.config.workeroutput["peak_memory"] = peak_memory()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    peak = getattr(node, "workeroutput", {}).get("peak_memory")
    if peak:
        node.config.stash.setdefault(PEAKS, []).append(peak)


@pytest.fixture(scope="session", autouse=os.environ.get("KERAS_BACKEND") == "torch")
def readable_tensors():
    """On PyTorch, NumPy and tests read a tensor with a gradient, as on the other backends.

    The library does not: there, it is an error as it is for users.
    """
    import keras
    import torch

    as_it_was = torch.Tensor.__array__

    def read(tensor, dtype=None, copy=None):
        reader = sys._getframe(1).f_globals["__name__"]
        is_plain = not tensor.requires_grad and tensor.dtype != torch.bfloat16
        if is_plain or reader.startswith("keras_memory."):
            return as_it_was(tensor, dtype)
        return np.asarray(keras.ops.convert_to_numpy(tensor), dtype)

    torch.Tensor.__array__ = read
    yield
    torch.Tensor.__array__ = as_it_was


@pytest.fixture(scope="module", autouse=True)
def bounded_memory():
    """What a file of tests compiled is gone before the next: graphs are circles.

    JAX keeps what it compiled, each in maps of memory of which a process has 65,530.
    """
    yield
    gc.collect()
    if "jax" in sys.modules:
        sys.modules["jax"].clear_caches()


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def backend():
    import keras

    return keras.backend.backend()


class Children:
    """Processes of their own for scripts, on any backend, without the wait for imports.

    One that has imported TensorFlow takes 0.1 s in place of 7 s; none has imported
    keras_memory.
    """

    PRELOADED = {
        "tensorflow": ("tensorflow", "keras", "h5py"),
        "jax": ("jax", "tensorflow", "keras", "h5py"),
        "torch": ("torch", "tensorflow", "keras", "h5py"),
    }

    def __init__(self, folder):
        self.folder = folder
        self.servers = {}
        self.started = 0

    def start(self, script, *arguments, backend="tensorflow", folder=None):
        """A `Child` that runs a script as `python -c script arguments` would."""
        self.started += 1
        child = Child(self, backend, self.folder / str(self.started))
        child.pid = self.order(
            backend,
            script=script,
            arguments=[str(argument) for argument in arguments],
            folder=str(folder or self.folder),
            environment={**os.environ, "KERAS_BACKEND": backend},
            output=f"{child.stem}.out",
            errors=f"{child.stem}.err",
        )
        return child

    def run(self, script, *arguments, **where):
        """What a script printed that ended well."""
        child = self.start(script, *arguments, **where)
        assert child.wait() == 0, child.errors[-4000:]
        return child.output

    def order(self, backend, **order):
        server = self.servers.get(backend) or self._serve(backend)
        server.stdin.write(json.dumps(order) + "\n")
        server.stdin.flush()
        return json.loads(server.stdout.readline())

    def close(self):
        for server in self.servers.values():
            server.stdin.close()
            server.wait()

    def _serve(self, backend):
        program = Path(__file__).with_name("fork_server.py")
        self.servers[backend] = subprocess.Popen(
            [sys.executable, program, *self.PRELOADED[backend]],
            env={**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self.servers[backend]


@dataclass
class Child:
    parent: Children
    backend: str
    stem: Path
    pid: int = 0

    def wait(self):
        """Its exit code, once it has ended."""
        return self.parent.order(self.backend, wait=self.pid)

    @property
    def output(self):
        return Path(f"{self.stem}.out").read_text()

    @property
    def errors(self):
        return Path(f"{self.stem}.err").read_text()


@pytest.fixture(scope="session")
def children(tmp_path_factory):
    children = Children(tmp_path_factory.mktemp("children"))
    yield children
    children.close()


@pytest.fixture(scope="session")
def compiled():
    """`compiled(function)`: by XLA."""
    import keras

    only("tensorflow", "jax", because="XLA compiles it")
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return lambda function: tf.function(function, jit_compile=True)
    import jax

    return jax.jit


@pytest.fixture(scope="session")
def gradients():
    """`gradients(function, *arrays)`: of the sum of its result, by each array."""
    import keras

    def total(function, arrays):
        return keras.ops.sum(function(*arrays))

    def by_tensorflow(function, *arrays):
        import tensorflow as tf

        arrays = [tf.constant(array) for array in arrays]
        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = total(function, arrays)
        found = tape.gradient(value, arrays, unconnected_gradients="zero")
        return [np.asarray(gradient) for gradient in found]

    def by_jax(function, *arrays):
        import jax

        arrays = [jax.numpy.asarray(array) for array in arrays]
        found = jax.grad(lambda *xs: total(function, xs), range(len(arrays)))(*arrays)
        return [np.asarray(gradient) for gradient in found]

    def by_torch(function, *arrays):
        import torch

        arrays = [torch.tensor(array, requires_grad=True) for array in arrays]
        found = torch.autograd.grad(total(function, arrays), arrays, materialize_grads=True)
        return [np.asarray(gradient) for gradient in found]

    ways = {"tensorflow": by_tensorflow, "jax": by_jax, "torch": by_torch}
    return ways[keras.backend.backend()]


@pytest.fixture(scope="session")
def check_gradients(gradients):
    """`check_gradients(function, *arrays, rtol=..., atol=...)`: as central differences are.

    Each array is moved along three random directions d, not number by number. A gradient that
    is wrong by a vector e is wrong along d by e · d, which is about as large as |e|, and 0
    with probability 0: nothing can hide, and an array of any size costs six evaluations.
    """
    only("tensorflow", because="Keras computes in float64 there alone")

    def check(function, *arrays, rtol=1e-6, atol=1e-6):
        arrays, rng = (
            [np.array(array, "float64") for array in arrays],
            np.random.default_rng(0),
        )

        def value(index, array):
            found = function(*arrays[:index], array, *arrays[index + 1 :])
            return float(np.sum(np.asarray(found)))

        for index, gradient in enumerate(gradients(function, *arrays)):
            for _ in range(3):
                path, h = rng.normal(size=arrays[index].shape), 1e-5
                above, below = (value(index, arrays[index] + s * path) for s in (h, -h))
                slope = (above - below) / (2 * h)
                np.testing.assert_allclose(np.sum(gradient * path), slope, rtol, atol)

    return check
