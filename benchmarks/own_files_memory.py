"""How much memory a large file of one's own takes: `python -m benchmarks.own_files_memory`.

Writes files of two sizes; for each, a process of its own prepares the recipe and reads a few
batches of training: the model is the same for any size. Prints the peak of resident memory,
TensorFlow's included, and what a straight line through both makes of 5 GB.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

WORDS = 20_000  # different ones, the n-th as often as 1 / n
LARGE = 5_000  # megabytes
BATCHES = 5
MB = 1e6


def sampled_words(rng, size):
    """Words of one to eight letters; of the most frequent ones, most."""
    numbers = np.minimum(rng.zipf(1.2, size), WORDS)
    return [
        "".join(chr(97 + ord(c) % 26) for c in f"{number * 7919:x}") for number in numbers
    ]


def documents(rng):
    """A row of a text of a few sentences, and its class."""
    sentences = np.split(np.array(sampled_words(rng, 120)), 10)
    text = " ".join(f"{' '.join(words)}." for words in sentences)
    return f"n0 {text},class {rng.integers(5)}\n"


def stories(rng):
    """A line of a story of ten sentences, a question and its answer."""
    story = [" ".join(words) for words in np.split(np.array(sampled_words(rng, 60)), 10)]
    story[0] = f"n0 {story[0]}"
    row = {"story": story, "question": "Where is it?", "answer": f"room{rng.integers(9)}"}
    return f"{json.dumps(row)}\n"


def pairs(rng):
    """A row of ten words, and the same in upper case."""
    text = " ".join(sampled_words(rng, 10))
    return f"n0 {text}\t{text.upper()}\n"


def tags(rng):
    """A sentence of ten words, each with a tag."""
    words = sampled_words(rng, 10)
    tags = rng.choice(["O", "B-name", "I-name"], len(words))
    return "".join(f"{w} {t}\n" for w, t in zip(["n0", *words[1:]], tags, strict=True)) + "\n"


def characters(rng):
    """A line of ten words."""
    return f"n0 {' '.join(sampled_words(rng, 10))}\n"


def numbers(rng, count):
    return [f"{number:.4f}" for number in rng.normal(size=count)]


def sequences(rng):
    """A row of the name of a class, and fifty steps."""
    return ",".join([f"class {rng.integers(5)}", *numbers(rng, 50)]) + "\n"


def sets(rng):
    """Five rows of a bag, each of ten numbers."""
    bag = ["bag #0", f"{rng.integers(2)}"]
    return "".join(f"{','.join([*bag, *numbers(rng, 10)])}\n" for _ in range(5))


def pointers(rng):
    """A line of eight points, in the order of their first coordinates."""
    points = rng.random((8, 2)).round(4)
    answer = points[:, 0].argsort().tolist()
    return json.dumps({"points": points.tolist(), "answer": answer}) + "\n"


KINDS = {
    "documents_from_file": (documents, "csv"),
    "stories_from_file": (stories, "jsonl"),
    "pairs_from_file": (pairs, "tsv"),
    "tags_from_file": (tags, "conll"),
    "characters_from_file": (characters, "txt"),
    "sequences_from_file": (sequences, "csv"),
    "sets_from_file": (sets, "csv"),
    "pointers_from_file": (pointers, "jsonl"),
}


def write(path, name, megabytes):
    """Rows up to a size: those of a thousand that are sampled, with a number in most."""
    rng, (row, _) = np.random.default_rng(0), KINDS[name]
    sampled, size, number = [row(rng) for _ in range(1000)], 0, 0
    with path.open("w") as file:
        while size < megabytes * MB:
            line = sampled[number % len(sampled)].replace("n0", f"n{number % 10**4}", 1)
            line = line.replace("#0", str(number))
            size, number = size + file.write(line), number + 1


def measure(name, path):
    """Peak memory in MB, seconds, and rows, of this process."""
    import resource

    from keras_memory import recipes

    started = time.perf_counter()
    recipe = recipes.get(name, path=path)
    recipe.prepare()
    for _ in recipe.dataset("train").take(BATCHES):
        pass
    return {
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB,
        "seconds": time.perf_counter() - started,
        "rows": sum(map(len, recipe.own.values())),
    }


def measured(name, megabytes, folder):
    """As `measure`, in a process of its own, of a file of that size."""
    path = Path(folder) / f"rows.{KINDS[name][1]}"
    write(path, name, megabytes)
    command = [sys.executable, "-m", "benchmarks.own_files_memory", "--measure", name, path]
    found = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE)
    path.unlink()
    return json.loads(found.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=int, default=50, help="of the file")
    parser.add_argument("--recipe", choices=KINDS, action="append", help="all if absent")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        return print(json.dumps(measure(*arguments.measure)))
    print("recipe | file, MB | rows | seconds | peak, MB | of half of it | of 5 GB")
    for name in arguments.recipe or KINDS:
        with tempfile.TemporaryDirectory() as folder:
            sizes = arguments.megabytes / 2, arguments.megabytes
            small, large = (measured(name, size, folder) for size in sizes)
        slope = (large["peak"] - small["peak"]) / (sizes[1] - sizes[0])
        whole = large["peak"] + slope * (LARGE - sizes[1])
        print(
            f"{name} | {sizes[1]:.0f} | {large['rows']:,} | {large['seconds']:.0f} | "
            f"{large['peak']:.0f} | {small['peak']:.0f} | {whole:.0f}"
        )


if __name__ == "__main__":
    main()
