"""Memory machines by slots: time and planned memory of a training step.

    python -m benchmarks.slots

prints, for each machine and number of slots, the milliseconds that a step of a sequence takes
in training and what XLA plans to hold at once; and plots `docs/images/slots.png`. Each is
measured in a process of its own.
"""

import argparse
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.timing import least, training_step

SLOTS = 64, 256, 1_024, 4_096, 16_384, 65_536
BATCH, STEPS, FEATURES, UNITS, WIDTH = 1, 100, 8, 100, 32
LARGEST = {"dnc": 1_024}  # of which links, squared, still fit: 100 steps of several
NAMES = {
    "ntm": "neural Turing machine",
    "dnc": "differentiable neural computer",
    "dnc_8": "the same, 8 links a slot",
    "sam": "sparse access memory",
}


def cell_of(machine, slots):
    import keras

    from keras_memory import layers

    cells = {
        "ntm": layers.NTMCell,
        "dnc": layers.DNCCell,
        "dnc_8": functools.partial(layers.DNCCell, links_per_slot=8),
        "sam": layers.SparseAccessCell,
    }
    return cells[machine](
        keras.layers.LSTMCell(UNITS), memory_slots=slots, memory_width=WIDTH
    )


def measure(machine, slots):
    """Milliseconds of a step of a sequence in training, the least of several rounds."""
    once = training_step(cell_of(machine, slots), (BATCH, STEPS, FEATURES))
    return {"milliseconds": 1e3 * least(once, rounds=20, at_least=2) / STEPS}


def measured(machine, slots):
    """What `measure` finds in a process of its own, and the bytes that XLA plans for."""
    with tempfile.TemporaryDirectory() as folder:
        flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_dump_to={folder}"
        child = subprocess.run(
            [sys.executable, "-m", "benchmarks.slots", machine, str(slots)],
            env={**os.environ, "XLA_FLAGS": flags, "TF_CPP_MIN_LOG_LEVEL": "3"},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        reports = [p.read_text() for p in Path(folder).glob("*memory-usage-report.txt")]
    planned = [re.search(r"Total bytes used: (\d+)", report) for report in reports]
    answer = json.loads(child.stdout.splitlines()[-1])
    return {**answer, "planned": max(int(found.group(1)) for found in planned if found)}


def draw(rows, path):
    """A panel of milliseconds and one of planned memory, against slots."""
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    panels = {
        "milliseconds": ("a step in training, ms", 1),
        "planned": ("planned memory, MB", 1e6),
    }
    for axis, (column, (label, unit)) in zip(
        figure.subplots(1, 2), panels.items(), strict=True
    ):
        for machine, name in NAMES.items():
            points = [
                (slots, row[column] / unit)
                for (of, slots), row in rows.items()
                if of == machine
            ]
            axis.plot(*zip(*points, strict=True), "o-", label=name)
        axis.set(xscale="log", yscale="log", xlabel="slots of the memory", ylabel=label)
        axis.set_xticks(SLOTS, [f"{slots:,}" for slots in SLOTS])
        axis.minorticks_off()
        axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("machine", nargs="?", choices=NAMES, help="this alone, as JSON")
    parser.add_argument("slots", nargs="?", type=int, default=SLOTS[0])
    parser.add_argument("--out", default="docs/images/slots.png")
    arguments = parser.parse_args()
    if arguments.machine:
        print(json.dumps(measure(arguments.machine, arguments.slots)))
        return
    print("| machine | slots | a step in training | planned by XLA |")
    print("| --- | ---: | ---: | ---: |")
    rows = {}
    for machine, name in NAMES.items():
        for slots in SLOTS:
            if slots > LARGEST.get(machine, slots):
                continue
            row = rows[machine, slots] = measured(machine, slots)
            figures = f"{row['milliseconds']:.2f} ms | {row['planned'] / 1e6:,.1f} MB"
            print(f"| {name} | {slots:,} | {figures} |", flush=True)
    draw(rows, Path(arguments.out))
    dense, sparse = (rows[machine, SLOTS[-1]]["planned"] for machine in ("ntm", "sam"))
    print(f"planned at {SLOTS[-1]:,} slots, sam over ntm: {sparse / dense:.4f}")


if __name__ == "__main__":
    main()
