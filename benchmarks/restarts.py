"""Restarts of a memory network: one batched model, or a process each?

    python -m benchmarks.restarts

prints how many updates of a restart a second has on this machine, with ten restarts in one
compiled model over the same batches and all cores, and with a process for each core.
"""

import argparse
import json
import os
import subprocess
import sys
import time

import numpy as np

BATCH, SENTENCES, WORDS, VOCABULARY = 32, 10, 6, 30
SECONDS = 10


def updates_per_second(restarts):
    """In this process, of as many networks in one model."""
    import keras
    import tensorflow as tf

    from keras_memory.zoo import MemN2N

    words = [f"word{i}" for i in range(VOCABULARY)]
    members = [MemN2N(words, dim=20, name=f"restart_{i}") for i in range(restarts)]
    model = members[0]
    if restarts > 1:
        model = keras.Model(
            members[0].input, [member(members[0].input) for member in members]
        )
        # Each table is clipped by itself, so that the restarts are as if they were alone.
        model.compile(keras.optimizers.SGD(0.32, clipnorm=40 / 32), loss=members[0].loss)
    rng = np.random.default_rng(0)
    inputs = {
        "story": tf.constant(
            rng.integers(1, VOCABULARY, (BATCH, SENTENCES, WORDS)), tf.int32
        ),
        "question": tf.constant(rng.integers(1, VOCABULARY, (BATCH, 3)), tf.int32),
    }
    answers = tf.constant(rng.integers(0, VOCABULARY, BATCH))
    targets = answers if restarts == 1 else [answers] * restarts

    def many():
        for _ in tf.range(20):
            model.train_step((inputs, targets))

    started = time.perf_counter()
    compiled = tf.function(many, jit_compile=True)
    compiled()
    compiling = time.perf_counter() - started
    updates, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        compiled()
        updates += 20 * restarts
    return {"updates": updates / (time.perf_counter() - started), "compile": compiling}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--restarts", type=int, help="measure this one alone, as JSON")
    arguments = parser.parse_args()
    if arguments.restarts:
        print(json.dumps(updates_per_second(arguments.restarts)))
        return
    cores = os.cpu_count()
    one_thread = {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
    print("| restarts | updates a second | to compile |")
    print("| --- | ---: | ---: |")
    for name, sizes, environment in (
        ("one, on all cores", [1], {}),
        ("10 in one model, on all cores", [10], {}),
        (f"{cores} processes, a core each", [1] * cores, one_thread),
    ):
        found = _together(sizes, environment)
        updates = sum(part["updates"] for part in found)
        compiling = max(part["compile"] for part in found)
        print(f"| {name} | {updates:,.0f} | {compiling:.1f} s |")


def _together(sizes, environment):
    command = [sys.executable, "-m", "benchmarks.restarts", "--restarts"]
    started = [
        subprocess.Popen(
            [*command, str(size)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for size in sizes
    ]
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]


if __name__ == "__main__":
    main()
