"""Repeat copy: a sequence of random vectors, and how often to say it."""

import math

import numpy as np
import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config, random_bits

# The repeat number as the paper has it, of mean 0 and variance 1 for 1 to 10.
LEAST, MOST = 1, 10
MEAN, DEVIATION = (LEAST + MOST) / 2, math.sqrt(((MOST - LEAST + 1) ** 2 - 1) / 12)


class Builder(EpisodeBuilder):
    """`length` vectors, a delimiter, the number of `repeats`; then the answer, and its end.

    Channels are the bits, the delimiter, and the number; of the outputs the last is the end.
    With `pulses`, 0 or 1, the number is not one step, but as many steps of ones.

        step     0   1   2   3   4   5   6   7   8      2 vectors a, b, 2 repeats
        input    a   b   |   2   .   .   .   .   .
        target   .   .   .   .   a   b   a   b   end
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        episode_config(8, **sizes, pulses=pulses)
        for pulses in (0, 1)
        for sizes in (
            {"length": (1, 10), "repeats": (1, 10), "train_examples": 60_000},
            {"length": 20, "repeats": (1, 10)},
            {"length": (1, 10), "repeats": 20},
        )
    ]
    homepage = "https://arxiv.org/abs/1410.5401"
    seed = 2014_4002

    @staticmethod
    def channels(bits):
        return bits + 2

    @staticmethod
    def outputs(bits):
        return bits + 1

    def episode(self, random, length, repeats, pulses):
        vectors = random_bits(random, length, self.builder_config.bits)
        return self.layout(vectors, repeats, pulses)

    def layout(self, vectors, repeats, pulses):
        """`(inputs, targets, counts)` of these vectors, shape `(length, bits)`."""
        length, bits = vectors.shape
        start = length + 1 + (repeats if pulses else 1)
        end = start + length * repeats
        inputs, targets, counts = self.empty(end + 1)
        inputs[:length, :bits] = vectors
        inputs[length, bits] = 1
        number = 1 if pulses else (repeats - MEAN) / DEVIATION
        inputs[length + 1 : start, bits + 1] = number
        targets[start:end, :bits] = np.tile(vectors, (repeats, 1))
        targets[end, bits] = 1
        counts[start:] = 1
        return inputs, targets, counts
