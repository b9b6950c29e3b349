from . import layers as layers
from . import recipes as recipes
from . import testing as testing
from . import zoo as zoo
from .layers.citation import citation as citation

__version__: str
