# %% [markdown]
# # What a network retrieves after a long time
#
# Ten symbols, a hundred blanks, then the ten symbols again. Sparse attentive backtracking
# retrieves, at each step, a few of its earlier states.

# %%
from keras_memory import recipes, zoo

recipe = recipes.get("sab_copy")
model = zoo.from_preset("sab_copy")
figures = recipe.figures(model)
print(*figures)

# %%
next(iter(figures.values()))

# %% [markdown]
# Across is the time, upwards the earlier step that is retrieved. While it repeats the
# symbols, it goes back to the steps at which it read them.
