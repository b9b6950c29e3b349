# %% [markdown]
# # Tune
#
# Each recipe has a search space; KerasTuner searches it.

# %%
import tempfile

from keras_memory import recipes
from keras_memory.recipes.running.tuning import best_recipe

folder = tempfile.mkdtemp()
recipe = recipes.get("key_value_lookup", epochs=2, steps_per_epoch=50)
print(recipe)

# %%
tuner = recipe.tuner(max_trials=2, directory=folder)
tuner.search(verbose=0)
print(best_recipe(tuner))
