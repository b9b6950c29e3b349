"""Pairs of texts of one's own: split by source, reported, learned."""

import itertools
import logging
import re

import numpy as np
import pytest

from keras_memory import recipes

pytestmark = pytest.mark.long

SMALL = {
    "epochs": 2,
    "steps_per_epoch": 200,
    "batch_size": 32,
    "learning_rate": 1e-2,
    "embedding_dim": 16,
    "units": 24,
    "beam_width": 2,
    "jit_compile": False,
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Days, written in two ways."""
    path = tmp_path_factory.mktemp("own") / "days.tsv"
    days = list(itertools.product(range(1, 29), range(1, 13)))
    np.random.default_rng(0).shuffle(days)
    lines = [f"{day}/{month}\t{month:02}-{day:02}\n" for day, month in days]
    lines += [f"{day:02}.{month:02}.\t{month:02}-{day:02}\n" for day, month in days]
    path.write_text("".join(lines))
    return path


@pytest.fixture(scope="module")
def run(path, tmp_path_factory):
    recipe = recipes.get("pairs_from_file", path=path, **SMALL)
    return recipe.fit(tmp_path_factory.mktemp("runs") / "days", verbose=0)


def test_it_learns_and_translates(run):
    """Guessing a day is right once in 336 times."""
    assert run.metrics["exact_match"] > 0.8
    assert run.metrics["exact_match_beam_2"] > 0.8
    answer = run.recipe.answer(run.model, " 24/11")
    assert answer["translation"] == "11-24"
    assert "unknown" not in answer
    other = run.recipe.answer(run.model, "24/11!?")
    assert other["unknown"] == "!?"
    together = run.recipe.answers(run.model, [{"text": " 24/11"}, {"text": "24/11!?"}])
    for found, alone in zip(together, [answer, other], strict=True):
        probability = pytest.approx(alone["probability"], abs=1e-5)
        assert found == {**alone, "probability": probability}
    assert set(run.recipe.figures(run.model)) == {f"alignment_{i}" for i in (1, 2, 3)}


def test_by_shell_and_served(run, by_shell):
    answered, served = by_shell(run, ["--text", "24/11"], texts=["24/11"])
    assert answered["translation"] == "11-24"
    assert served["text"] == ["11-24"]


@pytest.mark.parametrize("text", ["  ", "x", "1" * 201])
def test_what_is_not_translated(run, text):
    with pytest.raises(ValueError, match="Expected a text of up to 200 characters"):
        run.recipe.answer(run.model, text)


def test_pairs_of_a_source_are_in_one_split(tmp_path):
    path = tmp_path / "twice.tsv"
    path.write_text("".join(f"{i}\t{i}a\n" for i in range(100)) * 2)
    recipe = recipes.get("pairs_from_file", path=path)
    sources = {split: recipe.examples(split)["source"] for split in ("train", "test")}
    assert not {*sources["train"]} & {*sources["test"]}
    assert len(sources["test"]) == pytest.approx(20, abs=4)


def test_all_batches_have_the_lengths_of_the_longest(path, tmp_path):
    (tmp_path / "test.tsv").write_text("1/1\tabcdefgh\n")
    recipe = recipes.get("pairs_from_file", path=path, test_path=tmp_path / "test.tsv")
    assert recipe.characters == ("./0123456789", "-0123456789")
    for split in ("train", "test"):
        inputs, targets = next(iter(recipe.dataset(split)))
        assert inputs["source"].shape[1] == len("01.01.")
        assert inputs["target"].shape[1] == targets.shape[1] == len("abcdefgh") + 1


def test_what_was_found_is_reported(path, caplog):
    with caplog.at_level(logging.INFO, logger="keras_memory"):
        recipes.get("pairs_from_file", path=path).prepare()
    (line,) = caplog.messages
    assert re.search(
        r"days.tsv: pairs: 5\d\d for train, .*; sources of up to 6 characters, 12 different "
        r"ones; targets of up to 5, 11 different ones; the first: "
        r"'\d+/\d+' → '\d\d-\d\d'$",
        line,
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "Expected path, a file of pairs"),
        ({"path": "nothing.tsv"}, "nothing.tsv, no such file"),
        ({"path": "nothing.doc"}, "ends with .csv"),
        ({"longest": 0}, "longest.*greater than 0"),
    ],
)
def test_bad_fields(fields, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        recipes.get("pairs_from_file", **fields).fit(tmp_path / "run", verbose=0)
    assert not list(tmp_path.iterdir())
