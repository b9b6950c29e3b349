"""Time of a search by one process and by two workers, and whether the best is the same.

    python benchmarks/tuning.py [TRIALS]

A process starts in some seconds, of which each worker's are in its time.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

MAIN = "from keras_memory.recipes.command_line import main; main()"
FIELDS = ["epochs=5", "steps_per_epoch=300", "distractors=9", "jit_compile=false"]


def search(trials, directory, *options):
    """Seconds, and the best that was found."""
    words = ["tune", "key_value_lookup", f"--trials={trials}", "--algorithm=random"]
    words += [f"--directory={directory}", *(f"--set={field}" for field in FIELDS)]
    begun = time.perf_counter()
    finished = subprocess.run(
        [sys.executable, "-c", MAIN, *words, *options],
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-4000:]
    return time.perf_counter() - begun, finished.stdout.strip().splitlines()[-1]


def main():
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    ways = {"one process": (), "1 worker": ("--workers=1",), "2 workers": ("--workers=2",)}
    with tempfile.TemporaryDirectory() as folder:
        search(1, Path(folder) / "prepared")  # the data
        found = {
            way: search(trials, Path(folder) / way, *options) for way, options in ways.items()
        }
    for way, (seconds, best) in found.items():
        print(f"{way:<12} {trials} trials {seconds:6.1f} s  {best}")
    assert len({best for _, best in found.values()}) == 1, "not the same best"


if __name__ == "__main__":
    main()
