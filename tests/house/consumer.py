"""What a user writes, as a type checker reads it: no line of this is an error.

`test_types.py` checks it, the example of README.md, and `mistakes.py` beside it.
"""

import keras
import numpy as np

from keras_memory import layers, recipes, zoo


# A layer in a model of one's own.
class Reader(keras.Model):
    """Reads a memory of the items that it is given with a query that it learned."""

    def __init__(self, units: int = 32):
        super().__init__()
        self.attention = layers.MultiHeadAttention(num_heads=4, key_dim=8, score="additive")
        self.pooling = layers.AttentionPooling(units=units)

    def call(self, items):
        return self.pooling(self.attention(items, items))


inputs = keras.Input((None, 9))
cell = layers.NTMCell(keras.layers.LSTMCell(100), memory_slots=64)
steps = layers.MemoryRNN(cell, return_sequences=True)(inputs)
machine = keras.Model(inputs, steps)
machine.compile("adam", "mse", metrics=["mae"])
machine.fit(np.zeros((2, 5, 9)), np.zeros((2, 5, 8)))

# Parts by name, or as layers.
layers.Attention()
layers.Attention(score=layers.CosineScore(), selection=layers.TopKSoftmax(k=3), dropout=0.1)
layers.SparseAttentiveBacktracking(keras.layers.LSTMCell(8), k_top=None, k_trunc=5)
layers.HopfieldAssociation(num_heads=2, key_dim=4)

# Models: built, traced, drawn, saved.
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
