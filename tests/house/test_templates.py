"""The templates of `templates/` run where CONTRIBUTING.md says to copy them."""

import doctest
import importlib.util
import inspect
import re
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_memory import recipes, testing, zoo

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def copied(monkeypatch):
    """`copied(template, module)`: the template as a module of the package."""

    def load(template, module):
        name = f"keras_memory.{module}"
        spec = importlib.util.spec_from_file_location(name, TEMPLATES / f"{template}.py")
        found = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, found)
        spec.loader.exec_module(found)
        return found

    return load


def test_layer(copied):
    module = copied("layer", "layers.attention.recency")
    example = doctest.DocTestFinder().find(module.RecencyPooling, extraglobs={"keras": keras})
    assert doctest.DocTestRunner().run(example[0]) == (0, 1)
    layer = module.RecencyPooling(decay=np.log(2))  # each item counts half of the next
    items = np.arange(6, dtype="float32").reshape(1, 3, 2)
    weights = np.array([1, 2, 4]) / 7
    np.testing.assert_allclose(layer(items), weights @ items, rtol=1e-6)
    mask = np.array([[True, True, False]])
    np.testing.assert_allclose(layer(items, mask=mask), [1, 2] @ items[:, :2] / 3, rtol=1e-6)
    assert not np.any(layer(items, mask=np.zeros((1, 3), bool)))
    shapes = {"inputs": ("items", 4), "mask": ("items",)}
    assert "masked_keys_do_not_matter" in testing.check_layer(module.RecencyPooling, shapes)


def test_model(copied, tmp_path, monkeypatch):
    module = copied("model", "zoo.attention.sequence_classifier")
    monkeypatch.setattr(zoo, "SequenceClassifier", module.SequenceClassifier, raising=False)
    model = module.SequenceClassifier(units=2, classes=2)
    rng = np.random.default_rng(0)
    sequences = rng.normal(size=(64, 5, 2)).astype("float32")
    sequences[:, 3:] = 0  # padding
    labels = (sequences[:, 0, 0] > 0).astype(int)
    model.jit_compile = False
    model.fit(sequences, labels, verbose=0)
    weights = model.trace(sequences)["weights"]
    assert weights.shape == (64, 5)
    assert not weights[:, 3:].any()
    text = inspect.getdoc(module.SequenceClassifier)
    (example,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(example, {"__name__": "example"})
    model.save_to_preset(tmp_path / "preset")
    loaded = zoo.from_preset(tmp_path / "preset")
    np.testing.assert_allclose(loaded(sequences), model(sequences), rtol=1e-6)


def test_recipe(copied, tmp_path, monkeypatch):
    module = copied("recipe", "recipes.associative.marked_item")
    registry = importlib.import_module("keras_memory.recipes.registry")
    line = ("associative", "MarkedItem", "Sets with a marked item")
    monkeypatch.setitem(registry.RECIPES, "marked_item", line)
    budget = {"epochs": 3, "steps_per_epoch": 50, "learning_rate": 1e-2}
    recipe = recipes.get("marked_item", jit_compile=False, **budget)
    example = doctest.DocTestFinder().find(module.MarkedItem)
    assert doctest.DocTestRunner().run(example[0]) == (0, 3)
    run = recipe.fit(tmp_path / "run", verbose=0)
    assert run.metrics["accuracy"] > 0.95
    assert recipes.get("marked_item", items=7).evaluate(run.model)["accuracy"] > 0.5


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.glob("*.py")), ids=lambda path: path.stem
)
def test_contributing_names_it(template):
    page = (TEMPLATES.parent / "CONTRIBUTING.md").read_text("utf-8")
    assert f"templates/{template.name}" in page
