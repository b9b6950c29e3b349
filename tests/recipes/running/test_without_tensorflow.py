"""What docs/without_tensorflow.md lists works where there is no TensorFlow, and no more."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/without_tensorflow.md"
# A process that finds no TensorFlow, as if it were not installed.
SCRIPT = """
import importlib.machinery
finder = importlib.machinery.PathFinder
found = finder.find_spec
absent = "tensorflow", "tensorboard"
finder.find_spec = staticmethod(
    lambda name, *a, **k: None if name.split(".")[0] in absent else found(name, *a, **k)
)
import sys, tempfile
import keras, numpy as np
from keras_memory import layers, recipes, zoo
from keras_memory.recipes.command_line import commands
from typer.testing import CliRunner

SOME = sys.argv[1:]

def command(*words):
    done = CliRunner().invoke(commands.app, words)
    assert done.exit_code == 0, (words, done.output)
    return done.output

def works_layers():
    x = np.ones((2, 3, 4), "float32")
    assert layers.Attention()([x, x]).shape == (2, 3, 4)

def works_models():
    model = zoo.NTM(input_units=3, output_units=2, memory_slots=8, memory_width=4)
    model.compile(loss="mse")
    x = np.zeros((2, 3, 3), "float32")
    assert np.isfinite(model.fit(x, np.zeros((2, 3, 2)), verbose=0).history["loss"][0])
    assert model.predict(x, verbose=0).shape == (2, 3, 2)
    model.trace(x)

def works_presets():
    for name in SOME or zoo.presets():
        model = zoo.from_preset(name)
    with tempfile.TemporaryDirectory() as folder:
        model.save_to_preset(folder + "/p")
        zoo.from_preset(folder + "/p")
        model.save(folder + "/m.keras")
        zoo.load(folder + "/m.keras")

def works_text():
    answer = zoo.from_preset("memn2n_babi_1k_joint").answer(
        ["Mary got the milk. Mary went to the kitchen."], ["Where is the milk?"])
    assert answer["answer"].tolist() == [b"kitchen"]

def works_list_info():
    assert "ntm_copy" in command("list")
    command("info", "ntm_copy")

def works_predict():
    for name in SOME or zoo.presets():
        recipe = zoo.preset_folders.Preset.get(name).metadata["recipe"]
        questions = recipes.registry.QUESTIONS.get(recipe, {})
        if questions:
            words = (word for k, v in questions.items() for word in ("--" + k, v))
            command("predict", name, *words)
    assert "wrong_bits: 0" in command("predict", "ntm_copy", "--bits", "10110010,00001111")

def needs(*words):
    done = CliRunner().invoke(commands.app, words)
    assert done.exit_code == 2, (words, done.output)
    assert "tensorflow" in done.output.lower(), done.output

def needs_train_tune_reproduce():
    with tempfile.TemporaryDirectory() as folder:
        needs("train", "ntm_copy", "--run-dir", folder + "/run")
        needs("tune", "ntm_copy", "--directory", folder)
        needs("reproduce", "ntm_copy", "--runs", folder, "--out", folder)

def needs_evaluate_plot():
    needs("evaluate", "ntm_copy")

def needs_export():
    with tempfile.TemporaryDirectory() as folder:
        needs("export", "ntm_copy", folder + "/exported")

for name, check in list(globals().items()):
    if name.startswith(("works_", "needs_")):
        check()
        print(name, flush=True)
assert "tensorflow" not in sys.modules
"""


def listed():
    """The rows of the page's tables, as the script names them."""
    text = PAGE.read_text("utf-8")
    for kind, heading in (("works", "Works"), ("needs", "Needs TensorFlow")):
        table = text.split(f"| {heading} | |\n| --- | --- |\n")[1].split("\n\n")[0]
        for row in table.splitlines():
            words = re.findall(r"\w+", row.split("|")[1])
            yield "_".join([kind, *words])


def run(backend, *presets):
    finished = subprocess.run(
        [sys.executable, "-c", SCRIPT, *presets],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr[-4000:]
    return finished.stdout.split()


@pytest.mark.several
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_what_the_page_lists_works(backend):
    """Of every preset on JAX; on PyTorch, which is slower, of four."""
    four = ["ntm_copy", "memn2n_babi_1k_joint", "hopfield_bit_pattern", "seq2seq_attention"]
    assert run(backend, *(four if backend == "torch" else [])) == list(listed())


def test_the_page_names_all_requirements_but_those_of_tensorflow():
    setup = (ROOT / "setup.py").read_text("utf-8")
    install = setup.split("install_requires=[")[1].split("    ],")[0]
    required = set(re.findall(r'"(\S+>=[\d.]+)"', install))
    apart = "tensorflow>|tensorboard|keras-tuner"
    left_out = {name for name in required if re.match(apart, name)}
    named = set(re.findall(r'"(\S+>=[\d.]+)"', PAGE.read_text("utf-8").split("```")[1]))
    assert named == (required - left_out) | {"jax>=0.7"}
