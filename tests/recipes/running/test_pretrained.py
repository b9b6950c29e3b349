"""Fine-tuning: training that starts from another model, of which layers may be frozen."""

import json

import numpy as np
import pytest

from keras_memory import recipes, zoo

pytestmark = pytest.mark.long

TINY = {"epochs": 1, "steps_per_epoch": 4, "linear_epochs": 0, "dim": 8, "jit_compile": False}


def written(path, rooms):
    lines = [
        {"story": f"Bo is in the {room}.", "question": "Where is Bo?", "answer": room}
        for room in rooms * 20
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    first = written(folder / "first.jsonl", ["lobby", "garage"])
    recipes.get("stories_from_file", path=first, **TINY).fit(folder / "run", verbose=0)
    return folder


@pytest.fixture
def tuned(folder):
    path = written(folder / "more.jsonl", ["attic", "garage", "lobby"])
    return recipes.get("stories_from_file", path=path, pretrained=folder / "run", **TINY)


def test_new_words_come_after_those_that_are_known(folder, tuned):
    source, model = zoo.load(folder / "run" / "model.keras"), tuned.seeded_model()
    known = len(source.arguments["vocabulary"])
    assert model.arguments["vocabulary"] == [*source.arguments["vocabulary"], "attic"]
    for old, new in zip(source.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(old[:known], new[:known])


def test_a_run_goes_on_from_there_and_is_resumed(tuned, tmp_path):
    run = tuned.fit(tmp_path / "run", verbose=0)
    assert json.loads((run.folder / "run.json").read_text())["fields"]["pretrained"]
    again = tuned.replace(epochs=2).fit(run.folder, resume=True, verbose=0)
    straight = tuned.replace(epochs=2).fit(tmp_path / "straight", verbose=0)
    for resumed, whole in zip(
        again.model.get_weights(), straight.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(resumed, whole)


def test_frozen_layers_stay_as_they_are(tmp_path):
    recipe = recipes.get(
        "key_value_lookup", epochs=1, steps_per_epoch=4, frozen="question", jit_compile=False
    )
    before = recipe.seeded_model().get_layer("question").get_weights()
    run = recipe.fit(tmp_path / "run", verbose=0)
    after = run.model.get_layer("question").get_weights()
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)
    changed = run.model.get_layer("answer").get_weights()
    untrained = recipe.seeded_model().get_layer("answer").get_weights()
    assert any((old != new).any() for old, new in zip(untrained, changed, strict=True))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"pretrained": "ntm_cop"}, "did you mean 'ntm_copy'"),
        ({"pretrained": "ntm_copy"}, "Expected a model of MemN2N. Received: one of NTM"),
        ({"dim": 7}, "sizes of memn2n, dim=8.* Received: dim=7"),
        ({"frozen": "embeding"}, "layer to freeze .*'embeding'; did you mean 'embedding'"),
        ({"frozen": "embedding"}, "layers that are trained besides those in frozen"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(
    fields, message, tuned, tmp_path
):
    with pytest.raises(ValueError, match=message):
        tuned.replace(**fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())
