"""Letters that recall letters, and how many pairs of them a memory holds."""

import numpy as np
import pytest

from keras_memory import recipes
from keras_memory.recipes.associative import bam_letters


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "letters"
    return recipes.get("bam_letters", draws=2).fit(folder, verbose=0)


def test_either_letter_recalls_the_other(run):
    for cue in ("first", "second", "both"):
        assert run.metrics[f"recalled_percent_from_{cue}"] == 100
        assert run.metrics[f"updates_mean_from_{cue}"] >= 1
    assert run.metrics["pairs_held_letters_from_first_stored_2"] == 2
    assert run.metrics["pairs_held_random_from_second_stored_6"] == 6
    figures = {"recall_strip", "energy", "pairs_held"}
    assert {path.stem for path in (run.folder / "figures").iterdir()} == figures


def test_a_cue_has_one_side_alone(run):
    cues, patterns = run.recipe.to_batch(run.recipe.examples("test"))
    cue = bam_letters.only(("second",), cues)
    assert not np.any(cue["first"])
    assert (np.not_equal(cue["second"], patterns["second"]).sum(axis=-1) == 11).all()


def test_more_letters_are_confused(tmp_path):
    recipe = recipes.get("bam_letters", pairs=13, draws=2)
    model = recipe.model()
    model.fit(recipe.dataset("train"), verbose=0)
    metrics = recipe.evaluate(model)
    assert metrics["recalled_percent_from_first"] < 10
    assert metrics["recalled_percent_from_second"] < 10


def test_of_random_patterns_more_pairs_are_recalled_than_of_letters():
    recalled = bam_letters.pairs_recalled(2)
    for side in ("first", "second"):
        letters, coins = recalled["letters", side], recalled["random", side]
        assert list(letters) == list(coins) == list(range(1, 14))
        assert (letters[1], letters[2], coins[5]) == (1, 2, 5)
        assert letters[13] < 1
        assert coins[13] > 8


def test_pairs_recalled_are_those_of_the_model(run):
    """Both ways of counting, on the recipe's own pairs."""
    recipe = recipes.get("bam_letters", pairs=6, turned=0)
    model = recipe.model()
    model.fit(recipe.dataset("train"), verbose=0)
    _, pairs = recipe.to_batch(recipe.examples("train"))
    sides = [np.asarray(pairs[side]) for side in ("first", "second")]
    model.memory.couplings.assign(0 * model.memory.couplings)
    recall = bam_letters.recalling(model.memory)
    counts = bam_letters.filling(model.memory, recall, *sides)
    assert counts[:, :3].tolist() == [[1, 2, 3], [1, 2, 3]]
    for row, side in zip(counts, ("first", "second"), strict=True):
        found = model.recall(bam_letters.only((side,), pairs))
        assert row[-1] == bam_letters.is_right(found, pairs).sum()


def test_both_sides_in_one_image(run):
    cues, _ = run.recipe.to_batch({k: v[:2] for k, v in run.recipe.examples("test").items()})
    images = bam_letters.side_by_side(run.model.trace(cues))[0].reshape(2, 14, 20)
    np.testing.assert_array_equal(images[:, :, :10].reshape(2, -1), cues["first"])
    np.testing.assert_array_equal(images[:, 1:13, 11:].reshape(2, -1), cues["second"])
    assert np.isnan(images[:, :, 10]).all()
    assert np.isnan(images[:, [0, 13], 10:]).all()


def test_questions(run):
    for letter, other in ("SE", "ES", "MV", "VM", "GN", "NG"):
        answer = run.recipe.answer(run.model, letter)
        assert answer == {"recalled": other, "wrong_points": 0}
    assert run.recipe.answer(run.model, "B")["wrong_points"] > 0  # of a pair not stored
    with pytest.raises(ValueError, match="Expected a letter from A to Z. Received: 'ß'"):
        run.recipe.answer(run.model, "ß")


def test_no_more_pairs_than_there_are():
    with pytest.raises(ValueError, match="pairs: .* less than or equal to 13"):
        recipes.get("bam_letters", pairs=14)
