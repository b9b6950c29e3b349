# %% [markdown]
# # Your own sentences, tagged
#
# A tagger from lists of sentences and of tags; letters let it tag words that it has not seen.

# %%
import keras

from keras_memory import zoo

keras.utils.set_random_seed(0)
cities = ["Boston", "Denver", "Oslo", "Lima", "Bergen", "San Jose", "Porto", "New York"]
words, tags = [], []


def place(way, city):
    first, *others = city.split()
    return [way, *city.split()], ["O", f"B-{way}", *(f"I-{way}" for _ in others)]


for start in cities:
    for end in cities:
        there, back = place("from", start), place("to", end)
        for first, second in ((there, back), (back, there)):
            words.append(["show", "flights", *first[0], *second[0]])
            tags.append(["O", "O", *first[1], *second[1]])

model = zoo.SequenceTagger.from_texts(words, tags, encoder="bidirectional", crf=True)
inputs, targets, weights = model.examples(words, tags)
history = model.fit(inputs, targets, sample_weight=weights, epochs=40, verbose=0)

# %%
found = model.tag(["Cheap flights to Lima from San Jose"])
for word, tag in zip(found["words"].numpy()[0], found["tags"].numpy()[0], strict=True):
    print(f"{word.decode():10} {tag.decode()}")
assert b" ".join(found["tags"].numpy()[0]) == b"O O O B-to O B-from I-from"
