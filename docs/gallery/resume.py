# %% [markdown]
# # Resume after a kill
#
# Training writes a checkpoint after each epoch. A run that was killed goes on, and ends with
# the weights of a run that was never stopped.

# %%
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from keras_memory.recipes.running.run import Run

folder = Path(tempfile.mkdtemp())
program = Path(sys.executable).with_name("keras-memory")
fields = ["--set=steps_per_epoch=20", "--set=epochs=8"]


def train(run, *options):
    return [
        program,
        "train",
        "key_value_lookup",
        "--run-dir",
        folder / run,
        *fields,
        *options,
    ]


subprocess.run(train("whole"), check=True, capture_output=True)

# %%
process = subprocess.Popen(train("killed"), stdout=subprocess.DEVNULL)
while not (folder / "killed" / "checkpoint.npz").exists():
    time.sleep(0.01)
os.kill(process.pid, signal.SIGKILL)
process.wait()
subprocess.run(train("killed", "--resume"), check=True, capture_output=True)

# %%
whole, killed = (Run.open(folder / name) for name in ("whole", "killed"))
print(whole.metrics, killed.metrics)
assert whole.metrics == killed.metrics
