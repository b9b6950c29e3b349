# %% [markdown]
# # Tune
#
# Each recipe has a search space; KerasTuner searches it.

# %%
import tempfile

from keras_memory import recipes

folder = tempfile.mkdtemp()
recipe = recipes.get("key_value_lookup", epochs=2, steps_per_epoch=50)
print(recipe)

# %%
tuner = recipe.tune(folder, max_trials=2, verbose=0)
best = tuner.get_best_hyperparameters()[0].values
print(best)
