"""What a training step costs: `python -m benchmarks.train_step ntm_copy`.

Every comparison is a ratio of medians of rounds taken in turn, in one process, so that it
holds on a machine whose speed drifts.
"""

import argparse
import os
import resource
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
from rich.console import Console
from rich.table import Table

from keras_memory import recipes

from .timing import draw, medians, relative

# Each field compared compiles a step of its own, which TensorFlow takes for an oversight.
tf.get_logger().setLevel("ERROR")


class TrainingStep:
    """A model's compiled training step on one batch; calling it times a few."""

    def __init__(self, model, batch):
        self.model = model
        started = time.perf_counter()
        self.model.train_on_batch(*batch)
        self.first_call = time.perf_counter() - started
        self.batches = iter(tf.data.Dataset.from_tensors(batch).repeat())
        self()

    def __call__(self):
        """Seconds a step, over one execution of the compiled function."""
        started = time.perf_counter()
        logs = self.model.train_function(self.batches)
        float(next(iter(logs.values())))
        return (time.perf_counter() - started) / self.model.steps_per_execution


class InputPipeline:
    """A recipe's training batches without the training; calling it times an epoch."""

    def __init__(self, recipe):
        self.recipe = recipe
        self.dataset = recipe.dataset("train")
        self()

    def __call__(self):
        """Seconds a batch, over one epoch."""
        started = time.perf_counter()
        for _ in self.dataset:
            pass
        return (time.perf_counter() - started) / self.recipe.steps_per_epoch


def batch_of(recipe):
    return next(iter(recipe.dataset("train")))


def compare(recipe, rounds):
    """XLA against none, and the step against its input."""
    batch = batch_of(recipe)
    compiled = TrainingStep(recipe.seeded_model(), batch)
    plain = TrainingStep(recipe.replace(jit_compile=False).seeded_model(), batch)
    timed = {"XLA": compiled, "no XLA": plain, "input": InputPipeline(recipe)}
    cost = medians(timed, rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        ("step with XLA", f"{cost['XLA'] * 1e3:.1f} ms"),
        ("step without XLA", f"{cost['no XLA'] * 1e3:.1f} ms"),
        ("XLA is faster by", f"{cost['no XLA'] / cost['XLA']:.2f} times"),
        ("one batch from the input pipeline", f"{cost['input'] * 1e3:.2f} ms"),
        ("input is faster than the step by", f"{cost['XLA'] / cost['input']:.0f} times"),
        ("first call with XLA (compiling)", f"{compiled.first_call:.1f} s"),
        ("first call without XLA", f"{plain.first_call:.1f} s"),
        ("peak memory of the process", f"{peak:.0f} MiB"),
    ]


def scaling(recipe, field, values, rounds, **others):
    """Cost of a step against a field, as ratios to the first value."""
    timed = {}
    for value in values:
        changed = recipe.replace(**others, **{field: value})
        timed[value] = TrainingStep(changed.seeded_model(), synthetic_batch(changed))
    return relative(medians(timed, rounds))


def synthetic_batch(recipe):
    """A batch of sequences of the greatest length."""
    shape = (recipe.batch_size, recipe.max_length, recipe.bits)
    vectors = tf.random.stateless_uniform(shape, seed=(0, 0), maxval=2, dtype=tf.int32)
    lengths = tf.fill(shape[:1], recipe.max_length)
    return recipe.to_batch({"vectors": vectors, "length": lengths})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", choices=["ntm_copy"])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--figure", type=Path, default=Path("runs/benchmarks/ntm_copy.png"))
    arguments = parser.parse_args()
    recipe = recipes.get(arguments.recipe, batch_size=16, steps_per_epoch=125)
    console = Console()
    table = Table("batch 16, 41 steps", "", title=arguments.recipe)
    for row in compare(recipe, arguments.rounds):
        table.add_row(*row)
    console.print(table)
    curves = {
        "length (vectors)": scaling(
            recipe, "max_length", [20, 40, 80, 160], 3, memory_slots=256, length=20
        ),
        "memory slots": scaling(
            recipe, "memory_slots", [64, 128, 256, 512, 1024], 3, length=20
        ),
    }
    for label, ratios in curves.items():
        table = Table(label, *map(str, ratios))
        table.add_row("step time, relative", *(f"{ratio:.2f}" for ratio in ratios.values()))
        console.print(table)
    panels = {label: {"measured": ratios} for label, ratios in curves.items()}
    draw(panels, arguments.figure)
    console.print(f"figure: {arguments.figure}")


if __name__ == "__main__":
    main()
