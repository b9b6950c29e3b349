"""Size of an install, and how long commands take there, with TensorFlow and without.

    python benchmarks/installs.py dist/keras_memory-*.whl [WAY ...]

Each way is an empty environment, which is removed again: `tensorflow`, as `pip install
keras-memory` makes it, or `jax` or `torch` in its place, as docs/without_tensorflow.md says.
A command's time is the best of three, once its files have been read.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/without_tensorflow.md"
COMMANDS = {
    "import layers": ["-c", "from keras_memory import layers; layers.Attention()"],
    "predict ntm_copy": ["predict", "ntm_copy", "--bits", "10110010,00001111"],
    "predict story": ["predict", "memn2n_babi_1k_joint"],
    "list": ["list"],
}
COMMANDS["predict story"] += ["--story", "Mary got the milk.", "--question", "Who has it?"]


def requirements(backend):
    """Those of the page, with this backend in the place of JAX."""
    named = re.findall(r'"(\S+>=[\d.]+)"', PAGE.read_text("utf-8").split("```")[1])
    others = [name for name in named if not name.startswith("jax>")]
    return [*others, {"jax": "jax>=0.7", "torch": "torch>=2.6"}[backend]]


def install(folder, wheel, way):
    """The environment's programs, and the megabytes of it without pip."""
    venv.create(folder, with_pip=True)
    before, programs = megabytes(folder), folder / "bin"
    pip = [programs / "pip", "install", "--quiet"]
    if way == "tensorflow":
        subprocess.run([*pip, wheel], check=True)
    else:
        subprocess.run([*pip, *requirements(way)], check=True)
        subprocess.run([*pip, "--no-deps", wheel], check=True)
    return programs, megabytes(folder) - before


def megabytes(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def seconds(programs, words, way, folder):
    program = programs / ("python" if words[0] == "-c" else "keras-memory")
    environment = {**os.environ, "KERAS_BACKEND": way, "PYTHONPATH": ""}
    times = []
    for _ in range(4):
        begun = time.perf_counter()
        finished = subprocess.run(
            [program, *words], env=environment, cwd=folder, capture_output=True, text=True
        )
        assert finished.returncode == 0, finished.stderr[-4000:]
        times.append(time.perf_counter() - begun)
    return min(times[1:])


def main():
    wheel, *ways = sys.argv[1:]
    print(f"{'way':<12} {'MB':>6}  " + "  ".join(f"{name:>16}" for name in COMMANDS))
    for way in ways or ["tensorflow", "jax"]:
        with tempfile.TemporaryDirectory() as folder:
            programs, size = install(Path(folder) / "empty", Path(wheel).resolve(), way)
            if way != "tensorflow":
                assert not list(Path(folder).glob("empty/lib/*/site-packages/tensorflow"))
            found = [seconds(programs, words, way, folder) for words in COMMANDS.values()]
        print(
            f"{way:<12} {size:6.0f}  " + "  ".join(f"{t:14.2f} s" for t in found), flush=True
        )


if __name__ == "__main__":
    main()
