# %% [markdown]
# # Your own points
#
# A pointer network learns to put offers in the order of their price: points with an answer
# that points at them.

# %%
import keras
import numpy as np

from keras_memory import zoo

keras.utils.set_random_seed(0)
chance = np.random.default_rng(0)


def offers(count):
    """Offers (price, quality), and their numbers, from 1, by price; 0 at the end."""
    points = chance.random((count, 4, 2)).astype("float32")
    by_price = 1 + points[..., 0].argsort(axis=1)
    return points, np.pad(by_price, ((0, 0), (0, 1)))


points, pointers = offers(4000)
inputs = {"points": points, "length": np.full(len(points), 4), "pointers": pointers}
model = zoo.PointerNetwork(units=48, rule="permutation")
model.compile_default(keras.optimizers.Adam(5e-3, global_clipnorm=2.0), loss=model.loss)
history = model.fit(inputs, pointers, batch_size=64, epochs=8, verbose=0)

# %%
points, pointers = offers(500)
found = np.asarray(model.solve(points)["indices"])[:, :4]
right = (1 + found == pointers[:, :4]).all(axis=1).mean()
print("wholly right:", right)
assert right > 0.7
