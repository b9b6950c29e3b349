# %% [markdown]
# # A memory tape, written and read
#
# A neural Turing machine has read twenty vectors of bits; after a mark, it gives them back.
# It was trained on copies of up to twenty vectors.

# %%
import numpy as np

from keras_memory import zoo

machine = zoo.from_preset("ntm_copy")


def sequence(length, seed=0):
    """A start mark, the vectors, an end mark, and silence in which the copy is written."""
    bits = np.random.default_rng(seed).integers(0, 2, (length, 8))
    inputs = np.zeros((1, 2 * length + 1, 9), "float32")
    inputs[0, :length, :8], inputs[0, length, 8] = bits, 1
    return inputs, bits


inputs, bits = sequence(20)
trace = machine.trace(inputs)
zoo.figures.memory_tape(trace)

# %% [markdown]
# The upper rows are what goes in and what comes out. Below, bright is where the head writes,
# slot after slot, and where it later reads, in the same order.
#
# All bits are right:

# %%
copy = trace["outputs"][0, -20:].round()
print("wrong bits:", int(np.abs(copy - bits).sum()))
assert (copy == bits).all()

# %% [markdown]
# ## Longer than in training, on more memory
#
# The number of slots is in no weight: the same weights work on a memory of any size.

# %%
larger = zoo.from_preset("ntm_copy", memory_slots=512)
for length in (50, 100, 200):
    inputs, bits = sequence(length)
    copy = larger.predict(inputs, verbose=0)[0, -length:] > 0
    print(length, "vectors,", int((copy != bits).sum()), "wrong bits")
