"""Key-value lookup beyond training: more pairs, repeated keys, more noise, other keys."""

import numpy as np

from ..datasets.key_value_pairs import lookups
from ..running.beyond import fresh

LOOKUPS = 1_000


def beyond(recipe, model):
    """The fraction of right values: of keys that are there, of any width of the memory."""
    random = fresh(recipe)
    usual = recipe.distractors + 1

    def sampled(pairs=usual, noise=recipe.noise):
        return lookups(random, LOOKUPS, pairs, noise, recipe.dim, recipe.classes)

    conditions = {
        **{f"{pairs:,} pairs": sampled(pairs) for pairs in (2, 8, 32, 128, 512)},
        **{f"{usual} pairs, noise of {x:g}": sampled(noise=x) for x in (0.3, 1.0)},
        f"{usual} pairs, each twice": _twice(sampled()),
        f"{usual} pairs, keys and queries half as long": _scaled(sampled(), 0.5),
        f"{usual} pairs, keys and queries twice as long": _scaled(sampled(), 2),
    }
    rows = []
    for condition, examples in conditions.items():
        inputs, _ = recipe.to_batch(examples)
        predicted = np.asarray(model.logits(inputs)).argmax(axis=-1)
        accuracy = float((predicted == examples["answer"]).mean())
        rows.append({"condition": condition, "accuracy": accuracy})
    return rows


def _twice(examples):
    keys, values = examples["keys"], examples["values"]
    return {
        **examples,
        "keys": np.tile(keys, (1, 2, 1)),
        "values": np.tile(values, (1, 2)),
    }


def _scaled(examples, factor):
    scaled = {name: np.float32(factor) * examples[name] for name in ("keys", "query")}
    return {**examples, **scaled}
