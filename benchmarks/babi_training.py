"""How long do memory networks train for the bAbI tasks at 1k, with one seed?

    KERAS_MEMORY_MANUAL_DIR=DIR python -m benchmarks.babi_training

prints the time of twenty networks, one for each task, and of one network for all tasks, from
a cold start: with compilation, evaluation and pictures. `DIR` has `tasks_1-20_v1-2`.
"""

import os
import tempfile
import time
from pathlib import Path

from keras_memory import recipes
from keras_memory.recipes.datasets.babi.babi_dataset_builder import TASKS
from keras_memory.recipes.running.reproduction import folder_of, train_all


def main():
    tasks = [recipes.get("memn2n_babi", task=task) for task in TASKS]
    jobs = os.cpu_count()
    print("| networks | processes | minutes |")
    print("| --- | ---: | ---: |")
    for name, chosen in (("one a task, 20", tasks), ("one", [recipes.get("memn2n_babi")])):
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            waiting = {folder_of(recipe, Path(folder)): recipe for recipe in chosen}
            train_all(waiting, min(jobs, len(chosen)))
            minutes = (time.perf_counter() - started) / 60
        print(f"| {name} | {min(jobs, len(chosen))} | {minutes:.1f} |", flush=True)


if __name__ == "__main__":
    main()
