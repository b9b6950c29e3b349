"""Training on several processes of this machine, compared with one: python -m
benchmarks.distributed

Prints, for five small recipes on 2, 3 and 4 processes, how far losses, weights and metrics
are from those of one process, how long a step takes and what part of it one sum of all
gradients would take; then a model of how that scales to 1,000 hosts. Exits with 1 where a run
is not that of one process.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from keras_memory.recipes.running.addresses import free_port

SMALL = {"epochs": 3, "steps_per_epoch": 20, "batch_size": 24}
RECIPES = {
    "ntm_copy": {
        "bits": 4,
        "max_length": 6,
        "train_examples": 480,
        "length": (6,),
        "test_sequences": 24,
        "controller_units": 32,
        "memory_slots": 16,
        "memory_width": 8,
    },
    "memn2n_babi_world": {"task": 1, "train_examples": 240, "linear_epochs": 1},
    "pointer_convex_hull": {
        "max_points": 8,
        "train_examples": 480,
        "points": (8,),
        "units": 32,
    },
    "hopfield_bit_pattern": {"learning_rate": 1e-3},
    "sab_adding": {"terms": 20, "train_examples": 480, "units": 16, "k_att": 2},
}
# Those with large weights, for `--model-parallel N`.
SPLIT = ["memn2n_babi_world"]
# Time steps: XLA sums the gradients of a recurrent layer in each of its backward loop.
LOOPS = {"ntm_copy": 13, "pointer_convex_hull": 17, "sab_adding": 20}
# Largest distance from one process: of a loss, relative, and of a weight. Threads add floats
# in another order at each run: one of 1.4e-6 was seen, and most are below 4e-7.
LOSS, WEIGHT = 3e-6, 1e-5
# The model of the scaling: a network of 100 Gb/s, ring all-reduce, nothing overlapped.
BYTES_PER_SECOND, SECONDS_PER_HOP = 12.5e9, 10e-6
HOSTS = 1, 8, 64, 256, 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--recipes", nargs="+", choices=RECIPES)
    parser.add_argument("--model-parallel", type=int, default=0, metavar="N")
    parser.add_argument("--worker", nargs=4, metavar="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.recipes = given.recipes or (SPLIT if given.model_parallel else list(RECIPES))
    if given.worker:
        return work(given.recipes, given.model_parallel, *given.worker)
    with tempfile.TemporaryDirectory() as folder:
        one = launch(given.recipes, Path(folder), 1, 0)
        print("| recipe | processes | loss | weights | metrics | ms a step | ratio | sum |")
        print("|---|---|---|---|---|---|---|---|")
        is_equal = True
        for count in given.processes:
            many = launch(given.recipes, Path(folder), count, given.model_parallel)
            is_equal &= all([compare(name, one, many) for name in given.recipes])
        scale(given.recipes, one)
    sys.exit(not is_equal)


def launch(recipes, folder, count, model_parallel):
    """Train all recipes on so many processes; the folder where all of it is."""
    place = folder / str(count)
    codes = train(recipes, place, count, model_parallel)
    for i, code in enumerate(codes):
        if code:
            log = (place / f"{i}.log").read_text()
            print(f"process {i} ended with {code}:\n{log[-3000:]}", file=sys.stderr)
    if any(codes):
        sys.exit(1)
    return place


def train(recipes, folder, count, model_parallel):
    """How each of so many processes ended that train all recipes in a folder."""
    port = free_port()
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.distributed", "--recipes", *recipes]
    command += ["--model-parallel", str(model_parallel)]
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    started = []
    for i in range(count):
        arguments = "--worker", str(folder), f"127.0.0.1:{port}", str(count), str(i)
        with (folder / f"{i}.log").open("w") as log:
            started.append(
                subprocess.Popen(
                    [*command, *arguments],
                    env=environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )
    return [process.wait() for process in started]


def work(recipes, model_parallel, folder, coordinator, count, process_id):
    """One of these processes."""
    from keras_memory import recipes as all_recipes
    from keras_memory.recipes.running import processes
    from keras_memory.recipes.running.model_parallel import split

    alone = count == "1"
    spread = None
    if not alone:
        spread = processes.start(coordinator, int(count), int(process_id))
    figures = {}
    for name in recipes:
        recipe = all_recipes.get(name, **SMALL, **RECIPES[name])
        if model_parallel:
            spread = split(recipe, model_parallel)
        timer = timed(recipe)
        run = recipe.fit(Path(folder) / name, verbose=0, distribution=spread)
        shapes = [weight.shape for weight in run.model.trainable_weights]
        figures[name] = {
            "step": timer.seconds_per_step,
            "batch": batch_seconds(recipe),
            "whole_on_each": recipe.lengths(recipe.examples("train")) is not None,
            "sum": 0 if alone else sum_seconds(spread, shapes),
            "bytes": sum(4 * weight.size for weight in run.model.get_weights()),
        }
    if process_id == "0":
        (Path(folder) / "figures.json").write_text(json.dumps(figures))


def timed(recipe):
    """A callback beside those of the recipe: seconds a step, of its last epoch."""
    import keras

    class Timer(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.started = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            if batch >= recipe.steps_per_epoch - 1:
                float(logs["loss"])  # waits for it
                seconds = time.perf_counter() - self.started
                self.seconds_per_step = seconds / recipe.steps_per_epoch

    timer, own = Timer(), recipe.callbacks
    object.__setattr__(recipe, "callbacks", lambda history: [*own(history), timer])
    return timer


def batch_seconds(recipe):
    """To prepare a batch, on one process."""
    batches = iter(recipe.dataset("train"))
    next(batches)
    started = time.perf_counter()
    for _ in batches:
        pass
    return (time.perf_counter() - started) / (recipe.steps_per_epoch - 1)


def sum_seconds(spread, shapes):
    """To sum arrays of the shapes of the gradients over all processes."""
    import jax
    import numpy as np

    mesh = spread.device_mesh.backend_mesh
    rows, whole = (
        jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec(*axes))
        for axes in ((mesh.axis_names,), ())
    )
    arrays = [
        jax.make_array_from_process_local_data(rows, np.ones((1, *shape), "float32"))
        for shape in shapes
    ]
    summed = jax.jit(lambda xs: [x.sum(axis=0) for x in xs], out_shardings=whole)
    seconds = []
    for _ in range(20):
        started = time.perf_counter()
        jax.block_until_ready(summed(arrays))
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds))


def compare(name, one, many):
    """Print how far a run is from that of one process; whether that is near enough."""
    from keras_memory.recipes import Run

    runs = Run(one / name), Run(many / name)
    loss, weight = distances(*runs)
    steps = [figures_of(folder)[name] for folder in (one, many)]
    print(
        f"| `{name}` | {many.name} | {loss:.1e} | {weight:.1e} | {difference(*runs)} | "
        f"{1e3 * steps[1]['step']:.1f} | {steps[1]['step'] / steps[0]['step']:.1f} | "
        f"{100 * steps[1]['sum'] / steps[1]['step']:.0f} % |",
        flush=True,
    )
    return loss <= LOSS and weight <= WEIGHT


def figures_of(folder):
    return json.loads((folder / "figures.json").read_text())


def distances(one, many):
    """The largest of losses, relative, and of weights."""
    losses = [
        abs(theirs[key] - ours[key]) / abs(ours[key])
        for ours, theirs in zip(one.history, many.history, strict=True)
        for key in ("loss", "val_loss")
    ]
    weights = zip(one.model.get_weights(), many.model.get_weights(), strict=True)
    return max(losses), max(float(abs(a - b).max()) for a, b in weights)


def difference(one, many):
    """Of the metrics, the largest."""
    if one.metrics == many.metrics:
        return "equal"
    return f"{max(abs(one.metrics[k] - many.metrics[k]) for k in one.metrics):.0e}"


def scale(recipes, folder):
    """Print what part of the hosts' time is spent on steps, as a model has it."""
    figures = figures_of(folder)
    print(
        "\nA model, not a measurement: each host has the batch and the step of one process "
        f"above; a ring all-reduce at {BYTES_PER_SECOND / 1e9} GB/s and "
        f"{SECONDS_PER_HOP * 1e6:.0f} µs a hop, not overlapped with the step, one for each "
        "time step of a recurrent layer; batches of recipes that cut padding are prepared "
        "whole on every host, beside the step. No stragglers, no validation.\n"
    )
    print(f"| recipe | {' | '.join(f'{hosts} hosts' for hosts in HOSTS)} |")
    print("|---" * (len(HOSTS) + 1) + "|")
    for name in recipes:
        sums = LOOPS.get(name, 1)
        found = [efficiency(figures[name], hosts, sums) for hosts in HOSTS]
        print(f"| `{name}` | {' | '.join(f'{100 * part:.0f} %' for part in found)} |")


def efficiency(found, hosts, sums):
    """The step of one host, as part of the time that a step of so many takes."""
    hops = 2 * (hosts - 1) * sums
    summing = hops * (found["bytes"] / hosts / BYTES_PER_SECOND + SECONDS_PER_HOP)
    batch = found["batch"] * (hosts if found["whole_on_each"] else 1)
    return found["step"] / max(found["step"] + summing, batch)


if __name__ == "__main__":
    main()
