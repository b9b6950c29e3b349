"""Every example runs as it stands, on its own: of README.md, of docs/, and of docstrings.

Of docstrings these are the fenced ones; `test_docstrings.py` runs those with a prompt.
"""

import ast
import builtins
import re
import symtable
import textwrap
from pathlib import Path

import keras
import pytest

from keras_memory import recipes

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))),
]
MODULES = [
    str(path.relative_to(ROOT))
    for folder in ("layers", "zoo", "recipes", "testing", "templates")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def fenced(text):
    return [
        textwrap.dedent(code)
        for code in re.findall(r"^ *```python\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    ]


def docstrings(source):
    documented = ast.Module, ast.ClassDef, ast.FunctionDef
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, documented)]
    return "\n".join(ast.get_docstring(node) or "" for node in found)


def examples(path):
    text = (ROOT / path).read_text("utf-8")
    return fenced(docstrings(text) if path.endswith(".py") else text)


EXAMPLES = {
    f"{path}-{number}": code
    for path in [*PAGES, *MODULES]
    for number, code in enumerate(examples(path), start=1)
}
# What is elsewhere: tests of the templates run theirs, those of exporting write all formats.
RUN = [name for name in EXAMPLES if not name.startswith("templates/")]
RUN = [name for name in RUN if ".export(" not in EXAMPLES[name]]


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


def test_examples_are_found():
    text = 'def f():\n    """It.\n\n    ```python\n    f()\n    ```\n    """\n'
    assert fenced(docstrings(text)) == ["f()\n"]
    assert sum(name.endswith(".md-1") for name in RUN) > 5
    assert sum(".py-" in name for name in RUN) > 15


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Step by step, as compilation takes longest; recipes of the least fields."""
    compile, get = keras.Model.compile, recipes.get

    def uncompiled(self, *args, **kwargs):
        compile(self, *args, **{**kwargs, "jit_compile": False, "run_eagerly": True})

    def least(name, **fields):
        network = {"controller_units": 4, "memory_slots": 6, "memory_width": 4}
        data = {"max_length": 2, "length": (2,), "train_examples": 32, "test_sequences": 2}
        training = {"epochs": 1, "steps_per_epoch": 1, "batch_size": 2, "jit_compile": False}
        least = network | data | training | {"linear_epochs": 0}
        known = recipes.registry.recipe_class(name).__pydantic_fields__
        return get(name, **fields | {k: v for k, v in least.items() if k in known})

    monkeypatch.setattr(keras.Model, "compile", uncompiled)
    monkeypatch.setattr(recipes, "get", least)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.mark.only("tensorflow", because="examples are written for it")
@pytest.mark.parametrize("name", RUN)
def test_examples_run(name, small):
    exec(EXAMPLES[name].replace("max_trials=20", "max_trials=1"), {"__name__": name})
