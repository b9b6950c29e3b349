"""How long a preset's first answer takes, and later ones: `python -m benchmarks.answers`.

Each answers a question, compiled as it is, and op by op, in a process of its own, on the
backend of KERAS_BACKEND. Prints seconds of the first answer and the median of those after it.
"""

import statistics
import subprocess
import sys
import time

import numpy as np

LATER = 5
HOW = "compiled", "op by op"


def points():
    return np.random.default_rng(0).random((1, 10, 2), "float32")


# By preset, a question to its model.
QUESTIONS = {
    "memn2n_babi_1k_joint": lambda model: model.answer(
        ["Mary went to the kitchen. John went to the garden."], ["Where is Mary?"]
    ),
    "slot_filling_world": lambda model: model.tag(
        ["show me trains from belaton to lininburg"]
    ),
    "seq2seq_attention": lambda model: model.translate(["3 may 2020"]),
    "pointer_convex_hull": lambda model: model.solve(points()),
    "neural_transduction_queue": lambda model: model.solve(np.arange(1, 13)[None]),
    "hierarchical_attention_imdb": lambda model: model.classify(
        ["A great film. I loved it."]
    ),
    "handwriting_window": lambda model: model.write(["hello"], bias=1.0, seed=0),
    "ntm_copy": lambda model: model.trace(np.ones((1, 40, 9), "float32")),
}


def measure(name, how):
    from keras_memory import zoo
    from keras_memory.zoo import compiled

    if how == "op by op":
        compiled.Compiled.predict_on_batch = compiled.Compiled.call
    model, seconds = zoo.from_preset(name), []
    for _ in range(1 + LATER):
        begun = time.perf_counter()
        QUESTIONS[name](model)
        seconds.append(time.perf_counter() - begun)
    print(f"{seconds[0]:.2f} {statistics.median(seconds[1:]):.3f}")


def main():
    print("preset | " + " | ".join(f"{how}: first | later" for how in HOW))
    for name in QUESTIONS:
        found = []
        for how in HOW:
            command = [sys.executable, "-m", "benchmarks.answers", name, how]
            printed = subprocess.run(command, capture_output=True, text=True, check=True)
            found += printed.stdout.split()[-2:]
        print(name, *found, sep=" | ", flush=True)


if __name__ == "__main__":
    measure(*sys.argv[1:]) if sys.argv[1:] else main()
