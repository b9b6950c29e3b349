"""Temporal encoding: how long ago each sentence of a story was."""

import keras
from keras import ops

from ..validation import check_share


@keras.saving.register_keras_serializable(package="keras_memory")
class SentenceAges(keras.layers.Layer):
    """How many sentences came after each: 0 for the last, 1 for the one before it.

    Padding does not count. With noise, training skips some ages: for a story of n sentences
    it draws a number b of empty memories, up to noise · n rounded up, and after a sentence
    one of them comes with probability b / n. So all ages are trained, high ones, too, which
    few stories have.

    Args:
        noise: The highest share of empty memories, from 0, for none, to 1.
        seed: Of the noise.

    Call arguments:
        mask: Booleans of shape `(batch, sentences)`, `False` for padding.
        training: Whether to skip ages.

    Returns:
        Integers of the mask's shape, 0 for padding.

    Raises:
        ValueError: `noise` is not from 0 to 1.

    Example:

    >>> SentenceAges()(keras.ops.array([[True, True, True, False]])).numpy().tolist()
    [[2, 1, 0, 0]]

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), section 4.1, "random
        noise", 10 % of empty memories. In the authors' code there are b of them; here, there
        are b on the mean, which spares sorting.
    """

    def __init__(self, noise=0.0, seed=None, **kwargs):
        super().__init__(**kwargs)
        check_share("noise", noise)
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
        share = keras.random.uniform(ops.shape(number), seed=self.seed_generator)
        empty = ops.floor(share * (most + 1))  # b
        drawn = keras.random.uniform(ops.shape(is_sentence), seed=self.seed_generator)
        return ops.cast(drawn * number < empty, "int32")

    def compute_output_spec(self, mask, training=False):
        return keras.KerasTensor(mask.shape, dtype="int32")

    def get_config(self):
        return {**super().get_config(), "noise": self.noise, "seed": self.seed}
