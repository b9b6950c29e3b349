"""Sets beyond the tests of their papers: of other sizes, and with other distractors."""

import numpy as np

from ..datasets.bit_patterns import signals_and_others
from ..datasets.changed_images import changed_images
from ..running.batches import evaluation_batches
from ..running.beyond import fresh

SETS = 500


def accuracy_rows(recipe, model, conditions):
    """A row for each condition: the fraction of sets whose label is predicted.

    Args:
        recipe: The recipe.
        model: A model of it.
        conditions: Examples as of `recipe.examples`, by the name of the condition.
    """
    return [
        {"condition": condition, "accuracy": _accuracy(recipe, model, examples)}
        for condition, examples in conditions.items()
    ]


def _accuracy(recipe, model, examples):
    sets = evaluation_batches(examples, recipe.to_batch, batch_size=50)
    predicted = model.predict(sets, verbose=0).argmax(axis=-1)
    return float(np.mean(predicted == examples["label"]))


def bit_patterns(recipe, model):
    """Bags of other sizes, with more signals than one, and of distractors that are near."""
    random = fresh(recipe)
    signals, others = signals_and_others(recipe.config())
    distances = np.bitwise_count(signals[:, None] ^ others).min(axis=0)
    ones = np.bitwise_count(others)

    def bags(items, among=others, holding=1):
        patterns = random.choice(among, (SETS, items))
        labels = np.arange(SETS) % 2
        patterns[labels == 1, :holding] = random.choice(signals, (SETS // 2, holding))
        bits = patterns[..., None] >> np.arange(recipe.bits) & 1
        return {"items": bits.astype("uint8"), "label": labels}

    return accuracy_rows(
        recipe,
        model,
        {
            **{f"bags of {n}": bags(n) for n in (4, 16, 64, 256, 1024)},
            "bags of 16 with three signals": bags(16, holding=3),
            "others one bit from a signal": bags(16, others[distances == 1]),
            "others of three ones at most": bags(16, others[ones <= 3]),
            "others of five ones at least": bags(16, others[ones >= 5]),
        },
    )


def latch_sequences(recipe, model):
    """Sequences of other lengths, and of one distractor, repeated."""
    random = fresh(recipe)
    labels = np.arange(SETS, dtype="int32") % 2

    def sequences(length, first=2, distractors=1):
        others = random.integers(first, recipe.characters, (SETS, distractors))
        items = random.permuted(np.resize(others.T, (length, SETS)).T, axis=1)
        items[:, 0] = labels
        return {"items": items.astype("int32"), "label": labels}

    return accuracy_rows(
        recipe,
        model,
        {
            **{
                f"sequences of {n:,}": sequences(n, distractors=n)
                for n in (2, 8, 32, 128, 1_000, 4_000)
            },
            "sequences of 32, one distractor repeated": sequences(32),
        },
    )


def animals(recipe, model):
    """Images of the fold that is tested, with fewer segments, more, and noisy ones."""
    random = fresh(recipe)
    examples = recipe.examples("test")
    items, length = examples["items"], examples["length"]
    order = np.argsort(
        random.random(items.shape[:2]) + (np.arange(items.shape[1]) >= length[:, None])
    )
    shuffled = np.take_along_axis(items, order[..., None], axis=1)
    noise = random.normal(size=items.shape)
    conditions = {
        "as they are": {},
        "segments in another order": {"items": shuffled},
        "half of the segments": {"items": shuffled, "length": -(-length // 2)},
        "noise of deviation 0.1": {"items": items + 0.1 * noise},
        "noise of deviation 0.5": {"items": items + 0.5 * noise},
    }
    return [
        {"condition": condition, "AUC in %": recipe.area(model, {**examples, **changed})}
        for condition, changed in conditions.items()
    ]


def bags_of_digits(recipe, model):
    """Bags of other sizes, half with one of the digit, and of digits that are changed."""
    random = fresh(recipe)
    pool = recipe.pool("test")
    labels = np.arange(SETS // 2) % 2
    relevant, others = (
        np.flatnonzero((pool["label"] == recipe.digit) == is_it) for is_it in (True, False)
    )

    def bags(size):
        chosen = random.choice(others, (len(labels), size))
        chosen[labels == 1, 0] = random.choice(relevant, labels.sum())
        return pool["image"][chosen]

    changed = {
        f"bags of 10, {name}": np.reshape(digits, (len(labels), 10, *recipe.item_shape))
        for name, digits in changed_images(random, np.concatenate(bags(10))).items()
    }
    one = f"one {recipe.digit} or none"
    items = {f"bags of {size}, {one}": bags(size) for size in (3, 30, 100)} | changed
    conditions = {name: {"items": bag, "label": labels} for name, bag in items.items()}
    return accuracy_rows(recipe, model, conditions)
