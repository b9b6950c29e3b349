"""Names that recipes had until version 0.2: gone in the next one."""

import functools
import warnings


class Moved:
    """A name that recipes had until version 0.2, as an attribute: it warns until the next.

    Args:
        place: Where in a recipe that is now, as `("study", "rows")`.
    """

    def __init__(self, *place):
        self.place = place

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, recipe, owner=None):
        if recipe is None:
            return self
        warnings.warn(
            f"{recipe.name}.{self.name} is now {recipe.name}.{'.'.join(self.place)}",
            DeprecationWarning,
            stacklevel=2,
        )
        return functools.reduce(getattr, self.place, recipe)
