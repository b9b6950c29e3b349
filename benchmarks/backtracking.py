"""Sparse attentive backtracking beside what it is compared with: time and memory.

    python -m benchmarks.backtracking

prints, for each method and length, the median of a training step, the peak memory of its
process, and what XLA plans to hold at once; and plots `docs/images/backtracking.png`. Each is
measured in a process of its own, which gets no more memory than the machine has.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

LENGTHS = 100, 500, 1_000, 5_000
BATCH, SIZES = 8, {"units": 128, "k_top": 5, "k_trunc": 5, "k_att": 5}
# A process that was killed without an error of TensorFlow has a negative exit status.
OUT_OF_MEMORY = "RESOURCE_EXHAUSTED", "bad_alloc", "MemoryError", "Out of memory"
NAMES = {
    "sab": "sparse attentive backtracking",
    "truncated_bptt": "truncated back-propagation",
    "full_bptt": "full back-propagation",
    "self_attention": "self-attention",
}


def measure(method, length):
    """Seconds of a training step and peak memory in bytes, of this process."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    resource.setrlimit(resource.RLIMIT_AS, (machine, machine))
    from keras_memory import recipes

    model = recipes.get("sab_copy", method=method, **SIZES).model()
    random = np.random.default_rng(0)
    inputs = {
        "symbols": random.integers(0, 10, (BATCH, length), "int32"),
        "length": np.full(BATCH, length, "int32"),
    }
    targets = random.integers(0, 9, (BATCH, length))
    model.train_on_batch(inputs, targets)
    seconds = []
    while len(seconds) < 2 or (len(seconds) < 9 and sum(seconds) < 20):
        started = time.perf_counter()
        model.train_on_batch(inputs, targets)
        seconds.append(time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"seconds": float(np.median(seconds)), "peak": peak}


def measured(method, length):
    """What `measure` finds in a process of its own, and the bytes that XLA plans for."""
    with tempfile.TemporaryDirectory() as folder:
        flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_dump_to={folder}"
        command = [sys.executable, "-m", "benchmarks.backtracking", method, str(length)]
        child = subprocess.run(
            command,
            env={**os.environ, "XLA_FLAGS": flags, "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
        )
        planned = max(
            (
                int(found.group(1))
                for path in Path(folder).glob("*memory-usage-report.txt")
                if (found := re.search(r"Total bytes used: (\d+)", path.read_text()))
            ),
            default=None,
        )
    if child.returncode:
        out_of_memory = any(message in child.stderr for message in OUT_OF_MEMORY)
        if child.returncode > 0 and not out_of_memory:
            raise RuntimeError(f"{method} of {length} steps failed: {child.stderr[-2000:]}")
        return {"seconds": None, "peak": None, "planned": planned}
    return {**json.loads(child.stdout.splitlines()[-1]), "planned": planned}


def draw(rows, path):
    """A panel of seconds and one of planned memory, against length."""
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    panels = {"seconds": ("training step, s", 1), "planned": ("planned memory, GB", 1e9)}
    for axis, (column, (label, unit)) in zip(
        figure.subplots(1, 2), panels.items(), strict=True
    ):
        for method, name in NAMES.items():
            points = [
                (length, row[column] / unit)
                for (of, length), row in rows.items()
                if of == method and row[column]
            ]
            if points:
                axis.plot(*zip(*points, strict=True), "o-", label=name)
        axis.set(xscale="log", yscale="log", xlabel="steps of a sequence", ylabel=label)
        axis.set_xticks(LENGTHS, [f"{length:,}" for length in LENGTHS])
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("method", nargs="?", choices=NAMES, help="this alone, as JSON")
    parser.add_argument("length", nargs="?", type=int, default=LENGTHS[0])
    parser.add_argument("--out", default="docs/images/backtracking.png")
    arguments = parser.parse_args()
    if arguments.method:
        print(json.dumps(measure(arguments.method, arguments.length)))
        return
    print("| method | steps | training step | peak memory | planned by XLA |")
    print("| --- | ---: | ---: | ---: | ---: |")
    rows = {}
    for length in LENGTHS:
        for method, name in NAMES.items():
            row = rows[method, length] = measured(method, length)
            seconds = f"{row['seconds']:.3f} s" if row["seconds"] else "out of memory"
            peak = f"{row['peak'] / 1e9:.2f} GB" if row["peak"] else "-"
            planned = f"{row['planned'] / 1e9:.2f} GB" if row["planned"] else "-"
            cells = f"{name} | {length:,} | {seconds} | {peak} | {planned}"
            print(f"| {cells} |", flush=True)
    draw(rows, Path(arguments.out))
    sab, attention = (rows[method, LENGTHS[-1]] for method in ("sab", "self_attention"))
    print(
        f"planned at {LENGTHS[-1]:,} steps, sab over self_attention: "
        f"{sab['planned'] / attention['planned']:.4f}"
    )


if __name__ == "__main__":
    main()
