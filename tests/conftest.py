"""What all tests share. Imports no backend, so that collecting tests stays fast."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def backend():
    import keras

    return keras.backend.backend()


@pytest.fixture
def only_tensorflow(backend):
    if backend != "tensorflow":
        pytest.skip("TensorFlow alone has what this test needs")


class Children:
    """Processes of their own for scripts, on either backend, without the wait for imports.

    One that has imported TensorFlow takes 0.1 s in place of 7 s; none has imported
    keras_memory.
    """

    PRELOADED = {
        "tensorflow": ("tensorflow", "keras", "h5py"),
        "jax": ("jax", "tensorflow", "keras", "h5py"),
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

    ways = {"tensorflow": by_tensorflow, "jax": by_jax}
    if keras.backend.backend() not in ways:
        pytest.skip(f"no gradients of {keras.backend.backend()} here")
    return ways[keras.backend.backend()]


@pytest.fixture(scope="session")
def slopes():
    """`slopes(function, *arrays)`: the same as `gradients`, by central differences."""

    def compute(function, *arrays):
        arrays = [np.array(array, "float64") for array in arrays]
        found = [np.zeros_like(array) for array in arrays]
        for array, slope in zip(arrays, found, strict=True):
            for place in np.ndindex(array.shape):
                here, h = array[place], 1e-5
                array[place] = here + h
                above = np.sum(np.asarray(function(*arrays)))
                array[place] = here - h
                below = np.sum(np.asarray(function(*arrays)))
                array[place] = here
                slope[place] = (above - below) / (2 * h)
        return found

    return compute
