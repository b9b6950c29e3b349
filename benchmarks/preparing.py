"""How long data sets of points take to prepare: `python -m benchmarks.preparing`.

Of ten points each, in a temporary folder, on one core.
"""

import argparse
import contextlib
import io
import os
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow_datasets as tfds

from keras_memory import recipes


def seconds(recipe, examples):
    with tempfile.TemporaryDirectory() as folder:
        builder = recipe.builder(config=recipe.config(10, 10, examples), data_dir=folder)
        started = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            builder.download_and_prepare()
        taken = time.perf_counter() - started
        shards = builder.info.splits["train"].num_shards
    return taken, shards


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--examples", type=int, default=1_000_000)
    arguments = parser.parse_args()
    tfds.disable_progress_bar()
    print("| Recipe | examples | seconds | files |")
    print("| --- | ---: | ---: | ---: |")
    for name in ("pointer_sort", "pointer_convex_hull", "pointer_tsp", "pointer_delaunay"):
        taken, shards = seconds(recipes.get(name), arguments.examples)
        print(f"| {name} | {arguments.examples:,} | {taken:.0f} | {shards} |", flush=True)


if __name__ == "__main__":
    main()
