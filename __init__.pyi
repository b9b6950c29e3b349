from . import layers as layers
from . import recipes as recipes
from . import zoo as zoo

__version__: str
