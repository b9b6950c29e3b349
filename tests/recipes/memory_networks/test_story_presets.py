"""The presets that read stories do what their cards say."""

from pathlib import Path

import pytest

from keras_memory.recipes.datasets.babi_world import babi_world_dataset_builder
from keras_memory.recipes.datasets.generated import SPLITS
from keras_memory.recipes.running.loading import load_model
from keras_memory.zoo.saving.presets import Preset

pytestmark = pytest.mark.long

PREPARED = Path(__file__).parents[4] / "shared" / "data"
BABI = [
    *("memn2n_babi_10k_joint", "memn2n_babi_10k_others"),
    *("memn2n_babi_1k_exchanged", "memn2n_babi_1k_joint"),
]


def test_the_simulated_world(monkeypatch, tmp_path):
    """Its test split does not depend on how many examples there are for training.

    The other splits are left out.
    """

    def test_alone(generate, train, held_out):
        return {"test": generate(SPLITS.index("test"), held_out)}

    monkeypatch.setattr(babi_world_dataset_builder, "split_generators", test_alone)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    recipe, model = load_model("memn2n_babi_world")
    metrics = recipe.replace(train_examples=10).evaluate(model)
    metadata = Preset.get("memn2n_babi_world").metadata
    assert metrics == pytest.approx(metadata["metrics"], abs=0.11)


@pytest.mark.parametrize("name", BABI)
def test_a_story_of_ones_own(name):
    recipe, model = load_model(name)
    story = "John took the milk. John went to the garden. Mary went to the kitchen."
    for question, answer in (
        ("Where is Mary?", "kitchen"),
        ("Where is the milk?", "garden"),
        ("Is Mary in the kitchen?", "yes"),
    ):
        predicted = recipe.answer(model, story=story, question=question)
        assert predicted["answer"] == answer
        assert predicted["probability"] > 0.9
    assert predicted["hop_1"].startswith("Mary went to the kitchen.")


@pytest.mark.skipif(not PREPARED.exists(), reason=f"needs the bAbI tasks in {PREPARED}")
@pytest.mark.parametrize("name", BABI)
def test_the_published_test_split(name, monkeypatch):
    monkeypatch.setenv("KERAS_MEMORY_MANUAL_DIR", str(PREPARED))
    recipe, model = load_model(name)
    metrics = recipe.evaluate(model)
    assert metrics == pytest.approx(Preset.get(name).metadata["metrics"], abs=0.11)
