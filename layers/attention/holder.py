"""The base of layers that hold an attention instead of being one."""

from typing import Any, Unpack

import keras

from ..argument_types import LayerOptions, ScoreLike, SelectionLike
from ..layer import Layer
from .attention import Attention


class HeldAttention(Attention):
    """An attention that a layer makes of its own arguments; the papers are named there."""

    def __init__(
        self,
        score: ScoreLike,
        selection: SelectionLike,
        dropout: float,
        seed: int | None,
        dtype: Any = None,
    ) -> None:
        super().__init__(score, selection, dropout, seed, name="attention", dtype=dtype)


class AttentionHolder(Layer):
    """A layer that holds an attention, whose score and selection are attributes here, too.

    Configs and files of weights have them under these names: Keras names a sublayer in a file
    by the attribute under which it finds it first, and visits private attributes last.

    Args:
        attention: The attention, which the layer builds, and whose `reader` it calls.
    """

    def __init__(self, attention: keras.layers.Layer, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self._attention = attention

    @property
    def score(self) -> keras.layers.Layer:
        return self._attention.score

    @property
    def selection(self) -> keras.layers.Layer:
        return self._attention.selection

    @property
    def dropout(self) -> float:
        return self._attention.dropout

    @property
    def seed(self) -> int | None:
        return self._attention.seed

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "score": serialize(self.score),
            "selection": serialize(self.selection),
            "dropout": self.dropout,
            "seed": self.seed,
        }
