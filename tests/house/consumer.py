"""What a user writes, as a type checker reads it: no line of this is an error.

`test_types.py` checks it, the example of README.md, and `mistakes.py` beside it.
"""

from pathlib import Path
from typing import Any, assert_type

import keras
import numpy as np

from keras_memory import citation, layers, recipes, testing, zoo
from keras_memory.recipes.running.exporting import export
from keras_memory.recipes.running.recipe import recipe_dataclass
from keras_memory.recipes.running.reproduction import reproduce
from keras_memory.recipes.running.study import Study


# A layer in a model of one's own.
class Reader(keras.Model):
    """Reads a memory of the items that it is given with a query that it learned."""

    def __init__(self, units: int = 32):
        super().__init__()
        self.attention = layers.MultiHeadAttention(num_heads=4, key_dim=8, score="additive")
        self.pooling = layers.AttentionPooling(units=units)

    def call(self, items):
        return self.pooling(self.attention(items, items))


class RunningMean(layers.MemoryCell):
    """A memory cell of one's own."""

    output_size = 2
    state_shapes = {"total": (2,), "count": ()}

    def step(self, inputs, state, training=None):
        total, count = state["total"] + inputs, state["count"] + 1
        return total / count[:, None], {"total": total, "count": count}


class NegativeDistance(layers.Score):
    """A score of one's own, which any attention takes."""

    def compare(self, query, key):
        difference = query[..., :, None, :] - key[..., None, :, :]
        return keras.ops.negative(keras.ops.sum(keras.ops.square(difference), axis=-1))


layers.MemoryRNN(RunningMean(), return_sequences=True)
layers.Attention(score=NegativeDistance())
passed: list[str] = testing.check_layer(NegativeDistance, {"query": (3, 4), "key": (5, 4)})
papers: str = citation(NegativeDistance())

inputs = keras.Input((None, 9))
cell = layers.NTMCell(keras.layers.LSTMCell(100), memory_slots=64)
steps = layers.MemoryRNN(cell, return_sequences=True)(inputs)
machine = keras.Model(inputs, steps)
machine.compile("adam", "mse", metrics=["mae"])
machine.fit(np.zeros((2, 5, 9)), np.zeros((2, 5, 8)))

# What cells, memories and attentions give.
outputs, states = cell.trace(np.zeros((2, 5, 9)))
assert_type(states, dict[str, Any])
assert_type(cell.get_initial_state(2), list[Any])
assert_type(cell.by_name(cell.pack(states)), dict[str, Any])
memory = layers.HopfieldMemory(rule="storkey")
assert_type(memory.store(np.ones((1, 4))), None)
assert_type(memory.recall(np.ones((1, 4)), external=np.zeros(4)), dict[str, Any])
memory.energy(np.ones((1, 4)))
read, weights = layers.Attention().reader(np.ones((1, 5, 4)), np.ones((1, 5, 4)))(inputs)
assert_type(layers.AttentionRNN(keras.layers.GRUCell(8)).units, int)

# Parts by name, or as layers.
layers.Attention()
layers.Attention(score=layers.CosineScore(), selection=layers.TopKSoftmax(k=3), dropout=0.1)
layers.SparseAttentiveBacktracking(keras.layers.LSTMCell(8), k_top=None, k_trunc=5)
layers.HopfieldAssociation(num_heads=2, key_dim=4)

# Models: built, traced, plotted, saved.
model = zoo.NTM(input_units=9, output_units=8, memory_slots=64)
trace = model.trace(np.zeros((1, 5, 9)))
zoo.figures.memory_tape(trace).savefig("tape.png")
model.save_to_preset("my_preset")
machine_of_preset: zoo.NTM = zoo.NTM.from_preset("my_preset", memory_slots=128)
names: list[str] = zoo.presets()
loaded: keras.Model = zoo.load("model.keras")
zoo.PointerNetwork(units=32, rule="simple_polygon")

# A recipe: trained, and one of a user's own.
recipe: recipes.Recipe = recipes.get("ntm_copy", memory_slots=64)
run: recipes.Run = recipe.fit(run_dir="runs/a")
metrics: dict[str, float] = recipe.evaluate(run.model)
recipe_names: list[str] = recipes.names()
assert_type(recipe.model(), keras.Model)
assert_type(recipe.examples("test"), dict[str, Any])
exported: Path = recipe.export(run.model, "a.onnx", format="onnx")
exported = export(run.model, "folder", steps=20)
folders: list[Path] = reproduce("ntm_copy", jobs=2, epochs=1)

# A study: of a class as it is written, of a recipe without the recipe for an argument.
study = Study(
    data=lambda recipe: f"copies of {recipe.length} bits",
    parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
    targets={"loss": ("≤", 0.5)},
    rank=lambda recipe, run: run.metrics["loss"],
    rows=lambda recipe, runs: [{"seed": run.recipe.seed, **run.metrics} for run in runs],
    text=lambda recipe, rows: f"{len(rows)} runs",
)
assert_type(recipe.study.targets, dict[str, tuple[str, float]])
assert_type(recipe.study.rows([run]), list[dict[str, Any]])
text: str = recipe.study.text(recipe.study.rows([run]))


@recipe_dataclass
class Copying(recipes.Recipe):
    """An experiment of one's own."""

    length: int = 10

    def examples(self, split):
        return {"bits": np.zeros((10, self.length, 1))}

    def to_batch(self, examples):
        return examples["bits"], examples["bits"]

    def model(self):
        return zoo.NTM(1, 1)

    def evaluate(self, model, split="test"):
        return {"loss": float(model.evaluate(self.dataset(split), verbose="0"))}

    def search_space(self, hp):
        return {"length": hp.Int("length", 5, 20)}


longer: Copying = Copying(length=20, seed=1).replace(length=30)
