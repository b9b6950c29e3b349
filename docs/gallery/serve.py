# %% [markdown]
# # Export and serve
#
# A SavedModel takes strings and answers with strings, where keras-memory is not installed.

# %%
import tempfile
from pathlib import Path

import onnxruntime
import tensorflow as tf

from keras_memory import zoo
from keras_memory.recipes.running.exporting import export
from keras_memory.recipes.running.traces import export_traces

folder = Path(tempfile.mkdtemp())
export(zoo.from_preset("memn2n_babi_world"), folder / "reader")

# %%
served = tf.saved_model.load(folder / "reader").signatures["serving_default"]
story = "Mary went to the kitchen. John went to the garden."
answer = served(story=tf.constant([story]), question=tf.constant(["Where is Mary?"]))
print(answer["answer"].numpy()[0].decode())
assert answer["answer"].numpy()[0] == b"kitchen"

# %% [markdown]
# ## In onnxruntime
#
# ONNX has no text: numbers in, numbers out. `trace` is what the model does at each step,
# for a page in the browser.

# %%
export_traces(zoo.from_preset("sequence_gates"), folder / "gates")
session = onnxruntime.InferenceSession(folder / "gates" / "trace.onnx")
print([(output.name, output.shape) for output in session.get_outputs()])
