# %% [markdown]
# # Brackets, pushed and popped
#
# A network with stacks has learned words of nested brackets up to depth 6; its stack lets it
# close brackets that are far deeper.

# %%
from keras_memory import recipes, zoo

recipe = recipes.get("dyck_language")
model = zoo.from_preset("dyck_language")
print(recipe.answer(model, brackets="([{([("))

# %%
next(iter(recipe.figures(model).values()))
