"""What a pointer network costs: to train, step by step or at once, and to answer.

    python -m benchmarks.pointing

prints tables and plots `docs/images/pointing_cost.png`. Hidden size 256, batch 128.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from unittest import mock

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from keras_memory import layers, recipes, zoo
from keras_memory.layers.time_loop import over_time

from .timing import draw, medians, relative
from .train_step import TrainingStep

UNITS, BATCH = 256, 128
SIZES = 5, 10, 20, 50, 100


class StepByStep(layers.PointerRNN):
    """Points in the loop over time, as one does who does not know the answer."""

    def call(self, inputs, memory, memory_mask=None, initial_state=None, training=False):
        reader = self.reader(memory, memory_mask, training)
        return over_time(lambda x, s: self.step(x, s, reader), inputs, initial_state)[0]


def network(jit_compile=True):
    keras.utils.set_random_seed(0)
    return compiled(zoo.PointerNetwork(units=UNITS), jit_compile)


def bare():
    """The least that such a network is: no masks, no end, nothing but Keras's own layers."""
    points = keras.Input((None, 2), name="points")
    pointers = keras.Input((None,), dtype="int32", name="pointers")
    encoded, *state = keras.layers.LSTM(UNITS, return_sequences=True, return_state=True)(
        points
    )
    before = keras.ops.pad(pointers, [[0, 0], [1, 0]])[:, :-1]
    inputs = keras.ops.take_along_axis(points, before[..., None], axis=1)
    decoded = keras.layers.LSTM(UNITS, return_sequences=True)(inputs, initial_state=state)
    keys = keras.layers.Dense(UNITS, use_bias=False)(encoded)
    queries = keras.layers.Dense(UNITS, use_bias=False)(decoded)
    hidden = keras.ops.tanh(queries[:, :, None] + keys[:, None])
    logits = keras.layers.Dense(1, use_bias=False)(hidden)[..., 0]
    return compiled(keras.Model({"points": points, "pointers": pointers}, logits))


def compiled(model, jit_compile=True):
    model.compile(
        keras.optimizers.Adam(1e-3, global_clipnorm=2.0),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=-1),
        jit_compile=jit_compile,
        steps_per_execution=5,
    )
    return model


def batch_of(n):
    """Points, and tours of all of them."""
    rng = np.random.default_rng(0)
    tours = rng.permuted(np.tile(np.arange(1, n + 1), (BATCH, 1)), axis=1)
    pointers = np.pad(tours, [[0, 0], [0, 1]]).astype("int32")
    points = rng.random((BATCH, n, 2), dtype="float32")
    inputs = {"points": points, "length": np.full(BATCH, n, "int32"), "pointers": pointers}
    return inputs, pointers


def training(n, rounds):
    """Milliseconds of a step: at once with XLA and without, and step by step with it."""
    batch = batch_of(n)
    inputs, pointers = batch
    places = pointers[:, :n] - 1
    with mock.patch.object(layers, "PointerRNN", StepByStep):
        one_by_one = network()
    timed = {
        "XLA": TrainingStep(network(), batch),
        "no XLA": TrainingStep(network(jit_compile=False), batch),
        "step by step": TrainingStep(one_by_one, batch),
        "bare": TrainingStep(
            bare(), ({"points": inputs["points"], "pointers": places}, places)
        ),
    }
    return {name: 1e3 * seconds for name, seconds in medians(timed, rounds).items()}


def answering(model, n, count):
    """Seconds that a SavedModel takes for so many sets of points, by endpoint."""
    recipe = recipes.get("pointer_convex_hull")
    examples = {k: v[:count] for k, v in recipe.held_out(n).items()}
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        recipe.export(model, Path(folder) / "hulls")
        served = tf.saved_model.load(str(Path(folder) / "hulls"))
        for name in ("padded", "beam_search"):
            endpoint = getattr(served, name)
            points, length = (tf.constant(examples[k]) for k in ("points", "length"))
            endpoint(points, length)
            rounds = []
            for _ in range(3):
                started = time.perf_counter()
                endpoint(points, length)["indices"].numpy()
                rounds.append(time.perf_counter() - started)
            seconds[name] = float(np.median(rounds))
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", default="docs/images/pointing_cost.png")
    arguments = parser.parse_args()
    print("| n | step with XLA | without | step by step | bare | ratios |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for n in (10, 50):
        cost = training(n, arguments.rounds)
        others = [cost[name] for name in ("no XLA", "step by step", "bare")]
        ratios = ", ".join(f"{other / cost['XLA']:.2f}" for other in others)
        times = " | ".join(f"{ms:.0f} ms" for ms in (cost["XLA"], *others))
        print(f"| {n} | {times} | {ratios} |", flush=True)
    model = zoo.from_preset("pointer_convex_hull")
    for name, seconds in answering(model, 50, 1_000).items():
        print(
            f"1,000 hulls of 50 points, {name}: {seconds:.2f} s, "
            f"{1_000 / seconds:.0f} a second"
        )
    steps = {n: TrainingStep(network(), batch_of(n)) for n in SIZES}
    answers = {n: answering(model, n, 200)["padded"] for n in SIZES}
    curves = {"training step": relative(medians(steps, 3)), "answer": relative(answers)}
    draw({"points": curves}, Path(arguments.out))


if __name__ == "__main__":
    main()
