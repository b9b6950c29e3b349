"""What attention costs: `python -m benchmarks.attention`.

Every comparison is a ratio of medians of rounds taken in turn, in one process; memory is the
peak of a process of its own.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf
from rich.console import Console
from rich.table import Table

from keras_memory import layers

from .timing import draw, medians, relative

BATCH, LENGTH, WIDTH, HEADS = 32, 256, 128, 4
FORMS = {
    "soft": lambda: layers.Attention(),
    "local, 16 to either side": lambda: layers.LocalAttention(reach=16),
    "Gaussian windows, 10": lambda: layers.GaussianWindowAttention(num_windows=10),
}


class Gradient:
    """A layer's self-attention, forward and backward; calling it times a round."""

    def __init__(self, layer, batch, length, width, jit_compile):
        self.inputs = tf.random.stateless_normal((batch, length, width), seed=(0, 0))
        layer(self.inputs[:1], self.inputs[:1])

        def gradient(inputs):
            with tf.GradientTape() as tape:
                tape.watch(inputs)
                total = tf.reduce_sum(layer(inputs, inputs))
            return tape.gradient(total, [inputs, *layer.trainable_variables])

        self.gradient = tf.function(gradient, jit_compile=jit_compile)
        self()

    def __call__(self, times=3):
        started = time.perf_counter()
        for _ in range(times):
            found = self.gradient(self.inputs)
        found[0].numpy()
        return (time.perf_counter() - started) / times


def against_keras(ours, rounds):
    """A layer of ours over Keras's multi-head attention: time, with XLA and without."""
    makers = {"keras": keras.layers.MultiHeadAttention, "ours": ours}
    for name, jit_compile in (("without XLA", False), ("with XLA", True)):
        timed = {
            maker: Gradient(make(HEADS, WIDTH // HEADS), BATCH, LENGTH, WIDTH, jit_compile)
            for maker, make in makers.items()
        }
        cost = medians(timed, rounds)
        yield (
            name,
            f"{cost['keras'] * 1e3:.1f} ms",
            f"{cost['ours'] * 1e3:.1f} ms",
            f"{cost['ours'] / cost['keras']:.2f}",
        )


def additive_memory(length, max_elements):
    """MiB that additive scores of `length` queries and keys add, forward and backward."""
    settings = [str(length), str(max_elements)]
    command = [sys.executable, "-m", __spec__.name, "--additive", *settings]
    return float(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def measure_additive(length, max_elements):
    make = Gradient(layers.AdditiveScore(max_elements=max_elements), 1, 8, WIDTH, False)
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak starts anew
    before = memory("VmRSS")
    make.inputs = tf.random.stateless_normal((1, length, WIDTH), seed=(0, 0))
    make(times=1)
    return memory("VmHWM") - before


def memory(kind):
    """MiB of this process: `VmRSS`, now, or `VmHWM`, at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{kind}:"))
    return int(line.split()[1]) / 1024


def against_length(lengths, rounds):
    return {
        name: relative(
            medians(
                {n: Gradient(make(), 4, n, WIDTH, True) for n in lengths},
                rounds,
            )
        )
        for name, make in FORMS.items()
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--figure", type=Path, default=Path("runs/benchmarks/attention.png"))
    parser.add_argument("--additive", type=int, nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.additive:
        print(measure_additive(*arguments.additive))
        return
    console = Console()
    shape = f"{BATCH} x {LENGTH} x {WIDTH}, {HEADS} heads, forward and backward"
    table = Table("multi-head", "keras.layers", "ours", "ours / Keras's", title=shape)
    for row in against_keras(layers.MultiHeadAttention, arguments.rounds):
        table.add_row(*row)
    console.print(table)
    length = 2048
    bounded, whole = (additive_memory(length, bound) for bound in (2**22, 2**62))
    console.print(
        f"additive scores, {length} x {length} x {WIDTH} hidden units: {bounded:.0f} MiB, "
        f"against {whole:.0f} MiB with the whole hidden layer in memory"
    )
    lengths = [128, 256, 512, 1024, 2048]
    curves = against_length(lengths, 3)
    table = Table("time against length, relative", *map(str, lengths))
    for name, costs in curves.items():
        table.add_row(name, *(f"{cost:.2f}" for cost in costs.values()))
    console.print(table)
    draw({"length": curves}, arguments.figure)
    console.print(f"figure: {arguments.figure}")


if __name__ == "__main__":
    main()
