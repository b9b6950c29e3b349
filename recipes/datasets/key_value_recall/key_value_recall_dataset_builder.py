"""Key-value recall: pairs of keys and values, then each key; what was with it?"""

import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config, random_bits


class Builder(EpisodeBuilder):
    """`pairs` of a key and a value, a delimiter, and each key or each value once.

    Channels are the bits of the key, those of the value, the delimiter, and two that say
    which of both is shown in a question. `two_way`, 0 or 1, is whether values are shown, too.
    No key comes twice, nor, with `two_way`, a value.

        step     0   1   2   3   4      2 pairs
        input    ka  kb  |   kb  ka
                 va  vb  .   .   .
        target   .   .   .   vb  va
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        *(
            episode_config(6, pairs=(2, 16), two_way=two_way, train_examples=100_000)
            for two_way in (0, 1)
        ),
        *(
            episode_config(6, pairs=pairs, two_way=two_way)
            for two_way in (0, 1)
            for pairs in ((2, 16), 16, 32)
        ),
    ]
    homepage = "https://arxiv.org/abs/1904.10278"
    seed = 2019_0427

    @staticmethod
    def channels(bits):
        return 2 * bits + 3

    def episode(self, random, pairs, two_way):
        bits = self.builder_config.bits
        sides = [_different(random, pairs, bits)]
        other = _different if two_way else random_bits
        sides.append(other(random, pairs, bits))
        by_value = random.integers(0, 2, pairs) if two_way else [0] * pairs
        return self.layout(sides, random.permutation(pairs), by_value)

    def layout(self, sides, order, by_value):
        """`(inputs, targets, counts)` of keys and values, each `(pairs, bits)`.

        Args:
            sides: Keys and values.
            order: Which pair each question is about.
            by_value: Of each question whether it shows the value, 0 or 1.
        """
        pairs, bits = sides[0].shape
        inputs, targets, counts = self.empty(pairs + 1 + len(order))
        inputs[:pairs, :bits], inputs[:pairs, bits : 2 * bits] = sides
        inputs[pairs, 2 * bits] = 1
        for step, (pair, side) in enumerate(zip(order, by_value, strict=True), pairs + 1):
            inputs[step, side * bits : (side + 1) * bits] = sides[side][pair]
            inputs[step, 2 * bits + 1 + side] = 1
            targets[step] = sides[1 - side][pair]
        counts[pairs + 1 :] = 1
        return inputs, targets, counts


def _different(random, count, bits):
    """So many vectors of bits, no two of them alike."""
    numbers = random.choice(2**bits, count, replace=False)
    return (numbers[:, None] >> range(bits)) & 1
