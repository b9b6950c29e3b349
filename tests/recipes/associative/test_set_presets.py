"""The cards of set classifiers have every reading; the presets do what they say."""

import pytest

from keras_memory import recipes, zoo
from keras_memory.zoo.saving.presets import Preset

READINGS = "pooling", "association", "lookup"


def column(table, name):
    place = table["columns"].index(name)
    return [row[place] for row in table["rows"]]


@pytest.mark.parametrize(
    ("name", "readings", "least"),
    [
        ("hopfield_bit_pattern", READINGS, 0.84),
        ("hopfield_latch_sequence", READINGS, 1.0),
        ("hopfield_mnist_bags", READINGS[:1], 0.92),
    ],
)
def test_every_reading_reaches_the_target_with_every_seed(name, readings, least):
    metadata = Preset.get(name).metadata
    tables = {table["title"]: table for table in metadata["studies"]}
    for reading in readings:
        assert column(tables[reading], "seed") == [0, 1, 2]
        assert min(column(tables[reading], "accuracy")) >= least


@pytest.mark.parametrize("name", ["hopfield_bit_pattern", "hopfield_latch_sequence"])
def test_presets_do_what_their_card_says(name):
    metadata = Preset.get(name).metadata
    recipe = recipes.get(name, **metadata["overrides"])
    model = zoo.from_preset(name)
    for metrics in (recipe.evaluate(model), recipe.study.further_metrics(model)):
        for metric, value in metrics.items():
            assert metadata["metrics"][metric] == pytest.approx(value, abs=1e-3)
