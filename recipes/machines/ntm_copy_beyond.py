"""Copying beyond the paper's test: other sequences than uniformly random ones, far longer."""

import numpy as np

from ..running.beyond import fresh
from . import copy_structures as structures

LONGEST, SLOTS, SEQUENCES = 120, 128, 250
# Of sequences of 1 to LONGEST vectors.
CONDITIONS = {
    "uniform bits": structures.uniform,
    **{f"bits one with p = {p}": structures.density(p) for p in (0.02, 0.1, 0.5, 0.9, 0.98)},
    "a stretch of zero vectors": structures.zero_stretch,
    "every vector zero or not": structures.every_other_zero,
    "second half zero": structures.second_half_zero,
    "all zero": structures.all_zero,
    "one vector repeated": structures.repeated(1),
    "two vectors in turn": structures.repeated(2),
}
# How many uniformly random vectors, slots and sequences.
FAR_LONGER = ((1_000, 2_048, 50), (10_000, 16_384, 5))


def beyond(recipe, model):
    """Wrong bits in all sequences of each condition, where the slots suffice for them."""
    if recipe.architecture != "ntm" or recipe.initial_memory == "learned":
        return []
    random = fresh(recipe)
    rows = []
    grown = with_slots(recipe, model, SLOTS)
    for condition, structure in CONDITIONS.items():
        lengths = random.integers(1, LONGEST + 1, SEQUENCES)
        vectors = uniform(random, SEQUENCES, LONGEST, recipe.bits)
        vectors = structures.cut(structure(random, vectors, lengths), lengths)
        name = f"{condition}, 1 to {LONGEST} vectors, {SLOTS} slots"
        rows.append(row(name, recipe, grown, vectors, lengths))
    for length, slots, sequences in FAR_LONGER:
        vectors = uniform(random, sequences, length, recipe.bits)
        name = f"uniform bits, {length:,} vectors, {slots:,} slots"
        grown = with_slots(recipe, model, slots)
        rows.append(row(name, recipe, grown, vectors, np.full(sequences, length)))
    return rows


def with_slots(recipe, model, slots):
    """The same weights with as many slots."""
    grown = recipe.replace(memory_slots=slots).model()
    grown.set_weights(model.get_weights())
    return grown


def uniform(random, sequences, length, bits):
    return random.integers(0, 2, (sequences, length, bits), dtype=np.uint8)


def row(condition, recipe, model, vectors, lengths):
    examples = {"vectors": vectors, "length": lengths.astype("int32")}
    inputs, targets, weights = recipe.to_batch(examples)
    logits = model.predict(inputs, batch_size=len(lengths), verbose=0)
    wrong = (logits > 0) != (np.asarray(targets) > 0.5)
    wrong = (wrong.sum(axis=-1) * np.asarray(weights)).sum(axis=-1).astype(int)
    return {
        "condition": condition,
        "wrong bits": int(wrong.sum()),
        "sequences with one": int((wrong > 0).sum()),
        "sequences": len(lengths),
        "target": "0",
    }
