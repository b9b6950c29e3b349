"""Searching a recipe's hyper-parameters with KerasTuner; what is found is a recipe."""

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import keras_tuner

from ...zoo.saving.atomic_files import locked, read_json, write_text
from ...zoo.saving.names import did_you_mean
from .progress import errors_alone

if TYPE_CHECKING:
    from .recipe import Recipe

# The state of a search as the last finished trial left it.
FINISHED = "kept.json"
# Where several processes search together, what KerasTuner reads of which of them this is.
TUNER_ID, CHIEF = "KERASTUNER_TUNER_ID", "chief"


class _Resumable:
    """A tuner whose search goes on from its last finished trial, whenever it was killed.

    KerasTuner writes its files one by one and in place; killed meanwhile, it could not read
    them, or they would not agree. Of several processes, the chief keeps them.
    """

    def search(self, *args, **kwargs):
        if TUNER_ID in os.environ:  # several processes search together
            return super().search(*args, **kwargs)
        with locked(self.project_dir):
            return super().search(*args, **kwargs)

    def on_trial_end(self, trial):
        super().on_trial_end(trial)
        if not _is_worker():
            keep(Path(self.project_dir))


def keep(folder: Path) -> None:
    """The files of a search as they are now: it goes on from here, should it be killed."""
    state = {str(p.relative_to(folder)): p.read_text("utf-8") for p in _state(folder)}
    write_text(folder / FINISHED, json.dumps(state))


def _is_worker():
    return CHIEF not in os.environ.get(TUNER_ID, CHIEF)


ALGORITHMS = {
    name: type(algorithm.__name__, (_Resumable, algorithm), {})
    for name, algorithm in [
        ("bayesian", keras_tuner.BayesianOptimization),
        ("hyperband", keras_tuner.Hyperband),
        ("random", keras_tuner.RandomSearch),
    ]
}


class RecipeHyperModel(keras_tuner.HyperModel):
    """Builds and fits a recipe with the fields that are sampled from its search space."""

    def __init__(self, recipe: "Recipe") -> None:
        super().__init__(name=recipe.name)
        self.recipe = recipe

    def sampled(self, hp: keras_tuner.HyperParameters) -> "Recipe":
        """The recipe with the fields that `hp` holds."""
        return self.recipe.replace(**self.recipe.search_space(hp))

    def build(self, hp):
        return self.sampled(hp).seeded_model()

    def fit(
        self,
        hp: keras_tuner.HyperParameters,
        model: keras.Model,
        *args: Any,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        **kwargs: Any,
    ) -> Any:
        recipe, history = self.sampled(hp), []
        rows = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: history.append(dict(logs))
        )
        with errors_alone("tensorflow"):  # which warns that each trial is compiled
            return model.fit(
                recipe.dataset("train"),
                *args,
                shuffle=False,
                validation_data=recipe.dataset("validation"),
                callbacks=[rows, *recipe.callbacks(history), *callbacks],
                **{"epochs": recipe.epochs, **kwargs},
            )


def tuner(
    recipe: "Recipe",
    max_trials: int = 20,
    directory: str | os.PathLike[str] = "tuning",
    algorithm: str = "bayesian",
) -> keras_tuner.Tuner:
    """A tuner over the recipe's search space; `search()` it, then `best_recipe(tuner)`.

    Finished trials are kept in `directory`: a search that was stopped goes on there.

    Args:
        recipe: The recipe, whose other fields stay as they are.
        max_trials: How many combinations to try; Hyperband decides by itself.
        directory: Where the trials are kept.
        algorithm: `"bayesian"`, `"hyperband"` or `"random"`.

    Raises:
        ValueError: The algorithm is unknown, the recipe has nothing to tune, or `directory`
            holds a search of another space, of other fields or by another algorithm.

    Example:

    >>> from keras_memory import recipes
    >>> found = tuner(recipes.get("hopfield_latch_sequence"), 5, algorithm="random")
    >>> [hp.name for hp in found.oracle.hyperparameters.space]
    ['learning_rate', 'num_heads', 'key_dim', 'beta', 'updates', 'dropout']
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(
            f"Expected an algorithm ({', '.join(ALGORITHMS)}). Received: {algorithm!r}"
            f"{did_you_mean(algorithm, ALGORITHMS)}"
        )
    folder = Path(directory) / recipe.name
    _check_same_search(recipe, folder, algorithm)
    if not _is_worker():
        _go_back_to_finished(folder)
    limits = (
        {"max_epochs": recipe.epochs}
        if algorithm == "hyperband"
        else {"max_trials": max_trials}
    )
    found = ALGORITHMS[algorithm](
        RecipeHyperModel(recipe),
        objective=keras_tuner.Objective("val_loss", "min"),
        directory=str(directory),
        project_name=recipe.name,
        # To KerasTuner, 0 is as none: any number.
        seed=recipe.seed or 2**32 - 1,
        **limits,
    )
    if not _is_worker() and (folder / FINISHED).exists() and not found.oracle.trials:
        found.oracle.reload()  # begun by one process, and now by several, or the reverse
    return found


def best_recipe(tuner: keras_tuner.Tuner) -> "Recipe":
    """The recipe with the best hyper-parameters that a tuner found.

    Raises:
        ValueError: No trial has finished yet.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get(
    ...     "hopfield_latch_sequence", epochs=1, steps_per_epoch=1, jit_compile=False
    ... )
    >>> found = tuner(recipe, 1, directory="tuned", algorithm="random")
    >>> found.search(verbose=0)
    >>> best_recipe(found).name  # with the fields that were best
    'hopfield_latch_sequence'
    """
    found = tuner.get_best_hyperparameters(1)
    if not found:
        raise ValueError("Expected a tuner with a finished trial. Received: none")
    return tuner.hypermodel.sampled(found[0])


def _check_same_search(recipe, folder, algorithm):
    """Refuse to mix searches: KerasTuner would keep the old space without a word."""
    space = keras_tuner.HyperParameters()
    recipe.search_space(space)
    if not space.space:
        raise ValueError(f"Expected a recipe with something to tune. Received: {recipe.name}")
    search = {
        "algorithm": algorithm,
        "fields": dataclasses.asdict(recipe),
        "space": space.get_config()["space"],
    }
    search = json.loads(json.dumps(search))
    path = folder / "search.json"
    if not path.exists():
        write_text(path, json.dumps(search, indent=2) + "\n")
        return
    earlier = read_json(path)
    different = [name for name in search if search[name] != earlier.get(name)]
    if different:
        raise ValueError(
            f"Expected the search that {folder} was started with. Received: "
            f"one with other {' and '.join(different)}; choose another directory"
        )


def _state(folder):
    """The files that KerasTuner keeps a search in, besides weights."""
    return [
        *folder.glob("oracle.json"),
        *folder.glob("tuner*.json"),
        *folder.glob(f"{CHIEF}.json"),
        *folder.glob("trial_*/trial.json"),
    ]


def _go_back_to_finished(folder):
    """Undo what was written since the last finished trial."""
    path = folder / FINISHED
    finished = read_json(path) if path.exists() else {}
    for path in _state(folder):
        if str(path.relative_to(folder)) not in finished:
            path.unlink()
    for name, text in finished.items():
        (folder / name).write_text(text, encoding="utf-8")
