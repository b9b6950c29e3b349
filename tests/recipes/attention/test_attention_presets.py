"""The presets of attention at work do what their cards say."""

from pathlib import Path

import pytest

from keras_memory.recipes.attention import hierarchical_attention_imdb
from keras_memory.recipes.running.loading import load_model
from keras_memory.zoo.saving.presets import Preset

pytestmark = pytest.mark.long

# Real data, where they are prepared; a fresh machine does not have them.
PREPARED = Path(__file__).parents[4] / "shared" / "tfds"


DATES = "seq2seq_attention"


# Of the dates, a thousand are tested here.
@pytest.mark.parametrize(("name", "tolerance"), [("key_value_lookup", 2e-3), (DATES, 1e-2)])
def test_it_does_what_its_card_says(name, tolerance):
    recipe, model = load_model(name)
    metadata = Preset.get(name).metadata
    assert recipe.evaluate(model) == pytest.approx(metadata["metrics"], abs=tolerance)


def test_every_score_and_selection_is_in_the_card():
    """Three seeds each; all that is soft, and straight-through, at 99 % or above."""
    studies = Preset.get("key_value_lookup").metadata["studies"]
    assert [part["title"] for part in studies] == [
        "argmax",
        "sample",
        "softmax",
        "sparsemax",
        "straight_through_gumbel",
        "top_3",
    ]
    for part in studies:
        assert [row[0] for row in part["rows"]] == [
            "additive",
            "bilinear",
            "cosine",
            "dot",
            "scaled_dot",
        ]
        for row in part["rows"]:
            accuracies = [float(value) for value in row[1].split(", ")]
            assert len(accuracies) == 3
            if part["title"] not in ("argmax", "sample"):
                assert min(accuracies) >= 0.99


def test_dates_that_people_write():
    recipe, model = load_model("seq2seq_attention")
    for date in ("the third of May, 1979", "5/3/79", "THURSDAY 3 MAY 1979", "3.V.1979"):
        assert recipe.answer(model, date)["iso"] == "1979-05-03"
    for date in ("31 February 2001", "29.2.1900", "13/25/1979", "4 July 1492", "banana"):
        answer = recipe.answer(model, date)
        assert answer["iso"] is None
        assert answer["probability"] < 0.5
    assert recipe.answer(model, "4 July 1776")["iso"] == "1776-07-04"
    assert recipe.answer(model, "29 February 2000")["iso"] == "2000-02-29"
    assert model.translate(["31 February 2001", "no"])["text"].numpy().tolist() == [
        b"2001-02-31?",
        b"?",
    ]


def test_dates_beyond_the_test():
    rows = {row["condition"]: row for row in Preset.get(DATES).metadata["beyond"]}
    assert rows["200 words"]["mean probability"] < 0.5
    for years in ("1600 to 1949", "1950 to 2049", "2050 to 2199"):
        assert rows[f"years {years}"]["reached"] == "yes"


def test_reviews_in_words():
    """Without the data: a preset has its words with it."""
    recipe, model = load_model("hierarchical_attention_imdb")
    answers = {
        recipe.answer(model, review)["label"]
        for review in (
            "A wonderful film. The cast is superb, and I was moved to tears.",
            "An excellent story! One of the best of the year.",
        )
    }
    assert answers == {"positive"}
    dull = "The plot is a mess. The acting is awful, and I was bored. A waste of time!"
    assert recipe.answer(model, dull)["label"] == "negative"


@pytest.mark.skipif(not PREPARED.exists(), reason=f"needs imdb_reviews in {PREPARED}")
def test_reviews_of_the_test_split(monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(PREPARED))
    splits = {**hierarchical_attention_imdb.SPLITS, "test": "test[:1000]"}
    monkeypatch.setattr(hierarchical_attention_imdb, "SPLITS", splits)
    recipe, model = load_model("hierarchical_attention_imdb")
    assert recipe.evaluate(model)["accuracy"] >= 0.87
