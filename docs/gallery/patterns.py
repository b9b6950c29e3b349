# %% [markdown]
# # A letter from its half
#
# A Hopfield network stores patterns in one pass, and recalls them from a part.

# %%
import numpy as np

from keras_memory import zoo

LETTERS = """
.XXX.  XXXX.  .XXXX  X...X
X...X  X...X  X....  X..X.
XXXXX  XXXX.  X....  XXX..
X...X  X...X  X....  X..X.
X...X  XXXX.  .XXXX  X...X
"""
rows = [line.split() for line in LETTERS.split("\n") if line]
letters = np.array(
    [[[c == "X" for c in row[i]] for row in rows] for i in range(4)], "float32"
).reshape(4, 25)
patterns = 2 * letters - 1

model = zoo.HopfieldNetwork(units=25, rule="pseudo_inverse")
history = model.fit(patterns, verbose=0)

# %%
cues = np.where(np.arange(25) < 15, patterns, 0)  # the lower two rows are not known
trace = model.trace(cues)
assert (trace["states"][-1] == patterns).all()
zoo.figures.recall_strip(trace["states"], (5, 5))

# %% [markdown]
# The energy falls with each update, until nothing changes:

# %%
zoo.figures.energy_curves(trace["energies"])

# %% [markdown]
# ## As attention
#
# The continuous network of Ramsauer et al. holds patterns of any numbers, and its update is
# attention with the patterns as keys and values.

# %%
images = np.random.default_rng(0).random((50, 100)).astype("float32")
continuous = zoo.ContinuousHopfieldNetwork(units=100, slots=50, beta=50.0)
continuous.fit(images, verbose=0)
halves = np.where(np.arange(100) < 50, images, 0.5)
recalled = np.asarray(continuous.predict(halves, verbose=0))
print("largest error:", np.abs(recalled - images).max())
