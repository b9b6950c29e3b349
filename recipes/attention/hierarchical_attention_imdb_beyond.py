"""Film reviews beyond the test: shorter, longer, in other letters, with words exchanged."""

import re
import string

import numpy as np

from ..running.beyond import fresh

REVIEWS = 500


def beyond(recipe, model):
    """The fraction of right labels, of reviews of the test split that are changed."""
    random = fresh(recipe)
    examples = recipe.examples("test")
    chosen = random.permutation(len(examples["text"]))[:REVIEWS]
    labels = np.sort(examples["label"][chosen])
    chosen = chosen[np.argsort(examples["label"][chosen], kind="stable")]
    texts = [text.decode() for text in examples["text"][chosen]]
    words = [text.split() for text in texts]
    conditions = {
        "as they are": texts,
        "upper case": [text.upper() for text in texts],
        "without punctuation": [re.sub(r"[^\w\s']", " ", text) for text in texts],
        "the first 20 words": [" ".join(review[:20]) for review in words],
        "the last 20 words": [" ".join(review[-20:]) for review in words],
        "the last 60 words": [" ".join(review[-60:]) for review in words],
        "words in another order": [" ".join(random.permutation(review)) for review in words],
        "one letter in 20 another": [_mistyped(random, text) for text in texts],
    }
    rows = [
        {"condition": condition, "accuracy": _accuracy(model, changed, labels)}
        for condition, changed in conditions.items()
    ]
    # Neighbours have the same label, as reviews are in the order of theirs.
    in_fours = [" ".join(texts[first : first + 4]) for first in range(0, len(texts) - 3, 4)]
    accuracy = _accuracy(model, in_fours, labels[: len(in_fours) * 4 : 4])
    return [*rows, {"condition": "four of one label as one", "accuracy": accuracy}]


def _mistyped(random, text):
    letters = np.array(list(text))
    is_wrong = np.char.isalpha(letters) & (random.random(len(letters)) < 0.05)
    letters[is_wrong] = random.choice(list(string.ascii_lowercase), is_wrong.sum())
    return "".join(letters)


def _accuracy(model, texts, labels):
    ids = model.text.ids(texts)
    loss, accuracy = model.evaluate(ids, labels, batch_size=50, verbose=0)
    return accuracy
