"""Tables and references are those of today's docstrings, names and metadata."""

import ast
import importlib.util
import re
import types
from pathlib import Path

import pytest

from keras_memory import layers, zoo

ROOT = Path(__file__).resolve().parents[2]


def load():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = load()
# What a subclass writes costs what it writes.
BASES = {"MemoryCell", "Score", "Selection"}
PAGES = {str(path.relative_to(ROOT)): text for path, text in generate.pages()}


@pytest.mark.parametrize("page", PAGES)
def test_tables_are_not_stale(page):
    assert (ROOT / page).read_text("utf-8") == PAGES[page], "run make tables"


def test_every_layer_has_a_row():
    rows = re.findall(r"^\| \[`(\w+)`]", PAGES["docs/layers.md"], re.MULTILINE)
    classes = [name for name in layers.__all__ if isinstance(getattr(layers, name), type)]
    assert sorted(rows) == sorted(classes)


def test_every_layer_has_its_cost():
    for name in layers.__all__:
        thing = getattr(layers, name)
        if isinstance(thing, type) and name not in BASES:
            assert generate.cost(thing), name


def test_so_has_the_template():
    tree = ast.parse((ROOT / "templates/layer.py").read_text("utf-8"))
    (layer,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert generate.cost(types.SimpleNamespace(__doc__=ast.get_docstring(layer, clean=False)))


def test_every_preset_has_a_row():
    rows = re.findall(r"^\| \[`(\w+)`]", PAGES["docs/presets.md"], re.MULTILINE)
    assert set(zoo.presets()) <= set(rows)


def test_numbers_are_ranges_and_cells_are_read():
    study = {"columns": ["points", "right"], "rows": [[5, "99.4, 98, 1,000"], [10, 0.25]]}
    assert f"{generate.values(study, 'right|5'):.0f}" == "98 to 1000"
    assert f"{generate.values(study, 'right|10'):.0%}" == "25%"
    known = {"studies": {"a: b": study}, "metrics": {"m": 0.5}}
    text = "{metrics[m]:.0%}, {studies[a: b][right|10]:.2f}"
    assert generate.written(text, known) == "50 %, 0.25"
    assert generate.cell("a_b|c `d_e`") == "a\\_b\\|c `d_e`"
