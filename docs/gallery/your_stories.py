# %% [markdown]
# # Your own stories
#
# A memory network that is trained on stories, questions and answers of one's own: three lists
# of strings.

# %%
import random

from keras_memory import zoo

names, rooms = ["Ana", "Bo", "Chen", "Dai"], ["lobby", "garage", "office", "cellar"]


def example(chance):
    """Three people walk; the question is where one of them is."""
    walkers = chance.sample(names, 3)
    where = {name: chance.choice(rooms) for name in walkers}
    story = " ".join(f"{name} walks to the {room}." for name, room in where.items())
    wanted = chance.choice(walkers)
    return story, f"Where is {wanted}?", where[wanted]


chance = random.Random(0)
stories, questions, answers = zip(*(example(chance) for _ in range(1000)), strict=True)

# %%
model = zoo.MemN2N.from_texts(stories, questions, answers, dim=20, seed=0)
history = model.fit(*model.examples(stories, questions, answers), epochs=30, verbose=0)
print("right in training:", round(history.history["accuracy"][-1], 2))

# %%
new = [example(chance) for _ in range(200)]
stories, questions, answers = map(list, zip(*new, strict=True))
found = [word.decode() for word in model.answer(stories, questions)["answer"].numpy()]
right = sum(a == b for a, b in zip(found, answers, strict=True)) / len(new)
print("right on new stories:", right)
assert right > 0.9

# %% [markdown]
# From a file, with a validation split, checkpoints and a report, it is
# `keras-memory train stories_from_file --set path=FILE`: see *Your own data*.
