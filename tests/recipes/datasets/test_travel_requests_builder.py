from collections import Counter, defaultdict

import numpy as np

from keras_memory.recipes.datasets import load
from keras_memory.recipes.datasets.travel_requests import Builder, travel_requests_config
from keras_memory.recipes.datasets.travel_requests.grammar import INTENTS, cities, sample
from keras_memory.zoo import chunk_f1


def sampled(seed, size=800, unknown=0.0):
    random = np.random.default_rng(seed)
    return [sample(random, unknown) for _ in range(size)]


def test_every_word_has_a_tag():
    for words, tags, intent in sampled(0):
        assert len(words.split()) == len(tags.split())
        assert intent in INTENTS


def test_a_tag_goes_on_with_its_own_kind():
    for _, tags, _ in sampled(1):
        before = "O"
        for tag in tags.split():
            assert not tag.startswith("I-") or before[2:] == tag[2:]
            before = tag


def test_words_alone_do_not_decide():
    """The most frequent tag of each word finds fewer than half of the slots."""
    counts = defaultdict(Counter)
    for words, tags, _ in sampled(2):
        for word, tag in zip(words.split(), tags.split(), strict=True):
            counts[word][tag] += 1
    pairs = [(words.split(), tags.split()) for words, tags, _ in sampled(3)]
    predicted = [
        [counts[w].most_common(1)[0][0] if w in counts else "O" for w in words]
        for words, _ in pairs
    ]
    assert chunk_f1([tags for _, tags in pairs], predicted)["f1"] < 60


def test_cities_of_the_test_are_new():
    assert not set(cities(True)) & set(cities(False))


def test_splits(tmp_path, monkeypatch):
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    config = travel_requests_config(50)
    sizes = {split: len(load(Builder, config, split)["words"]) for split in ("train", "test")}
    assert sizes == {"train": 50, "test": 1000}
