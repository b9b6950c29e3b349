# %% [markdown]
# # A date, rewritten letter by letter
#
# An encoder and a decoder with attention: which letters of the source the decoder reads while
# it writes each letter of the target.

# %%
import numpy as np

from keras_memory import zoo

model = zoo.from_preset("seq2seq_attention")
source = "the third of May, 1979"
found = model.translate([source])
target = found["text"].numpy()[0].decode()
print(source, "->", target)
assert target == "1979-05-03"

# %%
inputs, _ = model.examples([source], [target])
weights = np.asarray(model.trace(inputs)["weights"])[0, : len(target)]
zoo.figures.attention_map(weights, list(source), list(target))

# %% [markdown]
# What is not a date is refused with a question mark, as the network has learned it:

# %%
print(
    [
        text.decode()
        for text in model.translate(["31 February 2001", "banana"])["text"].numpy()
    ]
)
