import datetime
import functools
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds

from keras_memory import recipes
from keras_memory.recipes.attention import seq2seq_attention, seq2seq_attention_beyond
from keras_memory.recipes.datasets.written_dates import forms, no_dates
from keras_memory.recipes.datasets.written_dates import (
    written_dates_dataset_builder as written_dates,
)
from keras_memory.recipes.running.loading import load_model

pytestmark = pytest.mark.long


class WrittenDatesTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder."""

    DATASET_CLASS = written_dates.Builder
    SPLITS = written_dates.SIZES
    OVERLAPPING_SPLITS = tuple(SPLITS)  # short texts that are not dates, as "May"
    EXAMPLE_DIR = str(Path(written_dates.__file__).parent)
    SKIP_CHECKSUMS = True


@pytest.fixture(scope="module")
def splits():
    recipe = recipes.get("seq2seq_attention")
    return {split: recipe.examples(split) for split in written_dates.SIZES}


def test_forms():
    date = datetime.date(2002, 9, 3)
    assert len({forms.written(date, form) for form in forms.FORMS}) == len(forms.FORMS)
    date = datetime.date(2002, 9, 23)
    written = {forms.written(date, form) for form in forms.FORMS}
    assert {
        "23rd of September, 2002",
        "the twenty-third of September, 2002",
        "Monday, 23 September 2002",
        "9/23/2002",
        "23.09.02",
        "23.IX.2002",
        "20020923",
    } <= written


def test_no_day_is_in_two_splits(splits):
    days = {
        split: {iso for iso in examples["iso"] if not iso.endswith(b"?")}
        for split, examples in splits.items()
    }
    assert not days["train"] & days["test"]
    assert not days["train"] & days["validation"]
    assert not days["validation"] & days["test"]


def test_years_of_two_digits_are_from_1950_to_2049(splits):
    for examples in splits.values():
        texts = [text.strip() for text in examples["written"]]
        years = {
            (text[-2:].decode(), iso[:4].decode())
            for text, iso in zip(texts, examples["iso"], strict=True)
            if len(iso) == 10 and re.search(rb"\D\d\d$", text) and not iso.endswith(text[-2:])
        }
        assert len(years) > 40
        assert years <= {(str(year)[2:], str(year)) for year in range(1950, 2050)}


def test_a_question_mark_ends_the_target_of_what_is_not_a_date(splits):
    """Python reads none of them as a date of a year from 1600 to 2199."""
    assert _read("29.2.2000")
    assert _read("may 3, 1979")
    for examples in splits.values():
        iso = examples["iso"]
        is_refused = np.char.endswith(iso.astype(str), "?")
        assert 0.25 < np.mean(is_refused) < 0.35
        assert [
            text for text in examples["written"][is_refused].astype(str) if _read(text)
        ] == []
        assert all(datetime.date.fromisoformat(date.decode()) for date in iso[~is_refused])
        leap_days = [date for date in iso if date.endswith(b"-02-29")]
        assert 0.02 < len(leap_days) / len(iso) < 0.06


def test_words_of_the_study_are_not_in_the_data():
    words = seq2seq_attention_beyond.WORDS.split()
    assert len(set(words)) == 200
    assert not set(words) & set(no_dates.COMMON.split())


LAYOUTS = (
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%Y/%m/%d",
    "%Y-%m-%d",
    "%d-%b-%y",
    "%A, %d %B %Y",
    "%a %d %b %Y",
)


def _read(text):
    for layout in LAYOUTS:
        try:
            if datetime.datetime.strptime(text.strip(), layout).year in forms.YEARS:
                return True
        except ValueError:
            continue
    return False


def test_every_character_has_a_number(splits):
    for examples in splits.values():
        text = b"".join(examples["written"]).decode()
        assert set(text) <= set(seq2seq_attention.SOURCE_CHARACTERS)
        assert set(b"".join(examples["iso"]).decode()) == set(
            seq2seq_attention.TARGET_CHARACTERS
        )
        longest = max(map(len, examples["written"]))
        assert longest <= recipes.get("seq2seq_attention").source_length


def test_it_learns_dates(monkeypatch, tmp_path):
    """Of three forms and a century. Guessing a day is right once in 36,525 times."""
    three = (
        "{number:02}/{day:02}/{yy:02}",
        "{day} {month} {year}",
        "{year}{number:02}{day:02}",
    )
    monkeypatch.setattr(written_dates, "FORMS", three)
    for variant in ("NO_DATES", "NO_COMMAS", "ZEROS", "SPACED"):
        monkeypatch.setattr(written_dates, variant, 0.01)
    of_a_century = functools.partial(written_dates._days, with_century=False, leap=False)
    monkeypatch.setattr(written_dates, "_days", lambda split, *_: of_a_century(split))
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    recipe = recipes.get(
        "seq2seq_attention",
        epochs=1,
        steps_per_epoch=600,
        units=32,
        learning_rate=5e-3,
        source_length=20,
    )
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train"), epochs=recipe.epochs, verbose=0)
    metrics = recipe.evaluate(model, "validation")
    assert metrics["exact_match"] > 0.9
    assert metrics["exact_match_beam_5"] > 0.9


def test_a_trained_model_is_exported(tmp_path):
    recipe, model = load_model("seq2seq_attention")
    assert len(recipe.figures(model)) == 3

    recipe.export(model, tmp_path / "exported")
    signatures = tf.saved_model.load(str(tmp_path / "exported")).signatures
    texts = tf.constant(["3 May 1979", "5/3/79"])
    for name in ("serving_default", "beam_search"):
        translated = signatures[name](texts=texts)["text"].numpy().tolist()
        assert translated == [b"1979-05-03", b"1979-05-03"]
        assert len(signatures[name](texts=tf.constant([""]))["text"]) == 1

    recipe.export(model, tmp_path / "dates.onnx", format="onnx")
    session = onnxruntime.InferenceSession(tmp_path / "dates.onnx")
    inputs, _ = model.text.ids(["3 May 1979", "5/3/79"], ["1979-05-03"] * 2)
    (logits,) = session.run(None, {name: ids.numpy() for name, ids in inputs.items()})
    np.testing.assert_allclose(logits, model(inputs), atol=1e-4)
    with pytest.raises(ValueError, match="run step by step; others take"):
        recipe.export(model, tmp_path / "dates.tflite", format="litert")


@pytest.mark.parametrize("date", ["  ", "3 May 1979 ü", "3 May " + 50 * "1"])
def test_what_is_no_date(date):
    recipe = recipes.get("seq2seq_attention")
    with pytest.raises(ValueError, match=f"Expected a date.* Received: '{date}'"):
        recipe.answer(None, date)


def test_alignments_are_of_the_chosen_forms(splits):
    written = splits["test"]["written"]
    for form in seq2seq_attention.ALIGNED:
        assert np.any([bool(form.match(text)) for text in written])
