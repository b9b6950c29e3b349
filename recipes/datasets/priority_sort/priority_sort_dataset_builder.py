"""Priority sort: vectors with a priority each; say the highest, sorted."""

import numpy as np
import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config, random_bits


class Builder(EpisodeBuilder):
    """`vectors` with priorities from -1 to 1; the answer is the `sorted` highest of them.

    Channels are the bits, and the priority. The answer begins with the highest.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        episode_config(8, vectors=20, sorted=16, train_examples=200_000),
        *(episode_config(8, vectors=5 * n, sorted=4 * n) for n in (4, 8, 16)),
    ]
    homepage = "https://arxiv.org/abs/1410.5401"
    seed = 2014_4005

    @staticmethod
    def channels(bits):
        return bits + 1

    def episode(self, random, vectors, sorted):
        bits = self.builder_config.bits
        listed = random_bits(random, vectors, bits)
        priorities = random.uniform(-1, 1, vectors).astype("float32")
        inputs, targets, counts = self.empty(vectors + sorted)
        inputs[:vectors, :bits], inputs[:vectors, bits] = listed, priorities
        targets[vectors:] = listed[np.argsort(-priorities, kind="stable")[:sorted]]
        counts[vectors:] = 1
        return inputs, targets, counts
