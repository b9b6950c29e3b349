"""A recipe and its trained model, from a preset or from a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import zoo
from ...zoo.saving.presets import Preset, no_preset
from .. import registry
from .recipe_of_model import recipe_of as recipe_of_config
from .run import Run

if TYPE_CHECKING:
    import keras

    from .recipe import Recipe


def find(name: str | Path) -> Preset | Run:
    """The `Preset` or the `Run` of a name: found here, once.

    Args:
        name: The name of a preset, which comes first, or the folder of a preset or of a run.

    Raises:
        ValueError: There is neither.
    """
    found = Preset.find(name) or Run.find(name)
    if found is None:
        raise no_preset(name)
    return found


def saved_model(found: Preset | Run) -> keras.Model:
    """The model alone, of a preset or of a run.

    Raises:
        ValueError: A file of it is damaged, or the run was not trained to its end.
    """
    return found.model if isinstance(found, Run) else zoo.from_preset(found)


def load_model(
    name: str | Path | Preset | Run, /, **overrides: Any
) -> tuple[Recipe, keras.Model]:
    """A recipe and its trained model, from a run's folder or a preset.

    Args:
        name: The folder of a run, the name or the folder of a preset, or what `find` found.
        **overrides: Fields of the recipe to change, where the weights still fit.

    Returns:
        `(recipe, model)`.

    Raises:
        ValueError: There is neither a run nor a preset, a file is damaged, or the
            weights do not fit the recipe with its overrides.

    Example:

    >>> recipe, model = load_model("ntm_copy", memory_slots=256)
    >>> recipe.memory_slots, recipe.answer(model, bits="10110010,00001111")["wrong_bits"]
    (256, 0)
    """
    found = name if isinstance(name, (Preset, Run)) else find(name)
    recipe, saved = _trained(found)
    if not overrides:
        return recipe, saved
    recipe = recipe.for_tests(**overrides)
    model = recipe.model()
    try:
        model.set_weights(saved.get_weights())
        if _names_of(model) != _names_of(saved):
            raise ValueError("they change the numbers of the words, or of other names")
    except ValueError as error:
        raise ValueError(
            f"Expected fields that fit the weights in {found.folder}. Received: {overrides} "
            f"({str(error).splitlines()[0]})"
        ) from None
    return recipe, saved if overrides.keys() <= {*recipe.fields_of_data} else model


def recipe_of(found: Preset | Run) -> Recipe:
    """The recipe that trained a model; the model is not loaded.

    Raises:
        ValueError: No recipe is known.
    """
    if isinstance(found, Run):
        return found.recipe
    known = found.metadata
    if "recipe" in known:
        return registry.get(known["recipe"], **known["overrides"])
    return recipe_of_config(found.config)  # a preset of the user's own


def _trained(found):
    return recipe_of(found), saved_model(found)


def _names_of(model):
    return getattr(model, "entry_names", {})
