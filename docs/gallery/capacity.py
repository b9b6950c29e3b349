# %% [markdown]
# # The capacity of Hopfield networks in ten lines
#
# How many random patterns of 200 units are recalled when a tenth of their units is wrong, by
# three rules of storage.

# %%
import numpy as np
from matplotlib import pyplot as plt

from keras_memory import zoo

chance = np.random.default_rng(0)
loads = (0.05, 0.1, 0.14, 0.18, 0.25, 0.5)
for rule in ("hebb", "storkey", "pseudo_inverse"):
    recalled = []
    for load in loads:
        patterns = chance.choice([-1.0, 1.0], (int(200 * load), 200))
        cues = np.where(chance.random(patterns.shape) < 0.1, -patterns, patterns)
        model = zoo.HopfieldNetwork(200, rule=rule, updates="synchronous")
        model.fit(patterns, verbose=0)
        recalled.append(np.mean(model.recall(cues)["attractors"] * patterns))
    plt.plot(loads, recalled, label=rule)
plt.axvline(0.138, linestyle=":", color="grey")
plt.xlabel("patterns per unit")
plt.ylabel("overlap of what is recalled with what was stored")
plt.legend()

# %% [markdown]
# Dotted is the capacity of Hebb's rule in the limit of many units, 0.138 patterns per unit.
# `keras-memory train hopfield_capacity` measures it at several sizes, beside the theory.
