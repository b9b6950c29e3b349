"""`python promises.py`: to how many entries of the table each promise applies."""

from collections import Counter

from table import TABLE

from keras_memory import testing

# Beside those of `keras_memory.testing`: in processes of their own, and against numbers.
FURTHER = {
    "keras_file_in_a_fresh_process": "test_saving.py",
    "saved_model_without_the_package": "test_export.py",
    "saved_model_of_other_sizes": "test_export.py",
    "golden": "test_goldens.py, on TensorFlow and on JAX",
}


def main():
    entries = Counter(name for entry in TABLE for name in testing.applicable(entry))
    print(f"{'promise':42} entries  of them expected to fail")
    for name in (name for name in testing.PROMISES if name != "saving"):
        failing = [e.name for e in TABLE if name in e.expected_failures]
        print(f"{name:42} {entries[name]:7}  {len(failing) or ''} {', '.join(failing)}")
    for name, where in FURTHER.items():
        print(f"{name:42} {len(TABLE):7}  {where}")


if __name__ == "__main__":
    main()
