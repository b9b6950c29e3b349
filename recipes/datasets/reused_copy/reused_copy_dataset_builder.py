"""Reused copy: more vectors than the memory has slots, block by block."""

import numpy as np
import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config, random_bits


class Builder(EpisodeBuilder):
    """`blocks` of `length` vectors each, a delimiter and the copy after every block.

    Channels are the bits, and the delimiter. A machine that does not free its slots runs out
    of them.

        step     0   1   2   3   4   5   6   7   8   9     2 blocks of 2 vectors
        input    a   b   |   .   .   c   d   |   .   .
        target   .   .   .   a   b   .   .   .   c   d
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        episode_config(6, length=(1, 5), blocks=(1, 10), train_examples=100_000),
        episode_config(6, length=(1, 5), blocks=(1, 10)),
        *(episode_config(6, length=5, blocks=blocks) for blocks in (10, 20, 40)),
    ]
    homepage = "https://doi.org/10.1038/nature20101"
    seed = 2016_1020

    @staticmethod
    def channels(bits):
        return bits + 1

    def episode(self, random, length, blocks):
        return self.layout(random_bits(random, blocks, length, self.builder_config.bits))

    def layout(self, vectors):
        """`(inputs, targets, counts)` of blocks of vectors, `(blocks, length, bits)`."""
        blocks, length, bits = vectors.shape
        inputs, targets, counts = self.empty(blocks * (2 * length + 1))
        stored, copies, counted = (
            np.reshape(part, (blocks, 2 * length + 1, -1))  # views
            for part in (inputs, targets, counts)
        )
        stored[:, :length, :bits] = vectors
        stored[:, length, bits] = 1
        copies[:, length + 1 :] = vectors
        counted[:, length + 1 :] = 1
        return inputs, targets, counts
