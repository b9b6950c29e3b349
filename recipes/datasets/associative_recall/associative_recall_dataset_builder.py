"""Associative recall: items one after another, then one of them; which came after it?"""

import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config, random_bits

VECTORS = 3  # of an item


class Builder(EpisodeBuilder):
    """`items` of three vectors, each after a delimiter; one again, between two others.

    Channels are the bits, the delimiter of items, and that of the question.

        step     0  1-3  4  5-7  8  9-11  12  13-15     2 items A, B
        input    |   A   |   B   ?    A    ?    .
        target   .   .   .   .   .    .    .    B
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        episode_config(6, items=(2, 6), train_examples=150_000),
        *(episode_config(6, items=items) for items in ((2, 6), 6, 12, 24)),
    ]
    homepage = "https://arxiv.org/abs/1410.5401"
    seed = 2014_4003

    @staticmethod
    def channels(bits):
        return bits + 2

    def episode(self, random, items):
        vectors = random_bits(random, items, VECTORS, self.builder_config.bits)
        return self.layout(vectors, random.integers(items - 1))

    def layout(self, vectors, queried):
        """`(inputs, targets, counts)` of items `(items, 3, bits)`, and which is queried."""
        items, _, bits = vectors.shape
        block = 1 + VECTORS
        question = items * block
        inputs, targets, counts = self.empty(question + block + 1 + VECTORS)
        for start, item in zip(range(0, question, block), vectors, strict=True):
            inputs[start, bits] = 1
            inputs[start + 1 : start + block, :bits] = item
        inputs[[question, question + block], bits + 1] = 1
        inputs[question + 1 : question + block, :bits] = vectors[queried]
        targets[-VECTORS:] = vectors[queried + 1]
        counts[-VECTORS:] = 1
        return inputs, targets, counts
