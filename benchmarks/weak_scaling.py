"""What is learned if processes are added and each keeps its batch?

    python -m benchmarks.weak_scaling

trains `ntm_copy` and a small `pointer_convex_hull` as 1, 8 and 64 processes would: on one
machine, with the batch of all of them. By the square-root rule of adaptive optimisers, of
[Malladi et al., 2022](https://arxiv.org/abs/2205.10287), the learning rate grows with √k for
k processes. Each is trained on as many examples as one process is, and on four times that.
It prints a table of the validation split, one seed a line.
"""

import argparse
import math
import tempfile

PROCESSES = (1, 8, 64)
EXAMPLES = (1, 4)
# Of one process: `per_process` examples of a batch, `epochs`, `steps_per_epoch`.
RECIPES = {
    "ntm_copy": {
        "training_sequences": "mixed",
        "controller": "feedforward",
        "decay_epochs": 10,
        "epochs": 25,
        "steps_per_epoch": 500,
        "batch_size": 4,
        "learning_rate": 1e-4,
        "length": (20, 120),
        "test_sequences": 250,
    },
    "pointer_convex_hull": {
        "max_points": 10,
        "units": 128,
        "epochs": 10,
        "steps_per_epoch": 3_200,
        "batch_size": 16,
        "learning_rate": 4e-3 / math.sqrt(8),  # the preset's has a batch of 128
        "train_examples": 100_000,
        "points": (5, 10),
    },
}
METRICS = {
    "ntm_copy": ("bits_per_sequence_length_20", "bits_per_sequence_length_120"),
    "pointer_convex_hull": ("accuracy_percent_n_5", "accuracy_percent_n_10"),
}


def scaled(fields, processes, examples):
    """The fields of as many processes, and of `examples` times the examples."""
    steps = fields["epochs"] * fields["steps_per_epoch"] * examples
    # Updates are compiled ten at a time.
    steps_per_epoch = max(10, round(steps / processes / fields["epochs"] / 10) * 10)
    return {
        **fields,
        "batch_size": fields["batch_size"] * processes,
        "learning_rate": fields["learning_rate"] * math.sqrt(processes),
        "steps_per_epoch": steps_per_epoch,
    }


def line(name, processes, examples, seed):
    from keras_memory import recipes

    fields = scaled(RECIPES[name], processes, examples)
    recipe = recipes.get(name, seed=seed, **fields)
    with tempfile.TemporaryDirectory() as folder:
        run = recipe.fit(f"{folder}/run", verbose=0)
        metrics = recipe.evaluate(run.model, "validation")
    updates = recipe.epochs * recipe.steps_per_epoch
    found = ", ".join(f"{metrics[metric]:.4g}" for metric in METRICS[name])
    print(
        f"| {name} | {processes} | {recipe.batch_size} | {recipe.learning_rate:.2g} "
        f"| {updates:,} | {updates * recipe.batch_size:,} | {seed} | {found} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="the recipe whose name contains this")
    parser.add_argument("--processes", type=int, nargs="*", default=PROCESSES)
    parser.add_argument("--examples", type=int, nargs="*", default=EXAMPLES)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0])
    arguments = parser.parse_args()
    print(
        "| recipe | processes | batch | learning rate | updates | examples | seed | metrics |"
    )
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for name in RECIPES:
        if arguments.only not in name:
            continue
        for examples in arguments.examples:
            for processes in arguments.processes:
                if examples == 1 or processes > 1:
                    for seed in arguments.seeds:
                        line(name, processes, examples, seed)


if __name__ == "__main__":
    main()
