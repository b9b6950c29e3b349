"""`python promises.py`: to how many entries of the table each promise applies."""

import importlib
from collections import Counter

from table import TABLE

from keras_memory import testing

# Beside those of `keras_memory.testing`, each with the module of its test: in processes of
# their own, and against numbers.
FURTHER = {
    "keras_file_in_a_fresh_process": "test_saving",
    "saved_model_without_the_package": "test_export",
    "saved_model_of_other_sizes": "test_export",
    "golden": "test_goldens",
}
# To at least how many: what the suite of version 0.1.0 tested. Where it compared TensorFlow
# with JAX, goldens are compared with each backend now.
MINIMUM = {
    "config_round_trip": 85,
    "config_round_trip_before_building": 85,
    "batch_of_one": 85,
    "same_seed_same_numbers": 85,
    "xla": 85,
    "half_precision_bfloat16": 85,
    "half_precision_float16": 85,
    "gradients_by_finite_differences": 73,
    "no_nan_at_zero": 85,
    "no_nan_with_weights_of_zero": 85,
    "masked_keys_do_not_matter": 30,
    "all_masked_reads_nothing": 30,
    "later_steps_do_not_matter": 7,
    "masked_steps_do_not_matter": 5,
    "attention_scores_everywhere": 21,
    "keras_file_in_a_fresh_process": 85,
    "saved_model_without_the_package": 85,
    "saved_model_of_other_sizes": 85,
    "golden": 85,
}


def entries():
    """How many, by promise; that of `.keras` files is kept in a fresh process here."""
    counts = Counter(name for entry in TABLE for name in testing.applicable(entry))
    counts = {name: counts[name] for name in testing.PROMISES if name != "saving"}
    return counts | {name: _cases_of(name, module) for name, module in FURTHER.items()}


def _cases_of(name, module):
    """How many cases the test of a further promise has."""
    test = getattr(importlib.import_module(module), f"test_{name}")
    return sum(len(m.args[1]) for m in test.pytestmark if m.name == "parametrize")


def main():
    print(f"{'promise':34} entries  at least  of them expected to fail")
    for name, count in entries().items():
        failing = [entry.name for entry in TABLE if name in entry.expected_failures]
        note = FURTHER.get(name) or f"{len(failing) or ''} {', '.join(failing)}"
        print(f"{name:34} {count:7}  {MINIMUM.get(name, ''):8}  {note}")
    print(f"{'together':34} {sum(entries().values()):7}  {sum(MINIMUM.values()):8}")


if __name__ == "__main__":
    main()
