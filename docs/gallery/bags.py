# %% [markdown]
# # Your own bags
#
# A bag has a label if one of its items is special; which one is not known in training.
# Hopfield pooling finds it.

# %%
import keras
import numpy as np
from matplotlib import pyplot as plt

from keras_memory import zoo

keras.utils.set_random_seed(0)
chance = np.random.default_rng(0)


def bags(count):
    items = chance.normal(size=(count, 9, 8)).astype("float32")
    labels = chance.integers(0, 2, count)
    places = chance.integers(0, 9, count)
    items[np.arange(count), places, :2] += 3 * labels[:, None]
    return {"items": items, "length": np.full(count, 9)}, labels, places


inputs, labels, _ = bags(1000)
model = zoo.SetClassifier(8, classes=2, num_heads=4, key_dim=8)
history = model.fit(inputs, labels, epochs=15, verbose=0)

# %%
inputs, labels, places = bags(400)
found = model.predict(inputs, verbose=0).argmax(axis=1)
print("right:", (found == labels).mean())
assert (found == labels).mean() > 0.9

# %% [markdown]
# Where the label is 1, the weights are on the item that made it so:

# %%
weights = model.trace(inputs)["weights"].mean(axis=(1, 2))
special = labels == 1
print("weight of the special item:", weights[special, places[special]].mean())
figure, axis = plt.subplots(figsize=(6, 3))
axis.imshow(weights[special][:12], cmap="Greys")
axis.plot(places[special][:12], np.arange(12), "C1o", fillstyle="none")
axis.set(xlabel="item", ylabel="bag", xticks=range(9))
