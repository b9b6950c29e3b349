"""Names that recipes had until version 0.2: gone in the next one."""

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

from .study import Study

# Members that a recipe had, and the argument of its `Study` that each is now.
OF_STUDY = {
    name: name
    for name in (
        "data",
        "published",
        "targets",
        "chosen_by",
        "loss_label",
        "preset",
        "is_candidate",
        "has_curve",
        "rank",
        "further_metrics",
    )
} | {"study_rows": "rows", "study_text": "text"}


class Moved:
    """A name that recipes had until version 0.2, as an attribute: it warns until the next.

    Args:
        place: Where in a recipe that is now, as `("study", "rows")`.
    """

    def __init__(self, *place: str) -> None:
        self.place = place

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, recipe, owner=None):
        if recipe is None:
            return self
        _warn(f"{recipe.name}.{self.name} is now {recipe.name}.{'.'.join(self.place)}")
        return functools.reduce(getattr, self.place, recipe)


class LayOut:
    """`lay_out`, the name of `to_batch` until then, of the class that wrote this one.

    So `super().lay_out(examples)` is what the class above wrote, by whichever name.
    """

    def __init__(self, to_batch: Callable[..., Any]) -> None:
        self.to_batch = to_batch

    def __get__(self, recipe, owner=None):
        if recipe is None:
            return self
        _warn(f"{recipe.name}.lay_out is now {recipe.name}.to_batch")
        return self.to_batch.__get__(recipe, owner)


def take_over(cls: Any, base: type) -> None:
    """What a new subclass of `Recipe`, the base, writes in the way of the version before.

    Raises:
        TypeError: It has members that belong into its `Study`.
    """
    moved = {
        name: argument
        for name, argument in OF_STUDY.items()
        if inspect.getattr_static(cls, name) is not inspect.getattr_static(base, name)
    }
    if not isinstance(inspect.getattr_static(cls, "study"), Study):
        moved["study"] = "parts"
    if moved:
        arguments = ", ".join(f"{argument}=..." for argument in moved.values())
        raise TypeError(
            f"Expected {cls.__name__} to write study = Study({arguments}), as since version "
            f"0.2. Received: {', '.join(moved)}"
        )
    if "lay_out" in vars(cls):
        _warn(f"Expected {cls.__name__} to write to_batch. Received: lay_out", 5)
        if "to_batch" not in vars(cls):
            cls.to_batch = cls.lay_out
    elif "to_batch" in vars(cls):
        cls.lay_out = LayOut(vars(cls)["to_batch"])


def _warn(message, level=3):
    warnings.warn(message, DeprecationWarning, stacklevel=level)
