"""Everything public is in the table, and every promise is crossed with it."""

import inspect
import re
from pathlib import Path

import keras
from promises import MINIMUM, entries
from table import TABLE

from keras_memory import layers, testing, zoo


def classes_of(module, parent):
    public = (getattr(module, name) for name in module.__all__)
    return {thing for thing in public if inspect.isclass(thing) and issubclass(thing, parent)}


def test_every_layer_and_model_is_in_the_table():
    covered = {entry.covers for entry in TABLE}
    public = classes_of(layers, keras.Layer) | classes_of(zoo, keras.Model)
    assert {layers.NTMCell, zoo.NTM} <= public
    assert public - covered == {zoo.PretrainedModel}  # a base of models, none itself


def test_names_are_of_what_they_cover():
    for entry in TABLE:
        assert entry.name.split("_")[0] == entry.covers.__name__


def test_every_promise_is_crossed_with_the_table():
    """But that of `.keras` files, which are loaded in a fresh process here."""
    crossed = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for names in re.findall(r"@cross\(([^)]*)\)", path.read_text("utf-8")):
            crossed |= set(re.findall(r'"(\w+)"', names))
    assert crossed == set(testing.PROMISES) - {"saving"}


def test_no_promise_is_lost():
    counts = entries()
    for name, least in MINIMUM.items():
        assert counts[name] >= least, name


def test_failures_are_of_promises_that_apply():
    for entry in TABLE:
        assert set(entry.expected_failures) <= set(testing.applicable(entry))
