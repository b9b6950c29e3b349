"""Puts each fault into a copy of this repository, and shows which test catches it.

`python tests/mutants/run.py [WORD]`: the faults whose names contain the word. Ends with 1 if
one survives.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from faults import FAULTS

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "runs", "build", "dist", "site")


def put_in(fault, root):
    """Write the file with the fault; a function that takes it out again."""
    path = root / fault.file
    before = path.read_text("utf-8")
    if (count := before.count(fault.text)) != 1:
        raise SystemExit(
            f"Expected the text of the fault {fault.name!r} once in {fault.file}. "
            f"Received: {count} times {fault.text!r}; see tests/mutants/faults.py"
        )
    path.write_text(before.replace(fault.text, fault.replacement), "utf-8")
    return lambda: path.write_text(before, "utf-8")


def first_failure(tests, root):
    """The first test that fails in the copy, if one does."""
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root.parent), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    if process.returncode not in (0, 1):  # neither passed nor failed: nothing was tested
        raise SystemExit(process.stdout[-2000:] + process.stderr[-2000:])
    failed = re.search(r"^FAILED (\S+::\S+)", process.stdout, re.MULTILINE)
    return failed[1] if failed else None


def main(word=""):
    chosen = [fault for fault in FAULTS if word in fault.name]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "keras_memory"
        shutil.copytree(ROOT, root, ignore=LEFT_OUT)
        for fault in chosen:  # all are found before the first is tested
            put_in(fault, root)()
        everything = sorted({test for fault in chosen for test in fault.tests})
        if failure := first_failure(everything, root):
            raise SystemExit(f"Expected tests that pass without a fault. Received: {failure}")
        survived = 0
        print(f"{'fault':40} caught by")
        for fault in chosen:
            take_out = put_in(fault, root)
            caught = first_failure(fault.tests, root)
            take_out()
            survived += caught is None
            print(f"{fault.name:40} {caught or 'NO TEST'}", flush=True)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
