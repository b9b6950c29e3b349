"""Models that are saved to presets and loaded from them."""

import copy
import importlib
import json

import keras

from .atomic_files import whole_folder
from .model_cards import model_card
from .presets import CARD, CONFIG, METADATA, WEIGHTS, Preset, sha256


def from_preset(preset, load_weights=True, **overrides):
    """The model of a preset, of whatever class it is.

    Args:
        preset: A name out of `presets()`, or a folder written by `save_to_preset`.
        load_weights: `False` for the architecture alone, with fresh weights.
        **overrides: Constructor arguments that replace the preset's, where its weights
            still fit: an `NTM` takes any `memory_slots`.

    Returns:
        A compiled `keras.Model`.

    Raises:
        ValueError: There is no such preset, its weights are corrupted, or an override
            is unknown or makes them not fit.

    Example:

    ```python
    model = keras_memory.zoo.from_preset("ntm_copy", memory_slots=2048)
    ```
    """
    return PretrainedModel.from_preset(preset, load_weights, **overrides)


def load(path):
    """A model of the zoo, or one with its layers, saved as `.keras`.

    Keras finds only classes that were imported: this imports all of ours first.

    Args:
        path: A file written by `model.save`.

    Returns:
        A `keras.Model`.
    """
    _import_models()
    return keras.saving.load_model(path)


def _import_models():
    zoo = importlib.import_module("..", __package__)
    for name in zoo.__all__:
        getattr(zoo, name)


class PretrainedModel(keras.Model):
    """A functional model that knows its constructor arguments, saved to and from presets.

    A subclass builds its layers in `__init__` and keeps its arguments, which may be layers,
    in `arguments`.
    """

    @classmethod
    def from_preset(cls, preset, load_weights=True, **overrides):
        """The model of a preset; see `keras_memory.zoo.from_preset`."""
        found = Preset.get(preset)
        known = found.config["config"]
        for name in overrides:
            if name not in known:
                raise ValueError(
                    f"Expected an argument of preset {str(preset)!r} (one of "
                    f"{', '.join(known)}). Received: {name!r}"
                )
        config = {**found.config, "config": {**known, **overrides}}
        path = found.weights() if load_weights else None
        _import_models()
        model = keras.saving.deserialize_keras_object(config)
        if not isinstance(model, cls):
            raise ValueError(
                f"Expected a preset of {cls.__name__}. Received: {str(preset)!r}, a "
                f"preset of {type(model).__name__}"
            )
        if path:
            model.load_weights(path)
        return model

    def save_to_preset(self, folder, metadata=None):
        """Save configuration, weights, metadata and model card; an older preset is replaced.

        Args:
            folder: Where to.
            metadata: What there is to tell of this model (recipe, seed, data, metrics),
                JSON-clean; the sha256 of the weights is added to it.

        Raises:
            ValueError: The folder holds files that are no preset.
            OSError: The folder cannot be written; an older preset in it is as it was.
        """
        bare = self.from_config(self.get_config())  # without the state of the optimiser
        bare.set_weights(self.get_weights())
        with whole_folder(folder, METADATA) as beside:
            bare.save_weights(beside / WEIGHTS)
            config = keras.saving.serialize_keras_object(self)
            config = {k: config[k] for k in ("module", "class_name", "config")} | {
                "registered_name": config["registered_name"]
            }
            metadata = {**(metadata or {}), "sha256": sha256(beside / WEIGHTS)}
            _write_json(beside / CONFIG, config)
            _write_json(beside / METADATA, metadata)
            (beside / CARD).write_text(model_card(self.name, metadata), "utf-8")

    def get_config(self):
        def plain(value):
            if isinstance(value, keras.layers.Layer):
                # Keras has tuples in it, which JSON does not know.
                return json.loads(json.dumps(keras.saving.serialize_keras_object(value)))
            # A list that Keras tracks holds on to the layers of the model.
            return list(value) if isinstance(value, list) else value

        return {name: plain(value) for name, value in self.arguments.items()}

    @classmethod
    def from_config(cls, config):
        return cls(**keras.saving.deserialize_keras_object(copy.deepcopy(config)))


def _write_json(path, value):
    path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", "utf-8")
