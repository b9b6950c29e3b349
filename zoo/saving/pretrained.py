"""The protocol of the models of the zoo: presets, endpoints, streams and a compilation."""

import contextlib
import copy
import functools
import importlib
import json
import operator
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import keras
import numpy as np
from keras import ops

from ...layers.validation import check_not_empty
from ..compiled import Compiled, have_values, tensors
from . import modes
from .atomic_files import whole_folder
from .checks import check_classes, check_finite
from .half_precision import halve
from .model_cards import model_card
from .names import PACKAGE
from .presets import CARD, CONFIG, METADATA, WEIGHTS, Preset, sha256
from .transfer import Names, copy_weights

# Functions for a SavedModel by name, each with the signature of its arguments.
Endpoints = Mapping[str, tuple[Callable[..., Any], list[Any]]]


def from_preset(
    preset: str | os.PathLike[str], load_weights: bool = True, **overrides: Any
) -> "PretrainedModel":
    """The model of a preset, of whatever class it is.

    Args:
        preset: A name out of `presets()`, a folder written by `save_to_preset`, or
            `hf://user/name`, with `@revision` if need be, on the Hub of Hugging Face.
        load_weights: `False` for the architecture alone, with fresh weights.
        **overrides: Constructor arguments that replace the preset's, where its weights
            still fit: an `NTM` takes any `memory_slots`.

    Returns:
        A compiled `keras.Model`.

    Raises:
        ValueError: There is no such preset, its weights are corrupted, its class is not a
            model of the zoo, or an override is unknown or makes the weights not fit.
        ImportError: It is on the Hub, and the extra `hub` is not installed.

    Example:

    ```python
    from keras_memory import zoo

    model = zoo.from_preset("ntm_copy", memory_slots=2048)
    ```
    """
    return PretrainedModel.from_preset(preset, load_weights, **overrides)


def load(path: str | os.PathLike[str]) -> keras.Model:
    """A model of the zoo, or one with its layers, saved as `.keras`.

    Keras finds only classes that were imported: this imports those that the file names.
    `keras.saving.load_model` finds them, too, once `keras_memory.zoo` is imported, or for a
    model of layers `keras_memory.layers`.

    Args:
        path: A file written by `model.save`.

    Returns:
        A `keras.Model`.

    Example:

    ```python
    import keras
    from keras_memory import layers, zoo

    inputs = keras.Input((None, 8))
    keras.Model(inputs, layers.Attention()(inputs, inputs)).save("attention.keras")
    model = zoo.load("attention.keras")
    ```
    """
    _import_classes_of(path)
    return keras.saving.load_model(path)


def _import_classes_of(path):
    """Import the classes of ours that a `.keras` file names."""
    if zipfile.is_zipfile(path):
        zoo = _zoo()
        with zipfile.ZipFile(path) as file:
            config = file.read("config.json") if "config.json" in file.namelist() else b""
        named = set(re.findall(rf'"{PACKAGE}(\w+)"', config.decode("utf-8", "replace")))
        for name in named & set(zoo.__all__):
            getattr(zoo, name)
        if named - set(zoo.__all__):
            importlib.import_module("...layers", __package__)


@contextlib.contextmanager
def _one_line(expected):
    """Whatever goes wrong is a `ValueError` in one line, unless it is already."""
    try:
        yield
    except ImportError:
        raise
    except Exception as error:
        text = str(error).strip()
        if isinstance(error, ValueError) and text.startswith("Expected") and "\n" not in text:
            raise
        line = text.partition("\n")[0]
        raise ValueError(f"{expected}. Received: {type(error).__name__}: {line}") from None


def _zoo():
    """The face of the zoo, which imports the module of a class when the class is used."""
    return importlib.import_module("..", __package__)


def _model_class(registered_name):
    """The class of that registered name, the only one that is imported.

    A class outside the zoo is one that its author imported.

    Raises:
        ValueError: It is not a `PretrainedModel`.
    """
    zoo, name = _zoo(), str(registered_name).removeprefix(PACKAGE)
    if name in zoo.__all__:
        found = getattr(zoo, name)
    else:
        found = keras.saving.get_registered_object(registered_name)
    if not (isinstance(found, type) and issubclass(found, PretrainedModel)):
        raise ValueError(f"Expected a preset of a model of the zoo. Received: {name!r}")
    return found


class PretrainedModel(keras.Model):
    """A functional model with its constructor arguments, saved to and loaded from presets.

    A subclass builds its layers in `__init__` and keeps its arguments, which may be layers,
    in `arguments`. The protocol of all models, of which a subclass overrides what differs:

    - `text`: what turns strings into the inputs of the model, `None` if it takes no strings;
    - `endpoints()`: the functions of a SavedModel;
    - `traced(inputs)`: what the model does with its inputs, which `trace` gives as arrays;
      and `trace_endpoints()`, what is exported of it;
    - `run_compiled`: calls a method from tensors to tensors as `predict` calls the model;
    - `is_stream`: whether it takes a sequence step by step, by `initial_state` and `step`;
    - `layouts`: which axes of its large weights may be split over devices. The keys and
      values are those of a `keras.distribution.LayoutMap` with an axis "model";
    - `entry_names`: what the entries of its tables stand for, as the words of a vocabulary.
      The keys are patterns of the paths of weights, the values have for each axis the names
      in their order, or `None`.

    Example:

    ```python
    import keras
    from keras_memory import zoo


    @keras.saving.register_keras_serializable(package="my_project")
    class Halver(zoo.PretrainedModel):
        def __init__(self, width=4, name="halver"):
            inputs = keras.Input((width,))
            super().__init__(inputs, inputs / 2, name=name)
            self.arguments = {"width": width, "name": name}


    Halver(width=3).save_to_preset("halver")
    zoo.from_preset("halver")(keras.ops.ones((1, 3)))
    ```
    """

    text: Any = None
    layouts: ClassVar[Mapping[str, tuple[str | None, ...]]] = {}
    is_stream: bool = False
    needs_steps: bool = False  # whether a batch or a sequence of none is refused
    arguments: dict[str, Any]

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if self.needs_steps:
            named = inputs if isinstance(inputs, dict) else {"inputs": inputs}
            check_not_empty(self.name, **named)
        return super().__call__(inputs, *args, **kwargs)

    def endpoints(self) -> Endpoints:
        """Functions for a SavedModel, by name, with their signatures; here, of `call`."""
        return {
            "serving_default": (lambda inputs: self(inputs, training=False), self.signature())
        }

    def signature(self) -> list[Any]:
        """The inputs of `call`: batches and sequences of any length."""

        def any_batch(tensor):
            return keras.InputSpec(tensor.dtype, (None, *tensor.shape[1:]), name=tensor.name)

        return [keras.tree.map_structure(any_batch, self.input)]

    def initial_state(self, batch_size: int, steps: int | None = None) -> dict[str, Any]:
        """The state before the first step of a stream: `{name: (batch_size, size)}`.

        For a state as long as the sequence, `steps` says how many there will be at most.
        """
        raise NotImplementedError(f"{type(self).__name__} takes whole sequences alone")

    def step(self, inputs: Any, state: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """One step of a stream: `(batch, features)` and the state, to logits and state."""
        raise NotImplementedError(f"{type(self).__name__} takes whole sequences alone")

    def trace(self, inputs: Any) -> dict[str, np.ndarray]:
        """What the model does with its inputs, as `traced` has it: NumPy arrays by name."""
        if not self._has_trace:
            return self.traced(inputs)  # which says so
        return self.compiled_function("traced").arrays(inputs)

    def run_compiled(self, method: str, inputs: Any, **settings: Any) -> Any:
        """What a method gives, from tensors to tensors, compiled as `predict` is.

        Inside of a graph, which is compiled as a whole, the method is called as it is.

        Args:
            method: Its name.
            inputs: Its argument: arrays in a dictionary or in a tuple, or one.
            **settings: Its other arguments, which are no tensors.
        """
        inputs = tensors(inputs)
        if not have_values(inputs):
            return getattr(self, method)(inputs, **settings)
        found = self.compiled_function(method, **settings).arrays(inputs)
        return keras.tree.map_structure(ops.convert_to_tensor, found)

    def answered(self, inputs: Any) -> Any:
        """The outputs of the model, as not in training: what `run_compiled` may call."""
        return self(inputs, training=False)

    def compiled_function(self, name: str, **settings: Any) -> Compiled:
        """A method from arrays to tensors, compiled while the variables are the same."""
        found = vars(self).setdefault("_compiled_functions", {})
        key = name, *sorted(settings.items())
        if key not in found or not found[key].is_current:
            found[key] = Compiled(self, functools.partial(getattr(self, name), **settings))
        return found[key]

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What the model does with its inputs: tensors by name, in a graph, too."""
        raise NotImplementedError(f"{type(self).__name__} has no trace")

    def trace_endpoints(self) -> Endpoints:
        """Functions from numbers to numbers that let a page see the model at work, by name.

        `trace`, if the model has one; and its search, `solve`, if it has one.
        """
        if not self._has_trace:
            return {}
        return {"trace": (self.traced, self.signature())}

    @property
    def _has_trace(self):
        return type(self).traced is not PretrainedModel.traced

    @property
    def entry_names(self) -> Mapping[str, Names]:
        return {}

    def copy_weights_from(self, source: "PretrainedModel") -> None:
        """Start from the weights of another model of the same class and sizes.

        Words, characters, tags and labels may be others: what both models know is copied by
        its name; what this one alone knows stays as it is.

        Args:
            source: The other.

        Raises:
            ValueError: It is of another class, or of other sizes; no weight is copied.
        """
        copy_weights(source, self)

    def compile_default(self, *args: Any, **kwargs: Any) -> None:
        """`compile`, with XLA where the backend has it; Keras decides under a strategy."""
        self.compile(*args, **kwargs, jit_compile=self._xla())

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        if self._xla() is not True:  # what was chosen where the file was written is not here
            config = {**config, "jit_compile": self._xla()}
        super().compile_from_config(config)

    def _xla(self):
        """`jit_compile`: XLA takes no variables of a `tf.distribute` strategy."""
        if keras.backend.backend() == "torch":
            return False
        return "auto" if getattr(self, "_distribute_strategy", None) else True

    @property
    def replicas(self) -> int:
        """How many devices of a `tf.distribute` strategy train the model; 1 without one."""
        strategy = getattr(self, "distribute_strategy", None)
        return strategy.num_replicas_in_sync if strategy else 1

    def quantize(self, mode: Any = None, **kwargs: Any) -> None:
        """As of Keras; layers that are in no use, and so were not built, are left out."""
        if not all(layer.built for layer in self._flatten_layers()):
            kwargs.setdefault("filters", operator.attrgetter("built"))
        super().quantize(mode, **kwargs)

    @classmethod
    def from_preset(
        cls, preset: str | os.PathLike[str], load_weights: bool = True, **overrides: Any
    ) -> Self:
        """The model of a preset; see `keras_memory.zoo.from_preset`."""
        found = Preset.get(preset)
        config, path = found.config, found.folder / CONFIG
        model_class, arguments = _model_class(config["registered_name"]), config["config"]
        check_classes(arguments, path)
        if not issubclass(model_class, cls):
            raise ValueError(
                f"Expected a preset of {cls.__name__}. Received: {str(preset)!r}, a "
                f"preset of {model_class.__name__}"
            )
        for name in overrides:
            if name not in arguments:
                raise ValueError(
                    f"Expected an argument of preset {str(preset)!r} (one of "
                    f"{', '.join(arguments)}). Received: {name!r}"
                )
        weights = found.weights() if load_weights else None
        with _one_line(f"Expected arguments of {model_class.__name__} in {path}"):
            model = model_class.from_config({**arguments, **overrides})
        if weights:
            with _one_line(f"Expected the weights of such a model in {weights}"):
                model.load_weights(weights)
                check_finite(model.get_weights())
        return model

    def save_to_preset(
        self,
        folder: str | os.PathLike[str],
        metadata: Mapping[str, Any] | None = None,
        half_precision: bool = False,
    ) -> None:
        """Save configuration, weights, metadata and model card; an older preset is replaced.

        Args:
            folder: Where to.
            metadata: What is known of this model (recipe, seed, data, metrics),
                JSON-clean; the sha256 of the weights is added to it.
            half_precision: Whether weights are rounded to half precision: a file of half the
                size, of 11 bits a number for 24.

        Raises:
            ValueError: The folder holds files that are not a preset, or a weight is too large
                for half precision.
            OSError: The folder cannot be written; an older preset in it is as it was.
        """
        bare = self.from_config(self.get_config())  # without the state of the optimiser
        bare.set_weights(self.get_weights())
        with whole_folder(folder, METADATA) as beside:
            bare.save_weights(beside / WEIGHTS)
            if half_precision:
                halve(beside / WEIGHTS)
            config = keras.saving.serialize_keras_object(self)
            config = {k: config[k] for k in ("module", "class_name", "config")} | {
                "registered_name": config["registered_name"]
            }
            added = {"half_precision": True} if half_precision else {}
            metadata = {**(metadata or {}), **added, "sha256": sha256(beside / WEIGHTS)}
            _write_json(beside / CONFIG, config)
            _write_json(beside / METADATA, metadata)
            (beside / CARD).write_text(model_card(self.name, metadata), "utf-8")

    def get_config(self) -> dict[str, Any]:
        def plain(value):
            if isinstance(value, keras.layers.Layer):
                # Keras has tuples in it, which JSON does not have.
                return json.loads(json.dumps(keras.saving.serialize_keras_object(value)))
            # A list that Keras tracks holds on to the layers of the model.
            return list(value) if isinstance(value, list) else value

        arguments = {name: plain(value) for name, value in self.arguments.items()}
        return {**arguments, **modes.modes_of(self)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        arguments, found = modes.split(copy.deepcopy(config))
        with modes.policy(found):
            model = cls(**keras.saving.deserialize_keras_object(arguments))
        modes.restore(model, found)
        return model


def _write_json(path, value):
    path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", "utf-8")
