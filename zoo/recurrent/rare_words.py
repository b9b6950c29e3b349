"""Words that occur once are unknown half of the time: a model learns to read unknown ones."""

from typing import Any

import keras
from keras import ops

UNKNOWN_ID = 1
RATE = 0.5


class RareWords(keras.layers.Layer):
    """Numbers of words, of which in training the last ones are unknown half of the time.

    Args:
        size: How many numbers there are.
        rare: How many of them, the last, are of rare words.
        seed: Of what is unknown.

    Call arguments:
        words: Integers of shape `(batch, words)`.
        training: Whether any words are unknown.

    Returns:
        Integers of shape `(batch, words)`.
    """

    def __init__(self, size: int, rare: int, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size
        self.rare = rare
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, words, training=False):
        if not training or not self.rare:
            return words
        sampled = keras.random.uniform(ops.shape(words), seed=self.seed_generator)
        is_rare = words >= self.size - self.rare
        return ops.where(is_rare & (sampled < RATE), UNKNOWN_ID, words)

    def compute_output_shape(self, words_shape):
        return words_shape

    def get_config(self):
        config = {"size": self.size, "rare": self.rare, "seed": self.seed}
        return {**super().get_config(), **config}
