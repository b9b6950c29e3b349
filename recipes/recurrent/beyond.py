"""Long spans of time beyond the paper's tests: other lengths, other images and texts."""

import math

import numpy as np

from ..datasets.adding_problem import additions
from ..datasets.changed_images import changed_images
from ..running.beyond import fresh

TERMS = (50, 100, 199, 200, 201, 400, 1_000)
SEQUENCES, IMAGES, CHARACTERS = 200, 1_000, 20_000
LENGTHS = (50, 99, 100, 500)


def adding(recipe, model):
    """The squared error of the sum for other numbers of terms; of 1, whatever comes, 1/6."""
    random = fresh(recipe)
    rows = []
    for terms in TERMS:
        examples = additions(random, SEQUENCES, terms)
        error = recipe.error(model, examples)
        rows.append({"condition": f"{terms:,} terms", "mean squared error": error})
    return rows


def pixels(recipe, model):
    """The fraction of images whose class is predicted: changed, or in another order."""
    random = fresh(recipe)
    examples = recipe.examples("test")
    chosen = random.permutation(len(examples["label"]))[:IMAGES]
    images, labels = examples["image"][chosen], examples["label"][chosen]
    rows, columns, channels = recipe.shape
    order = random.permutation(rows * columns)
    other = images.reshape(IMAGES, -1, channels)[:, order].reshape(images.shape)
    conditions = {
        **changed_images(random, images),
        "mirrored": images[:, :, ::-1],
        "pixels in another order": other,
    }
    found = []
    for condition, changed in conditions.items():
        inputs, _ = recipe.to_batch({"image": changed, "label": labels})
        predicted = model.predict(inputs, batch_size=100, verbose=0).argmax(axis=-1)
        accuracy = float(np.mean(predicted == labels))
        found.append({"condition": condition, "accuracy": accuracy})
    return found


def characters(recipe, model):
    """Bits a character in pieces of other lengths, and of a text without its order."""
    random = fresh(recipe)
    text = np.ravel(recipe.replace(test_length=CHARACTERS).examples("test")["symbols"][0])
    conditions = {f"pieces of {n}": (text, n) for n in LENGTHS if n >= recipe.k_att}
    length = recipe.test_length
    for name, changed in (
        ("words", _shuffled(random, recipe, text)),
        ("characters", random.permutation(text)),
    ):
        conditions[f"pieces of {length}, {name} in another order"] = changed, length
    return [
        {"condition": condition, "bits a character": _bits(recipe, model, *piece)}
        for condition, piece in conditions.items()
    ]


def _shuffled(random, recipe, text):
    space = recipe.builder.alphabet.index(" ")
    words = np.split(text, np.flatnonzero(text == space))
    random.shuffle(words)
    return np.concatenate(words)


def _bits(recipe, model, text, length):
    size = (len(text) - 1) // length
    symbols, following = (
        text[start : start + size * length].reshape(size, length) for start in (0, 1)
    )
    inputs, targets = recipe.to_batch({"symbols": symbols, "next": following})
    batch = max(1, 30_000 // length)
    found = model.evaluate(inputs, targets, batch_size=batch, verbose=0, return_dict=True)
    return found["loss"] / math.log(2)
