"""How long many questions take, at once and one by one: `-m benchmarks.many_questions`.

Stories of 2 to 12 sentences, of the preset `memn2n_babi_world`, on the backend of
KERAS_BACKEND; each way in a process of its own, which compiles for the lengths that come.
"""

import subprocess
import sys
import time

import numpy as np

NAME, QUESTIONS = "memn2n_babi_world", 320
PERSONS, ROOMS = ("Mary", "John"), ("garden", "kitchen", "office")


def questions():
    random = np.random.default_rng(0)
    for _ in range(QUESTIONS):
        went = [
            f"{random.choice(PERSONS)} went to the {random.choice(ROOMS)}."
            for _ in range(random.integers(2, 13))
        ]
        yield {"story": " ".join(went), "question": f"Where is {random.choice(PERSONS)}?"}


def measure(size):
    from keras_memory import zoo
    from keras_memory.recipes.running.loading import find, recipe_of

    recipe, model, given = recipe_of(find(NAME)), zoo.from_preset(NAME), [*questions()]
    begun = time.perf_counter()
    for start in range(0, QUESTIONS, size):
        recipe.answers(model, given[start : start + size])
    print(f"{time.perf_counter() - begun:.1f}")


def main():
    from keras_memory.recipes.command_line.question_files import AT_ONCE

    print("questions at once | seconds")
    for size in (1, AT_ONCE):
        command = [sys.executable, "-m", "benchmarks.many_questions", str(size)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True)
        print(size, printed.stdout.split()[-1], sep=" | ", flush=True)


if __name__ == "__main__":
    measure(int(sys.argv[1])) if sys.argv[1:] else main()
