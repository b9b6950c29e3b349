"""Dyck words: nested brackets of several kinds, and which kind closes next."""

import numpy as np
import tensorflow_datasets as tfds

from ..episodes import EpisodeBuilder, episode_config

ONWARD = 2 / 3  # probability of a step up until the depth is reached; then of a step down
LONGEST = 10  # steps of a word, at most, for each level of its depth


class Builder(EpisodeBuilder):
    """Words that reach `depth`, of `bits` kinds of brackets.

    Channels are the opening brackets, then the closing ones. A target, where a bracket closes
    next, has a one for its kind.

        step     0  1  2  3  4  5         of the kinds 0 and 1
        input    (  [  ]  (  )  )
        target   .  1  .  0  0  .
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [
        episode_config(5, depth=(1, 6), train_examples=50_000),
        *(episode_config(5, depth=depth) for depth in (6, 12, 30, 60)),
    ]
    homepage = "https://doi.org/10.33011/lilt.v16i.1417"
    seed = 2018_0016

    @staticmethod
    def channels(bits):
        return 2 * bits

    def episode(self, random, depth):
        opens = steps_of(random, depth)
        kinds = random.integers(0, self.builder_config.bits, opens.sum())
        return self.layout(opens, kinds)

    def layout(self, opens, kinds):
        """`(inputs, targets, counts)` of a word.

        Args:
            opens: Whether each bracket opens, `(steps,)`; those that close have no other.
            kinds: Of the brackets that open, in their order.
        """
        bits, kinds, stack = self.builder_config.bits, iter(kinds), []
        inputs, targets, counts = self.empty(len(opens))
        for step, is_open in enumerate(opens):
            if is_open:
                stack.append(next(kinds))
                inputs[step, stack[-1]] = 1
            else:
                inputs[step, bits + stack.pop()] = 1
            if step + 1 < len(opens) and not opens[step + 1]:
                targets[step, stack[-1]], counts[step] = 1, 1
        return inputs, targets, counts


def steps_of(random, depth):
    """Whether each bracket of a random word opens; the word reaches a depth, and is whole."""
    while len(steps := _walk(random, depth)) > LONGEST * depth:
        pass
    return np.array(steps)


def _walk(random, depth):
    steps, now = [], 0
    while now < depth:
        up = now == 0 or random.random() < ONWARD
        steps.append(up)
        now += 1 if up else -1
    while now > 0:
        down = now == depth or random.random() < ONWARD
        steps.append(not down)
        now += -1 if down else 1
    return steps
