"""A continuous memory of a hundred to a million patterns: time and memory.

    python -m benchmarks.stored_patterns

prints a table and plots `docs/images/stored_patterns.png`. Each number of patterns has a
process of its own, which stores them 10,000 at a time.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from .timing import draw, relative

SIZES = 100, 1_000, 10_000, 100_000, 1_000_000
UNITS, CUES, BATCH = 64, 100, 10_000


def measure(size):
    """Seconds to store and to recall CUES, and MiB that both add at their peak."""
    import tensorflow as tf

    from keras_memory.zoo import ContinuousHopfieldNetwork

    from .attention import memory

    def patterns(i):
        return tf.random.stateless_normal((min(size, BATCH), UNITS), seed=(0, i))

    ContinuousHopfieldNetwork(UNITS, BATCH).fit(patterns(0), verbose=0)  # what all begin with
    Path("/proc/self/clear_refs").write_text("5")  # Linux: the peak starts anew
    before, started = memory("VmRSS"), time.perf_counter()
    model = ContinuousHopfieldNetwork(UNITS, size)
    batches = tf.data.Dataset.range(-(-size // BATCH)).map(patterns)
    model.fit(batches, verbose=0)
    seconds = {"store": time.perf_counter() - started}
    cues = patterns(0)[:CUES]
    recall = tf.function(model.memory.recall, jit_compile=True, autograph=False)
    rounds = []
    for _ in range(6):
        started = time.perf_counter()
        found = recall(cues + 0.1)["attractors"].numpy()
        rounds.append(time.perf_counter() - started)
    np.testing.assert_allclose(found, cues, atol=1e-3)
    seconds["recall"] = float(np.median(rounds[1:]))
    return {**seconds, "peak": memory("VmHWM") - before}


def measured(size):
    command = [sys.executable, "-m", "benchmarks.stored_patterns", "--measure", str(size)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--measure", type=int, help="one size, in this process")
    parser.add_argument("--out", default="docs/images/stored_patterns.png")
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure)))
        return
    cost = {}
    print("| patterns | their own MiB | peak MiB | to store | to recall a cue |")
    print("| ---: | ---: | ---: | ---: | ---: |")
    for size in SIZES:
        cost[size] = found = measured(size)
        print(
            f"| {size:,} | {4 * size * UNITS / 2**20:.1f} | {found['peak']:.0f} "
            f"| {found['store']:.1f} s | {1e3 * found['recall'] / CUES:.3f} ms |",
            flush=True,
        )
    curves = {"recall": relative({size: found["recall"] for size, found in cost.items()})}
    draw({"stored patterns": curves}, Path(arguments.out))


if __name__ == "__main__":
    main()
