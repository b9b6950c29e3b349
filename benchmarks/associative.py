"""What associative memories cost: to learn with, and to recall.

    python -m benchmarks.associative

prints the association layer beside Keras's attention, recall by a Hopfield network beside
loops in NumPy, and how many digits a continuous memory recalls in a second. Every comparison
is a ratio of medians of rounds taken in turn, in one process.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from keras_memory import layers, recipes, zoo

from .attention import against_keras
from .timing import medians

UNITS, PATTERNS, CUES = 1000, 100, 1000
TIE = 1e-5  # fields this close to 0 leave their unit as it is


class Recall:
    """Cues of a tenth of wrong units to fixed points; calling one of its ways times it."""

    def __init__(self):
        random = np.random.default_rng(0)
        patterns = random.choice(np.float32([-1, 1]), (PATTERNS, UNITS))
        turned = random.random((CUES, UNITS)) < 0.1
        cues = patterns[random.integers(0, PATTERNS, CUES)]
        self.cues = np.where(turned, -cues, cues)
        model = zoo.HopfieldNetwork(UNITS, order="fixed")
        model.fit(patterns, verbose=0)
        own = np.eye(UNITS, dtype="float32")
        self.couplings = np.asarray(model.memory.couplings) * (1 - own)
        self.compiled = tf.function(model.memory.recall, jit_compile=True, autograph=False)
        self.found = {}

    def xla(self):
        return np.asarray(self.compiled(tf.constant(self.cues))["attractors"])

    def one_by_one(self):
        """Cue by cue, unit by unit."""
        return np.stack([self.follow(cue.copy()) for cue in self.cues])

    def follow(self, state):
        changed = True
        while changed:
            changed = False
            for i, couplings in enumerate(self.couplings):
                field = couplings @ state
                after = state[i] if abs(field) <= TIE else np.sign(field)
                changed |= bool(after != state[i])
                state[i] = after
        return state

    def together(self):
        """Unit by unit, of all cues together."""
        states, changed = np.ascontiguousarray(self.cues.T), True
        while changed:
            changed = False
            for i, couplings in enumerate(self.couplings):
                fields = couplings @ states
                after = np.where(abs(fields) <= TIE, states[i], np.sign(fields))
                changed |= bool(np.any(after != states[i]))
                states[i] = after
        return states.T

    def timed(self, way):
        def once():
            started = time.perf_counter()
            self.found[way] = getattr(self, way)()
            return time.perf_counter() - started

        return once


def recall(rounds):
    """Seconds by way, when all ways have found the same."""
    recalls, ways = Recall(), ("xla", "one_by_one", "together")
    recalls.xla()
    seconds = medians({way: recalls.timed(way) for way in ways}, rounds)
    for way in ways:
        np.testing.assert_array_equal(recalls.found[way], recalls.found["xla"])
    return seconds


def digits():
    """Of the recipe `hopfield_mnist`: seconds to store, and to recall."""
    recipe = recipes.get("hopfield_mnist")
    model, examples = recipe.model(), recipe.examples("test")
    cues, patterns = (np.asarray(side) for side in recipe.to_batch(examples))
    started = time.perf_counter()
    model.fit(recipe.dataset("train"), verbose=0)
    stored = time.perf_counter() - started
    compiled = tf.function(
        lambda cues: model.memory.recall(cues, **recipe.known(cues))["attractors"],
        jit_compile=True,
        autograph=False,
    )
    parts = [tf.constant(part) for part in np.split(cues, 10)]
    compiled(parts[0])
    started = time.perf_counter()
    found = np.concatenate([compiled(part) for part in parts])
    seconds = time.perf_counter() - started
    right = ~np.any(recipe.is_wrong(found, patterns), axis=-1)
    return stored, seconds, len(cues), 100 * np.mean(right)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    print("association, forward and backward | keras.layers | ours | ours / Keras's")
    for row in against_keras(layers.HopfieldAssociation, arguments.rounds):
        print(" | ".join(row), flush=True)
    seconds = recall(max(3, arguments.rounds // 10))
    for way, taken in seconds.items():
        ratio = f"{taken / seconds['xla']:.1f} times"
        print(f"{CUES} cues of {UNITS} units, {way}: {taken:.2f} s, {ratio}", flush=True)
    stored, taken, cues, right = digits()
    print(
        f"{cues} digits stored in {stored:.1f} s; recalled in {taken:.1f} s, "
        f"{cues / taken:.0f} a second, {right:.2f} % exactly"
    )


if __name__ == "__main__":
    main()
