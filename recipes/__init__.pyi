from .registry import get as get
from .registry import names as names
from .running.recipe import Recipe as Recipe
from .running.run import Run as Run
