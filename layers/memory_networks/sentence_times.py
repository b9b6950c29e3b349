"""Ages of sentences, by which a temporal encoding is looked up."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_fraction


@keras.saving.register_keras_serializable(package="keras_memory")
class SentenceAges(Layer):
    """Indices for a temporal encoding: 0 for the last sentence, 1 for the one before it.

    The age of a sentence is the number of sentences after it; padding does not count. With
    noise, training skips some ages: for a story of n sentences it samples a number b of empty
    memories, up to noise · n rounded up, and after a sentence one of them comes with
    probability b / n. So all ages are trained, also high ones, which only long stories have.

    Args:
        noise: The highest fraction of empty memories, from 0, for none, to 1.
        seed: Of the noise.

    Call arguments:
        mask: Booleans of shape `(batch, sentences)`, `False` for padding.
        training: Whether to skip ages.

    Returns:
        Integers of the mask's shape, 0 for padding.

    Raises:
        ValueError: `noise` is not from 0 to 1.

    Cost:
        m for m sentences.

    Example:

    >>> SentenceAges()(keras.ops.array([[True, True, True, False]])).numpy().tolist()
    [[2, 1, 0, 0]]

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), section 4.1, "random
        noise", 10 % of empty memories. In the authors' code there are b of them; here there
        are b on average, which needs no sorting.
    """

    any_width = frozenset({"mask"})
    takes_integers = True

    def __init__(
        self, noise: float = 0.0, seed: int | None = None, **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        check_fraction("noise", noise)
        self.noise = noise
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def call(self, mask, training=False):
        is_sentence = ops.cast(mask, "int32")
        steps = is_sentence
        if training and self.noise:
            steps = is_sentence * (1 + self._empty(is_sentence))
        after = ops.flip(ops.cumsum(ops.flip(steps, -1), axis=-1), -1) - is_sentence
        return is_sentence * after

    def _empty(self, is_sentence):
        """1 where an empty memory comes after a sentence, else 0."""
        number = ops.sum(ops.cast(is_sentence, "float32"), axis=-1, keepdims=True)  # n
        most = ops.ceil(self.noise * number)
        fraction = keras.random.uniform(ops.shape(number), seed=self.seed_generator)
        empty = ops.floor(fraction * (most + 1))  # b
        uniform = keras.random.uniform(ops.shape(is_sentence), seed=self.seed_generator)
        return ops.cast(uniform * number < empty, "int32")

    def compute_output_spec(self, mask, training=False):
        return keras.KerasTensor(mask.shape, dtype="int32")

    def get_config(self):
        return {**super().get_config(), "noise": self.noise, "seed": self.seed}
