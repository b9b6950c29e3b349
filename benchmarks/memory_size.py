"""A memory of ten to ten thousand sentences: time, memory and accuracy.

    python -m benchmarks.memory_size

prints a table and plots `docs/images/memory_size.png`. The network is trained on stories of
50 sentences, ten of which matter, and is tested on longer ones.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from .timing import draw, relative

SIZES = 10, 100, 1_000, 10_000
TRAINED = {
    "task": 1,
    "min_sentences": 10,
    "max_sentences": 10,
    "distractors": 40,
    "train_examples": 3_000,
    "epochs": 30,
    "linear_epochs": 10,
    "steps_per_epoch": 93,
    "dim": 20,
}
BATCH = 32


def measure(size):
    """Seconds of a training step and an answer, and peak memory in MiB, in this process."""
    import resource

    import tensorflow as tf

    from keras_memory.zoo import MemN2N

    model = MemN2N([f"word{i}" for i in range(50)], dim=20, memory_size=50, noise=0.0)
    rng = np.random.default_rng(0)
    inputs = {
        "story": tf.constant(rng.integers(1, 51, (BATCH, size, 7)), tf.int32),
        "question": tf.constant(rng.integers(1, 51, (BATCH, 3)), tf.int32),
    }
    answers = tf.constant(rng.integers(0, 50, BATCH))
    train = tf.function(lambda: model.train_step((inputs, answers)), jit_compile=True)
    answer = tf.function(lambda: model(inputs, training=False), jit_compile=True)
    seconds = {}
    for name, function in (("step", train), ("answer", answer)):
        function()
        rounds = []
        for _ in range(15 if size < 10_000 else 5):
            started = time.perf_counter()
            function()
            rounds.append(time.perf_counter() - started)
        seconds[name] = float(np.median(rounds))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**seconds, "peak": peak}


def accuracies(run_dir):
    """Accuracy of one network in stories of each size, by the total number of sentences."""
    from keras_memory import recipes
    from keras_memory.recipes.datasets import load
    from keras_memory.recipes.datasets.babi_world.babi_world_dataset_builder import (
        Builder,
        babi_world_config,
    )

    recipe = recipes.get("memn2n_babi_world", **TRAINED)
    run = recipe.fit(run_dir, resume=True, verbose=0)
    found = {}
    for size in SIZES:
        config = babi_world_config(1, 10, 10, distractors=size - 10, test_examples=200)
        texts = load(Builder, config, "test")
        right = 0
        for i in range(0, 200, 10):
            part = slice(i, i + 10)
            stories, questions = (list(texts[name][part]) for name in ("story", "question"))
            result = run.model.answer(stories, questions)
            right += (result["answer"].numpy() == texts["answer"][part]).sum()
        found[size] = right / 200
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", type=int, help="measure this one alone, as JSON")
    parser.add_argument("--run-dir", default="runs/memory_size")
    parser.add_argument("--out", default="docs/images/memory_size.png")
    arguments = parser.parse_args()
    if arguments.size:
        print(json.dumps(measure(arguments.size)))
        return
    command = [sys.executable, "-m", "benchmarks.memory_size", "--size"]
    rows = {}
    for size in SIZES:  # each in a process of its own, for its peak of memory
        child = subprocess.run(
            [*command, str(size)], check=True, capture_output=True, text=True
        )
        rows[size] = json.loads(child.stdout.splitlines()[-1])
    accuracy = accuracies(arguments.run_dir)
    print("| sentences | training step | answer | peak memory | accuracy |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for size, row in rows.items():
        print(
            f"| {size:,} | {1e3 * row['step']:.1f} ms | {1e3 * row['answer']:.1f} ms | "
            f"{row['peak']:.0f} MiB | {100 * accuracy[size]:.1f} % |"
        )
    curves = {
        "training step": relative({size: row["step"] for size, row in rows.items()}),
        "answer": relative({size: row["answer"] for size, row in rows.items()}),
    }
    draw({"sentences in the memory": curves}, Path(arguments.out))


if __name__ == "__main__":
    main()
