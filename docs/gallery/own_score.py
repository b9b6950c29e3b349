# %% [markdown]
# # A score of your own
#
# How alike are a query and a key? A score is a class with one method; wherever the library
# has a score, as in attention, memory networks and the machines' addressing, it can stand.

# %%
import keras
import numpy as np
from keras import ops

from keras_memory import layers


@keras.saving.register_keras_serializable(package="my_project")
class NegativeDistance(layers.Score):
    """-|q - k|^2."""

    def compare(self, query, key):
        difference = query[..., :, None, :] - key[..., None, :, :]
        return -ops.sum(ops.square(difference), axis=-1)


query = np.array([[[0.0, 1.0]]], "float32")
key = np.array([[[0.0, 0.9], [2.0, 2.0], [-1.0, 0.0]]], "float32")
attention = layers.Attention(NegativeDistance())
_, weights = attention(query, key, return_attention_scores=True)
print(np.round(np.asarray(weights), 3))
assert np.asarray(weights).argmax() == 0

# %% [markdown]
# In a neural Turing machine, it addresses the memory:

# %%
cell = layers.NTMCell(keras.layers.LSTMCell(16), memory_slots=8, score=NegativeDistance())
outputs = layers.MemoryRNN(cell, return_sequences=True)(np.ones((2, 5, 4), "float32"))
print(outputs.shape)
