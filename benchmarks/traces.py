"""The traces of all presets as ONNX, compared with Keras: `python -m benchmarks.traces`.

Names after it are those of presets; all if there is none. A line each: the size of the files,
and seconds; or why it is not exported.
"""

import sys
import tempfile
import time
from pathlib import Path

from keras_memory import zoo
from keras_memory.recipes.running.traces import export_traces


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or zoo.presets():
            begun = time.perf_counter()
            try:
                written = export_traces(zoo.from_preset(name), Path(folder) / name)
            except ValueError as error:
                print(f"{name}: {error}", flush=True)
                continue
            files = sorted(written.glob("*.onnx"))
            sizes = ", ".join(
                f"{path.stem} {path.stat().st_size / 1024:.0f} kB" for path in files
            )
            print(f"{name}: {sizes}, {time.perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
