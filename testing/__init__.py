"""Promises of layers, to be checked of one's own: `check_layer(layer, inputs)`."""

from .case import Case
from .checks import check_layer
from .promises import PROMISES, applicable, same

__all__ = ["PROMISES", "Case", "applicable", "check_layer", "same"]
