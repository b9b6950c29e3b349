# %% [markdown]
# # A layer of ours in a model of yours
#
# A Keras model of one's own: a recurrent network that has a memory to write to and to read
# from. The task: to say at the end which number came first.

# %%
import keras
import numpy as np

from keras_memory import layers

keras.utils.set_random_seed(0)
chance = np.random.default_rng(0)
numbers = chance.integers(0, 5, (2000, 12))
x, y = np.eye(5, dtype="float32")[numbers], numbers[:, 0]

inputs = keras.Input((None, 5))
cell = layers.NTMCell(keras.layers.GRUCell(24), memory_slots=8, memory_width=8)
hidden = layers.MemoryRNN(cell, return_sequences=False)(inputs)
outputs = keras.layers.Dense(5, "softmax")(hidden)
model = keras.Model(inputs, outputs)
model.compile(
    keras.optimizers.Adam(1e-2, global_clipnorm=1.0),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x, y, epochs=8, batch_size=64, verbose=0)
loss, accuracy = model.evaluate(x, y, verbose=0)
print("right:", round(accuracy, 3))
assert accuracy > 0.9

# %% [markdown]
# Attention over what was read, in place of the last state:

# %%
states = keras.layers.GRU(24, return_sequences=True)(inputs)
last = states[:, -1:]
read, weights = layers.Attention("scaled_dot", "softmax")(
    last, states, return_attention_scores=True
)
attentive = keras.Model(inputs, keras.layers.Dense(5, "softmax")(read[:, 0]))
attentive.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
attentive.summary()
