"""Words of formal languages: their grammar, what can be predicted, and their streams."""

import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow_datasets as tfds

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.formal_words import LANGUAGES, training_words
from keras_memory.recipes.datasets.formal_words import (
    formal_words_dataset_builder as formal_words,
)
from keras_memory.recipes.datasets.formal_words import test_words as single_words

RUNS = {
    "an_bn": lambda a, b: a == b,
    "an_bn_cn": lambda a, b, c: a == b == c,
    "an_bn_cn_dn": lambda a, b, c, d: a == b == c == d,
    "an_b2n": lambda a, b: 2 * a == b,
    "an_bm_cnm": lambda a, b, c: a + b == c,
}


class FormalWordsTest(tfds.testing.DatasetBuilderTestCase):
    """TFDS's own checks of a builder, on its smallest configuration."""

    DATASET_CLASS = formal_words.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["an_bn_n_2_to_60_by_1_5_times_after_15"]
    EXAMPLES = 20
    SPLITS = {"validation": 20, "test": 20}
    EXAMPLE_DIR = str(Path(formal_words.__file__).parent)
    SKIP_CHECKSUMS = True
    OVERLAPPING_SPLITS = ["validation", "test"]  # few words there are


def is_word(name, word):
    """Whether the language has the word, by its definition."""
    if name == "memorization":
        first, _, second = word.partition("=")
        return first == second[::-1] and not set(first) - set("12")
    if name == "addition":
        first, second, answer = re.fullmatch(r"(1\d*)\+(1\d*)=(\d+)\.", word).groups()
        return int(first, 2) + int(second, 2) == int(answer[::-1], 2)
    letters = LANGUAGES[name].symbols
    runs = [word.count(letter) for letter in letters]
    in_order = "".join(letter * run for letter, run in zip(letters, runs, strict=True))
    return word == in_order and min(runs) > 0 and RUNS[name](*runs)


@pytest.mark.parametrize("name", LANGUAGES)
def test_words_are_of_the_language(name):
    random = np.random.default_rng(0)
    for n in (2, 3, 7, 20):
        word, predicted = LANGUAGES[name].word(random, n)
        assert is_word(name, word)
        assert word.count("a") == n or name in ("an_bm_cnm", "memorization", "addition")
        assert 0 < predicted < len(word)
        if name == "addition":
            assert sum(map(len, word.partition("=")[0].split("+"))) == n
        if name == "memorization":
            assert len(word) == 2 * n + 1


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_counts_is_what_the_beginning_decides(name):
    """No two words have the same beginning up to there and another symbol next."""
    language, random, nexts = LANGUAGES[name], np.random.default_rng(0), {}
    for n in range(2, 6):
        for _ in range(60):
            word, predicted = language.word(random, n)
            for t in range(len(word) - predicted, len(word)):
                assert nexts.setdefault(word[:t], word[t]) == word[t]


def test_the_symbol_before_those_that_count_is_open():
    """aaab: from the first b on all is known, and not before."""
    word, predicted = LANGUAGES["an_bn"].word(np.random.default_rng(0), 3)
    assert word[: len(word) - predicted] == "aaab"


def test_streams_are_words_one_after_another():
    config = training_words("an_bn_cn", 4, steps=40, train_examples=30)
    examples = load(formal_words.Builder, config, "train")
    assert examples["symbols"].shape == examples["counts"].shape == (30, 41)
    for symbols, counts in zip(examples["symbols"], examples["counts"], strict=True):
        text = "".join("abc"[symbol] for symbol in symbols)
        words = re.findall("a+b+c+", text)
        assert all(is_word("an_bn_cn", word) for word in words[:-1])
        t = len(words[0])
        n = t // 3
        assert counts[: t + 1].tolist() == [0] * (n + 1) + [1] * (2 * n)


def test_tests_take_every_n_in_turn():
    config = single_words("an_b2n", 2, 10, stride=2, repeated=3, before=4)
    examples = load(formal_words.Builder, config, "test")
    assert examples["n"].tolist() == [2, 4, 6, 8, 10] * 3
    for symbols, counts, n in zip(
        *(examples[k] for k in ("symbols", "counts", "n")), strict=True
    ):
        end = np.flatnonzero(counts).max()
        text = "".join("ab"[symbol] for symbol in symbols[: end + 1])
        assert re.fullmatch(f"a+b+a{{{n}}}b{{{2 * n}}}a", text)
        # All further symbols b, and the first of the next word.
        assert counts.sum() == 2 * n and counts[end - 2 * n + 1 : end + 1].all()


def test_the_streams_are_those_of_this_version():
    """Other numbers mean another version: prepared data and trained presets hang on them."""
    config = training_words("an_bm_cnm", 5, steps=20, train_examples=20)
    sums = {}
    for split in ("train", "validation", "test"):
        symbols = load(formal_words.Builder, config, split)["symbols"]
        sums[split] = int((symbols * np.arange(symbols.size).reshape(symbols.shape)).sum())
    assert formal_words.Builder.VERSION == "1.0.0"
    assert sums == {"train": 97_958, "validation": 246_662_909, "test": 248_185_782}
