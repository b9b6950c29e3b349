"""Dynamic n-grams: bits of a random table of 6-grams, another for each sequence."""

import numpy as np
import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config, random_bits

CONTEXT = 5  # bits that the next one depends on


class Builder(EpisodeBuilder):
    """So many `steps`: each shows the bit before, and the target is the next.

    The table has a probability for each of the 32 contexts of five bits, from Beta(½, ½); the
    first five bits are one with probability one half.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        episode_config(1, steps=200, train_examples=200_000),
        *(episode_config(1, steps=steps) for steps in (200, 400, 800)),
    ]
    homepage = "https://arxiv.org/abs/1410.5401"
    seed = 2014_4004

    @staticmethod
    def channels(bits):
        return bits

    def episode(self, random, steps):
        table = random.beta(0.5, 0.5, 2**CONTEXT)
        bits = random_bits(random, steps)
        lot, context = random.random(steps), 0
        for step in range(steps):
            if step >= CONTEXT:
                bits[step] = lot[step] < table[context]
            context = (2 * context + int(bits[step])) % 2**CONTEXT
        inputs, targets, counts = self.empty(steps)
        inputs[1:, 0], targets[:, 0], counts[:] = bits[:-1], bits, 1
        return inputs, targets, counts


def optimal_bits(bits):
    """The cost in bits of the best predictor that does not know the table.

    It predicts (N₁ + ½) / (N₀ + N₁ + 1), of the bits that came after the same context before;
    the first five bits, for which there is no context, cost 1 each.

    Args:
        bits: Shape `(sequences, steps)`.

    Returns:
        Shape `(sequences,)`.
    """
    bits = np.asarray(bits, int)
    rows = np.arange(len(bits))
    counts = np.full((len(bits), 2**CONTEXT, 2), 0.5)
    cost, context = np.zeros(len(bits)), np.zeros(len(bits), int)
    for step, bit in enumerate(bits.T):
        if step < CONTEXT:
            cost += 1
        else:
            seen = counts[rows, context]
            cost -= np.log2(seen[rows, bit] / seen.sum(axis=-1))
            counts[rows, context, bit] += 1
        context = (2 * context + bit) % 2**CONTEXT
    return cost
