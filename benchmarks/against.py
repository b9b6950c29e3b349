"""Is any step slower than it was? `python -m benchmarks.against COMMIT`.

Two processes, one with this tree and one with the commit, take rounds of each step in turn,
so that the ratio holds on a machine whose speed drifts. Each prints the median over the
rounds, and the median of the ratios of neighbouring rounds; a ratio above the limit is
measured again, and ends the command with exit code 1 if it stays there.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

ROOT = Path(__file__).resolve().parents[1]


def training(model, batch):
    """A round of a compiled training step: a few updates on one batch."""
    import tensorflow as tf

    model.train_on_batch(*batch)
    batches = iter(tf.data.Dataset.from_tensors(batch).repeat())
    size = model.steps_per_execution

    def once():
        logs = model.train_function(batches)
        float(next(iter(logs.values())))
        return size

    return once


def gradient(layer, shape, jit_compile=True):
    """A round of a layer's self-attention, forward and backward."""
    import tensorflow as tf

    inputs = tf.random.stateless_normal(shape, seed=(0, 0))
    layer(inputs[:1], inputs[:1])

    def of_sum(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            total = tf.reduce_sum(layer(inputs, inputs))
        return tape.gradient(total, [inputs, *layer.trainable_variables])

    compiled = tf.function(of_sum, jit_compile=jit_compile)

    def once():
        compiled(inputs)[0].numpy()
        return 1

    return once


def ntm_copy():
    from keras_memory import recipes

    recipe = recipes.get("ntm_copy", batch_size=16, train_examples=2_000)
    return training(recipe.seeded_model(), next(iter(recipe.dataset("train"))))


def memn2n():
    import numpy as np

    from keras_memory import zoo

    words = [f"w{i}" for i in range(150)]
    model = zoo.MemN2N(words)
    random = np.random.default_rng(0)
    inputs = {
        "story": random.integers(0, 150, (32, 50, 7), "int32"),
        "question": random.integers(1, 150, (32, 7), "int32"),
    }
    return training(model, (inputs, random.integers(0, 150, 32)))


def pointing(n):
    import keras
    import numpy as np

    from keras_memory import zoo

    random = np.random.default_rng(0)
    tours = random.permuted(np.tile(np.arange(1, n + 1), (128, 1)), axis=1)
    pointers = np.pad(tours, [[0, 0], [0, 1]]).astype("int32")
    points = random.random((128, n, 2), dtype="float32")
    inputs = {"points": points, "length": np.full(128, n, "int32"), "pointers": pointers}
    model = zoo.PointerNetwork(units=256)
    model.compile(
        keras.optimizers.Adam(1e-3, global_clipnorm=2.0), loss=model.loss, jit_compile=True
    )
    return training(model, (inputs, pointers))


def backtracking(method, length):
    import numpy as np

    from keras_memory import recipes

    sizes = {"units": 128, "k_top": 5, "k_trunc": 5, "k_att": 5}
    model = recipes.get("sab_copy", method=method, **sizes).model()
    random = np.random.default_rng(0)
    inputs = {
        "symbols": random.integers(0, 10, (8, length), "int32"),
        "length": np.full(8, length, "int32"),
    }
    return training(model, (inputs, random.integers(0, 9, (8, length))))


def attention(name, shape=(32, 256, 128), jit_compile=True, **arguments):
    from keras_memory import layers

    return gradient(getattr(layers, name)(**arguments), shape, jit_compile)


def hopfield_recall():
    import numpy as np
    import tensorflow as tf

    from keras_memory import zoo

    random = np.random.default_rng(0)
    patterns = random.choice(np.float32([-1, 1]), (100, 1000))
    cues = np.where(random.random((100, 1000)) < 0.1, -patterns, patterns)
    model = zoo.HopfieldNetwork(1000, order="fixed")
    model.fit(patterns, verbose=0)
    recall = tf.function(model.memory.recall, jit_compile=True, autograph=False)
    cues = tf.constant(np.tile(cues, (10, 1)))

    def once():
        recall(cues)["attractors"].numpy()
        return 1

    return once


HEADS = {"num_heads": 4, "key_dim": 32}
STEPS = {
    "train_step: ntm_copy": ntm_copy,
    "memory_networks: MemN2N": memn2n,
    "attention: multi-head": lambda: attention("MultiHeadAttention", **HEADS),
    "attention: multi-head, no XLA": lambda: attention(
        "MultiHeadAttention", jit_compile=False, **HEADS
    ),
    "attention: additive": lambda: attention("Attention", (4, 128, 64), score="additive"),
    "attention: local": lambda: attention("LocalAttention", (4, 1024, 128), reach=16),
    "attention: Gaussian windows": lambda: attention(
        "GaussianWindowAttention", (4, 1024, 128), num_windows=10
    ),
    "attention: monotonic": lambda: attention("MonotonicAttention", (4, 256, 64)),
    "associative: association": lambda: attention("HopfieldAssociation", **HEADS),
    "associative: recall": hopfield_recall,
    "backtracking: sab, 100 steps": lambda: backtracking("sab", 100),
    "backtracking: sab, 500 steps": lambda: backtracking("sab", 500),
    "backtracking: self-attention": lambda: backtracking("self_attention", 100),
    "backtracking: full": lambda: backtracking("full_bptt", 100),
    "pointing: 10 points": lambda: pointing(10),
    "pointing: 50 points": lambda: pointing(50),
}


def serve():
    """Rounds of the steps whose names come by standard input; seconds go out."""
    import keras

    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is not an answer
    name, once = None, None
    for line in sys.stdin:
        if line.strip() != name:
            name, once = line.strip(), None
            keras.backend.clear_session()
            keras.utils.set_random_seed(0)
            once = STEPS[name]()
            once()
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < 0.3:
            count += once()
        print((time.perf_counter() - started) / count, file=answers)


class Tree:
    """A process that measures with the package of one tree."""

    def __init__(self, folder, errors):
        environment = {**os.environ, "PYTHONPATH": str(folder)} if folder else os.environ
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
            cwd=tempfile.gettempdir(),
            text=True,
        )

    def seconds(self, step):
        print(step, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"Expected seconds of {step!r}. Received: an end")
        return float(answer)


def compare(now, before, step, rounds):
    """The medians of both trees, and of the ratios of their neighbouring rounds."""
    now.seconds(step), before.seconds(step)  # compiled
    pairs = []
    for i in range(rounds):  # either goes first as often
        order = [now, before] if i % 2 else [before, now]
        taken = {tree: tree.seconds(step) for tree in order}
        pairs.append((taken[now], taken[before]))
    ratio = statistics.median(a / b for a, b in pairs)
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    return ours, theirs, ratio


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("commit", nargs="?", default="HEAD~1")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--limit", type=float, default=1.02)
    parser.add_argument("--only", default="", help="steps whose names contain this")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
        return
    git = ["git", "-C", str(ROOT), "worktree"]
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w+") as log:
        other = Path(folder) / "keras_memory"
        subprocess.run(
            [*git, "add", "--quiet", "--detach", str(other), arguments.commit], check=True
        )
        try:
            now, before = Tree(None, log), Tree(folder, log)
            slower = table(now, before, arguments)
        finally:
            for tree in (now, before):
                tree.process.kill()
            subprocess.run([*git, "remove", "--force", str(other)], check=True)
    sys.exit(1 if slower else 0)


def table(now, before, arguments):
    """Print a line a step; the steps that are slower than the limit, twice measured."""
    print(f"| step | now | {arguments.commit[:12]} | ratio |")
    print("| --- | ---: | ---: | ---: |")
    slower = []
    for step in STEPS:
        if arguments.only not in step:
            continue
        found = compare(now, before, step, arguments.rounds)
        if found[-1] > arguments.limit:
            found = compare(now, before, step, 3 * arguments.rounds)
        ours, theirs, ratio = found
        slower += [step] * (ratio > arguments.limit)
        times = f"{1e3 * ours:.2f} ms | {1e3 * theirs:.2f} ms"
        print(f"| {step} | {times} | {ratio:.3f} |", flush=True)
    return slower


if __name__ == "__main__":
    main()
