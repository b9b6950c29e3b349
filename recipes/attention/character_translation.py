"""The base of recipes that translate a text, character by character."""

import abc
import functools
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import EncoderDecoder, figures
from ...zoo.text import CharacterPairs
from ..running.argument_types import Fields, HyperParameters
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass

CHARACTERS_AT_ONCE = 24_000  # of sources that are translated: bounds the memory in use


@recipe_dataclass
class CharacterTranslation(Recipe):
    r"""Pairs of texts, and a `zoo.EncoderDecoder` that learns to make one of the other.

    A subclass gives the characters of both, and their lengths.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> lines = [f"{day} mei\t05-{day:02}\n" for day in range(1, 31)]
    >>> size = Path("dates.tsv").write_text("".join(lines))
    >>> recipe = recipes.get("pairs_from_file", path="dates.tsv", beam_width=2)
    >>> recipe.characters
    (' 0123456789eim', '-0123456789')
    """

    batch_size: PositiveInt = Field(64, description="pairs in an update")
    learning_rate: PositiveFloat = Field(
        2e-3, allow_inf_nan=False, description="of Adam, at first; it falls to zero"
    )

    embedding_dim: PositiveInt = Field(32, description="width of a character's vector")
    units: PositiveInt = Field(64, description="of the decoder and each encoder")
    beam_width: PositiveInt = Field(5, description="of the beam search in evaluation")

    # Characters that training pads a source to: a field or a property.
    source_length: ClassVar[int]

    @property
    @abc.abstractmethod
    def characters(self) -> tuple[str, str]:
        """Those of sources, and those of targets."""

    @property
    @abc.abstractmethod
    def target_length(self) -> int:
        """Steps of the decoder, at most: those of the longest target, and one for its end."""

    @functools.cached_property
    def _text(self):
        with tf.init_scope():  # not in the graph of the batches that first needs it
            return CharacterPairs(*self.characters)

    def model(self) -> keras.Model:
        model = EncoderDecoder(
            *self.characters,
            target_length=self.target_length,
            embedding_dim=self.embedding_dim,
            units=self.units,
        )
        updates = self.epochs * self.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, updates)
        model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=1.0),
            loss=model.loss,
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def written(
        self, model: keras.Model, texts: Any, beam_width: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """What the model writes, and the logarithm of its probability."""
        size = max(1, CHARACTERS_AT_ONCE // self.source_length)
        batches = [
            model.translate(texts[start : start + size], beam_width)
            for start in range(0, len(texts), size)
        ]
        found, log_probability = (
            np.concatenate([ops.convert_to_numpy(batch[name]) for batch in batches])
            for name in ("text", "log_probability")
        )
        return found, log_probability

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 1e-2, sampling="log"),
            "embedding_dim": hp.Choice("embedding_dim", [16, 32, 64]),
            "units": hp.Choice("units", [32, 64, 128]),
        }

    def alignment(self, model: keras.Model, text: bytes) -> Any:
        """The attention map of a text and of its translation."""
        translation = np.asarray(model.translate([text])["text"])[0]
        inputs, _ = model.text.ids([text], [translation])
        weights = model.trace(inputs)["weights"][0, :-1]  # without the step of END
        return figures.attention_map(weights, list(text.decode()), list(translation.decode()))
