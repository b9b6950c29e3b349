"""Large weights split over devices of one host. Of several processes: test_processes.py."""

import json
import re

import keras
import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.recipes import registry
from keras_memory.recipes.running import model_parallel

pytestmark = pytest.mark.long

# Four devices, two of which share a copy of the model.
TRAIN = """
import json, os, sys
devices = "--xla_force_host_platform_device_count=4"
os.environ["XLA_FLAGS"] = f'{os.environ.get("XLA_FLAGS", "")} {devices}'
from pathlib import Path
import keras
import numpy as np
from keras_memory import recipes
from keras_memory.recipes import Run
from keras_memory.recipes.associative import dense_memory_mnist
from keras_memory.recipes.running.model_parallel import split

def load(name, part):
    random = np.random.default_rng(["train[:50000]", "train[50000:]", "test"].index(part))
    label = random.integers(0, 10, 301)  # which no batch divides by two
    images = np.random.default_rng(9).integers(0, 256, (10, 28, 28, 1)).astype("uint8")
    images = images[label]
    noise = random.integers(0, 256, images.shape).astype("uint8")
    noisy = random.random(images.shape) < 0.3
    return {"image": np.where(noisy, noise, images), "label": label}

dense_memory_mnist.load_public = load
folder = Path(sys.argv[1])
recipe = recipes.get("dense_memory_mnist", memories=20, epochs=4, steps_per_epoch=20,
                     batch_size=24)
both = split(recipe, 2)
one = recipe.fit(folder / "one", verbose=0)
two = recipe.fit(folder / "two", verbose=0, distribution=both)

class Stop(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        patterns = self.model.memory.patterns.value
        momentum = self.model.optimizer.variables[2].value
        for array in (patterns, momentum):
            shards.append(array.sharding.shard_shape(array.shape))
        if epoch == 2:
            raise KeyboardInterrupt

shards, stopped = [], recipe.replace()
object.__setattr__(stopped, "callbacks", lambda history: [Stop()])
try:
    stopped.fit(folder / "stopped", verbose=0, distribution=both)
except KeyboardInterrupt:
    epochs = len(Run(folder / "stopped").history)
resumed = recipe.fit(folder / "stopped", resume=True, verbose=0, distribution=both)

def distance(a, b):
    pairs = zip(a.model.get_weights(), b.model.get_weights(), strict=True)
    return max(float(np.abs(x - y).max()) for x, y in pairs)

mistakes = []
refused = [(recipe, 3), (recipe.replace(memories=21), 2), (recipe.replace(batch_size=25), 2),
           (recipes.get("key_value_lookup"), 2), (recipes.get("hopfield_bit_pattern"), 2)]
for other, devices in refused:
    try:
        other.fit(folder / "none", distribution=split(other, devices))
    except ValueError as error:
        mistakes.append(str(error))
print(json.dumps({
    "mesh": both.device_mesh.shape,
    "losses": [[row[k] for row in run.history for k in ("loss", "val_loss", "val_accuracy")]
               for run in (one, two)],
    "weights": [distance(one, two), distance(two, resumed)],
    "metrics": [one.metrics, two.metrics, resumed.metrics],
    "shards": shards,
    "epochs": epochs,
    "mistakes": mistakes,
    "written": (folder / "none").exists(),
}))
"""
STORE = """
import json, os
devices = "--xla_force_host_platform_device_count=2"
os.environ["XLA_FLAGS"] = f'{os.environ.get("XLA_FLAGS", "")} {devices}'
import keras
import numpy as np
from keras_memory import zoo

mesh = keras.distribution.DeviceMesh((1, 2), ("batch", "model"))
patterns = np.random.default_rng(0).choice([-1.0, 1.0], (12, 40)).astype("float32")
cues = np.where(np.arange(40) < 25, patterns, 1).astype("float32")
found = {}
for name, sizes in {"HopfieldNetwork": {}, "DenseHopfieldNetwork": {"slots": 16},
                    "ContinuousHopfieldNetwork": {"slots": 16}}.items():
    made = getattr(zoo, name)
    layouts = keras.distribution.LayoutMap(mesh)
    layouts.update(made.layouts)
    alone = made(40, **sizes)
    with keras.distribution.ModelParallel(layout_map=layouts).scope():
        spread = made(40, **sizes)
        spread.fit(patterns, verbose=0)
        recalled = spread.predict(cues, verbose=0)
    alone.fit(patterns, verbose=0)
    weight = spread.memory.weights[0].value
    distance = float(np.abs(recalled - alone.predict(cues, verbose=0)).max())
    shard = weight.sharding.shard_shape(weight.shape)
    found[name] = [weight.shape, shard, distance, spread.stored]
print(json.dumps(found))
"""


@pytest.mark.several
def test_split_weights_train_as_on_one_device(children, tmp_path):
    found = json.loads(children.run(TRAIN, tmp_path, backend="jax").splitlines()[-1])
    assert found["mesh"] == [2, 2]
    np.testing.assert_allclose(*found["losses"], rtol=3e-6)
    assert found["weights"][0] <= 1e-5
    assert found["metrics"][0] == found["metrics"][1]
    assert found["shards"] == [[10, 794]] * 6  # and of Adam, in three epochs
    assert found["epochs"] == 2
    assert found["weights"][1] == 0
    assert found["metrics"][1] == found["metrics"][2]
    assert found["mistakes"] == [
        "Expected parts of the model that divide 4, the number of devices of all processes. "
        "Received: 3",
        "Expected all of memory/patterns to divide by 2, along axis 0. Received: shape "
        "(21, 794)",
        "Expected a batch_size that divides by 2, the copies of the model on 4 devices. "
        "Received: 25",
        "Expected a recipe with large weights, to be split. Received: key_value_lookup, "
        "which has none",
        "Expected a recipe with large weights, to be split. Received: hopfield_bit_pattern "
        "with these fields, which has none",
    ]
    assert not found["written"]


def test_stored_patterns_are_recalled_from_several_devices(children):
    found = json.loads(children.run(STORE, backend="jax").splitlines()[-1])
    assert len(found) == 3
    for shape, shard, distance, stored in found.values():
        assert shard == [shape[0] // 2, shape[1]]
        assert distance <= 1e-6
        assert stored == 12


WORDS = ["mary", "went", "to", "kitchen"]
MODELS = {
    "continuous": lambda: zoo.ContinuousHopfieldNetwork(8, slots=4),
    "dense": lambda: zoo.DenseHopfieldNetwork(8, slots=4),
    "hopfield": lambda: zoo.HopfieldNetwork(8),
    "learned": lambda: zoo.DenseMemoryClassifier(8, 2, memories=4),
    "lookup": lambda: zoo.SetClassifier(
        (8,), 2, reading="lookup", num_heads=2, key_dim=4, slots=4
    ),
    "adjacent": lambda: zoo.MemN2N(WORDS, dim=4, hops=2),
    "layer_wise": lambda: zoo.MemN2N(WORDS, dim=4, hops=2, tying="layer_wise"),
    "entities": lambda: zoo.EntityNetwork(WORDS, dim=4, slots=2),
    "episodes": lambda: zoo.DynamicMemoryNetwork(WORDS, dim=4, passes=1),
    "key_value": lambda: zoo.KeyValueMemoryNetwork(WORDS, dim=4),
    "supported": lambda: zoo.SupportedMemoryNetwork(WORDS, dim=4, ngrams=1),
    "universal": lambda: zoo.UniversalTransformer(WORDS, dim=4, max_steps=2),
    "words": lambda: zoo.MemN2NLanguageModel(9, dim=4, memory_size=6),
    "reviews": lambda: zoo.HierarchicalAttention(
        WORDS, ["good", "bad"], embedding_dim=8, units=3
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_layouts_are_of_the_largest_weights(name):
    model = MODELS[name]()
    split = {
        weight.path: axes
        for weight in model.weights
        for pattern, axes in model.layouts.items()
        if re.fullmatch(pattern, weight.path)
    }
    for weight in model.weights:
        if weight.path in split:
            assert len(split[weight.path]) == len(weight.shape)
            assert split[weight.path].count("model") == 1
    large = "table|embeddings|patterns|couplings"
    tables = [w.path for w in model.weights if re.search(large, w.path)]
    assert set(tables) <= set(split) and split


def test_recipes_have_the_layouts_of_their_models():
    with_layouts = {name for name in registry.names() if registry.recipe_class(name).layouts}
    assert {"dense_memory_mnist", "memn2n_babi", "memn2n_ptb"} <= with_layouts
    assert "ntm_copy" not in with_layouts


@pytest.mark.only("tensorflow", "torch", because="it is refused")
def test_a_backend_that_cannot_is_named(lookup):
    with pytest.raises(ValueError, match="^Expected the backend jax for several .* Received"):
        model_parallel.split(lookup, 2)


def test_a_user_may_split_other_weights(lookup):
    mesh = keras.distribution.DeviceMesh((1, 1), ("batch", "model"), ["cpu:0"])
    layouts = keras.distribution.LayoutMap(mesh)
    layouts["question/kernel"] = ("model", None)
    spread = keras.distribution.ModelParallel(layout_map=layouts)
    model_parallel.check_split(lookup, spread)
