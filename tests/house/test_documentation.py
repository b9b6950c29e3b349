"""Every example of README.md and of the pages of docs/ runs as it stands, on its own."""

import builtins
import re
import symtable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))),
]


def examples(page):
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)


def without_training(code):
    """Runs of recipes take minutes."""
    return "\n".join(line for line in code.splitlines() if ".fit()" not in line)


EXAMPLES = {
    f"{page}-{number}": code
    for page in PAGES
    for number, code in enumerate(examples(page), start=1)
}


def unknown_names(table):
    """Names that a block uses, and neither it nor Python has."""
    known = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
    known |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_imported()}
    known |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_namespace()}
    used, tables = set(), [table]
    while tables:
        inner = tables.pop()
        tables += inner.get_children()
        used |= {
            symbol.get_name()
            for symbol in inner.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or inner is table)
        }
    return used - known - {*dir(builtins), "__name__"}


@pytest.mark.parametrize("code", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_needs_no_name_of_another(code):
    assert unknown_names(symtable.symtable(code, "example", "exec")) == set()


def test_a_name_of_another_example_would_be_found():
    code = "import keras\nm = keras.Model()\ndef of(x):\n    return x, m, lost\nof(trace)"
    assert unknown_names(symtable.symtable(code, "example", "exec")) == {"lost", "trace"}


on_tensorflow = pytest.mark.only("tensorflow", because="examples are written for it")


# Those of docs/recipes.md train and search for minutes.
@on_tensorflow
@pytest.mark.parametrize("name", [name for name in EXAMPLES if "recipes.md" not in name])
def test_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    exec(without_training(EXAMPLES[name]), {"__name__": name})


@on_tensorflow
def test_the_examples_of_recipes_run(tmp_path, monkeypatch):
    """With the smallest fields that there are, and a search of one trial."""
    from keras_memory import recipes

    full_size = recipes.get

    def tiny(name, **fields):
        network = {"controller_units": 4, "memory_slots": 6, "memory_width": 4}
        small = {"max_length": 2, "length": (2,), "train_examples": 32, "test_sequences": 2}
        training = {"epochs": 1, "steps_per_epoch": 1, "batch_size": 2, "jit_compile": False}
        return full_size(name, **fields | network | small | training)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(recipes, "get", tiny)
    ran = [code for name, code in EXAMPLES.items() if "recipes.md" in name]
    assert ran
    for code in ran:
        if "export" in code:  # tests of exporting run those
            continue
        code = without_training(code).replace("max_trials=20", "max_trials=1")
        exec(code, {"__name__": "recipes"})
