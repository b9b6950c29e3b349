"""What a preset imports: the module of its class alone, and no TensorFlow."""

import json
import os
import subprocess
import sys

import keras
import pytest

from keras_memory import layers, zoo

without_tensorflow = pytest.mark.only("jax", because="Keras imports TensorFlow elsewhere")
# No TensorFlow: loads all presets, predicts with each, and prints how it went.
WITHOUT_TENSORFLOW = """
import json, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocked())
import keras, numpy as np
from keras_memory import zoo

def example(tensor):
    shape = [2, *(20 if size is None else size for size in tensor.shape[1:])]
    return np.ones(shape, tensor.dtype)

zoo.from_preset("ntm_copy")
modules = [name for name in sys.modules if name.startswith("keras_memory.zoo.")]
outcomes = {}
for name in zoo.presets():
    model = zoo.from_preset(name)
    outputs = model.predict(keras.tree.map_structure(example, model.input), verbose=0)
    finite = [bool(np.isfinite(x).all()) for x in keras.tree.flatten(outputs)]
    outcomes[name] = "predicts" if all(finite) else "not finite"
print(json.dumps({"modules": modules, "outcomes": outcomes}))
"""
LOAD = """
import sys
{imports}
print(type({load}(sys.argv[1])).__name__)
print("keras_memory.zoo.pointing.pointer_network" in sys.modules)
"""


@pytest.fixture(scope="module")
def found():
    child = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW],
        env={"XLA_FLAGS": "--xla_backend_optimization_level=0", **os.environ},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(child.stdout.splitlines()[-1])


@without_tensorflow
def test_a_preset_imports_the_module_of_its_class_alone(found):
    """Of all models: that which it is of, and none of the others."""
    bases = ("PretrainedModel", "MemoryMachine")
    classes = [getattr(zoo, name) for name in zoo.__all__ if name not in bases]
    of_models = {
        cls.__module__
        for cls in classes
        if isinstance(cls, type) and issubclass(cls, zoo.PretrainedModel)
    }
    assert of_models & set(found["modules"]) == {"keras_memory.zoo.machines.ntm"}


@without_tensorflow
@pytest.mark.parametrize("name", zoo.presets())
def test_without_tensorflow_all_predict(name, found):
    assert found["outcomes"][name] == "predicts"


@pytest.fixture(scope="module")
def saved(make_ntm, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    model = make_ntm()
    model.compile("sgd", loss=zoo.BitsPerSequence())
    model.save(path)
    return path


@pytest.mark.parametrize(
    ("imports", "load"),
    [
        ("from keras_memory import zoo", "zoo.load"),
        ("import keras_memory.zoo, keras", "keras.saving.load_model"),
    ],
)
def test_a_keras_file_imports_the_classes_that_it_names(
    imports, load, saved, children, backend
):
    """In a process that knows none of them, but Keras."""
    output = children.run(LOAD.format(imports=imports, load=load), saved, backend=backend)
    assert output.split() == ["NTM", "False"]


def test_keras_finds_the_classes_when_it_is_imported_after_the_zoo(saved):
    script = LOAD.format(
        imports="import keras_memory.zoo; assert 'keras' not in sys.modules; import keras",
        load="keras.saving.load_model",
    )
    command = [sys.executable, "-c", script, saved]
    child = subprocess.run(command, check=True, capture_output=True, text=True)
    assert child.stdout.split() == ["NTM", "False"]


def test_a_model_of_layers_is_loaded(children, tmp_path, backend):
    """By a process that has imported neither the layers nor Keras."""
    inputs = keras.Input((3, 4))
    model = keras.Model(inputs, layers.AttentionPooling()(inputs))
    model.save(tmp_path / "model.keras")
    script = LOAD.format(imports="from keras_memory import zoo", load="zoo.load")
    assert "Functional" in children.run(script, tmp_path / "model.keras", backend=backend)
