# %% [markdown]
# # A story, read hop by hop
#
# An end-to-end memory network reads a story in three hops. Each attends to the sentence that
# fits what it has read so far.

# %%
from keras_memory import zoo

reader = zoo.from_preset("memn2n_babi_1k_joint")
story = "John took the milk. John went to the garden. Mary went to the kitchen."
answer = reader.answer([story], ["Where is the milk?"])
print(answer["answer"].numpy()[0].decode(), float(answer["probability"][0]))

# %%
sentences = [text.decode() for text in answer["sentences"].numpy()[0]]
weights = answer["attention"].numpy()[0][:, : len(sentences)]
zoo.figures.story_attention(sentences, weights, "Where is the milk?")

# %% [markdown]
# Words that it has never seen are named, and left out:

# %%
answer = reader.answer(["Zoltan took the milk."], ["Where is Zoltan?"])
print("unknown:", answer["unknown"].numpy()[0].decode())
