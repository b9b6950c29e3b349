"""A layer under test: how to make it, what it takes, and which promises it need not keep."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import ArrayLike

from .backends import argument

# Sizes of axes that are named, and others that they are called with afterwards.
SIZES = {"queries": 3, "keys": 5, "slots": 6, "steps": 4, "items": 7}
LONGER = {"queries": 2, "keys": 7, "slots": 8, "steps": 6, "items": 5}


@dataclass(eq=False)
class Case:
    """A layer or model, with all that its promises need to know of it.

    Args:
        name: What it is called in reports.
        covers: The class that it is an example of.
        make: A function that gives a fresh one.
        inputs: By the name of the call argument: a shape without the batch, in which a name
            stands for a size that may differ from call to call, or an array.
        tags: What it is, beyond what can be seen of it: `"causal"`, its output at a step
            depends on earlier ones alone; `"recurrent"`, it takes a `mask` of steps;
            `"any_input"`, numbers of 1e20 and axes of 0 are answered, or clearly refused.
        ranges: By the name of a call argument: a function from normal numbers to such as it
            takes. Names that end with `mask` are of Booleans.
        expected_failures: By the name of a promise: why it does not hold.
        unread: `unread(layer, arrays, found)`: the output where all keys are masked; zeros,
            if absent.

    Example:

    >>> shapes = {"query": ("queries", 4), "key": ("keys", 4)}
    >>> score = keras_memory.layers.DotScore
    >>> case = Case("dot", score, score, inputs=shapes)
    >>> {name: array.shape for name, array in case.arrays(batch=2).items()}
    {'query': (2, 3, 4), 'key': (2, 5, 4)}
    """

    name: str
    covers: type
    make: Callable[[], keras.Layer]
    inputs: Mapping[str, tuple[int | str, ...] | ArrayLike]
    tags: frozenset[str] = frozenset()
    ranges: Mapping[str, Callable[[np.ndarray], np.ndarray]] = field(default_factory=dict)
    expected_failures: Mapping[str, str] = field(default_factory=dict)
    unread: Callable[..., ArrayLike] | None = None

    def __post_init__(self):
        seen = {"masks"} if self.masks else set()
        if "return_attention_scores" in inspect.signature(self.covers.call).parameters:
            seen.add("attention_scores")
        if hasattr(self.covers, "compare") and hasattr(self.covers, "prepare"):
            seen.add("score")
        self.tags = frozenset(self.tags) | seen

    @property
    def masks(self) -> list[str]:
        """The names of the masks among the inputs."""
        return [name for name in self.inputs if name.endswith("mask")]

    def arrays(
        self, batch: int = 3, longer: bool = False, without: str = ""
    ) -> dict[str, np.ndarray]:
        """Random inputs by name, each in its range; `without` is an axis of size 0."""
        rng, sizes, arrays = np.random.default_rng(5), LONGER if longer else SIZES, {}
        sizes = {**sizes, **({without: 0} if without else {})}
        for name, given in self.inputs.items():
            if not isinstance(given, tuple):
                arrays[name] = np.asarray(given)[:batch]
                continue
            shape = [_size(size, sizes, 7 if longer else 5) for size in given]
            values = rng.normal(size=(batch, *shape))
            if name.endswith("mask"):
                arrays[name] = values > -0.3
            else:
                values = self.ranges.get(name, np.asarray)(values)
                narrow = values.dtype == "float64"
                arrays[name] = values.astype("float32") if narrow else values
        return arrays

    def symbols(self) -> dict[str, keras.KerasTensor]:
        """Symbolic inputs; axes that are named are dynamic."""
        symbols = {}
        for name, array in self.arrays().items():
            given = self.inputs[name]
            shape = given if isinstance(given, tuple) else array.shape[1:]
            symbols[name] = keras.Input(
                [None if isinstance(size, str) else size for size in shape],
                name=name,
                dtype=keras.config.floatx() if array.dtype.kind == "f" else array.dtype.name,
            )
        return symbols

    def around(self, layer: keras.layers.Layer) -> keras.Model:
        """A functional model of a layer; a functional model is one already."""
        if isinstance(layer, keras.Model) and isinstance(
            layer.input, (dict, keras.KerasTensor)
        ):
            return layer
        symbols = self.symbols()
        return keras.Model(symbols, layer(**symbols))

    def build(self, weights=None, seed=1):
        keras.utils.set_random_seed(seed)
        model = self.around(self.make())
        if weights is not None:
            model.set_weights(weights)
        return model

    @functools.cached_property
    def model(self) -> keras.Model:
        """A model with weights that leave nothing at zero; not to be changed."""
        model = self.build()
        rng = np.random.default_rng(2)
        shaken = [w + rng.normal(size=w.shape, scale=0.3) for w in model.get_weights()]
        model.set_weights(shaken)
        return model

    @functools.cached_property
    def weights(self) -> list[np.ndarray]:
        return self.model.get_weights()

    @functools.cached_property
    def expected(self) -> list[np.ndarray]:
        """What the model answers to `arrays()`."""
        return self.answer(self.model, self.arrays())

    def layer(self, model: keras.Model) -> keras.layers.Layer:
        """The layer in a model that was built around it."""
        return model if isinstance(model, self.covers) else model.layers[-1]

    def answer(
        self, model: keras.Model, arrays: Mapping[str, Any], **kwargs: Any
    ) -> list[np.ndarray]:
        """The outputs of a model, in float32, as a list."""
        outputs = keras.tree.flatten(model(argument(model, arrays), **kwargs))
        return [ops.convert_to_numpy(ops.cast(output, "float32")) for output in outputs]


def _size(size, sizes, default):
    return sizes.get(size, default) if isinstance(size, str) else size
