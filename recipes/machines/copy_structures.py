"""Sequences to copy that are not uniformly random: of other densities, with zeros, repeats.

Each structure is a function `(random, vectors, lengths) -> vectors`. It makes its sequences
of uniformly random ones, shape `(sequences, steps, bits)`, of so many vectors each; what it
leaves beyond a sequence's length, `cut` makes zero.
"""

import numpy as np


def uniform(random, vectors, lengths):
    """Every bit is one with probability one half: the paper's sequences."""
    return vectors


def density(p):
    """Every bit is one with probability p."""
    return lambda random, vectors, lengths: random.random(vectors.shape) < p


def any_density(random, vectors, lengths):
    """As `density`, of a p for each sequence, most often near 0 or 1: the arcsine law."""
    p = np.sin(np.pi / 2 * random.random((len(vectors), 1, 1))) ** 2
    return random.random(vectors.shape) < p


def zero_stretch(random, vectors, lengths):
    """Zero vectors from one random step to another."""
    steps = np.sort(random.random((2, len(vectors))), axis=0) * (lengths + 1)
    first, end = steps.astype(int)
    return _zero_between(vectors, first, end)


def zero_from_a_step(random, vectors, lengths):
    """Zero vectors from a random step to the end."""
    first = random.random(len(vectors)) * lengths
    return _zero_between(vectors, first, lengths)


def second_half_zero(random, vectors, lengths):
    return _zero_between(vectors, lengths // 2, lengths)


def every_other_zero(random, vectors, lengths):
    """Each vector is zero with probability one half."""
    return vectors * (random.random(vectors.shape[:2])[..., None] < 0.5)


def all_zero(random, vectors, lengths):
    return np.zeros_like(vectors)


def repeated(period):
    """The first vectors of the sequence, so many, in turn."""
    return lambda random, vectors, lengths: vectors[:, np.arange(vectors.shape[1]) % period]


# What fraction of the mixed sequences is of which structure; the rest stays as it is.
STRUCTURED = (
    (0.12, zero_stretch),
    (0.08, zero_from_a_step),
    (0.08, every_other_zero),
    (0.09, repeated(1)),
    (0.08, repeated(2)),
    (0.05, all_zero),
)


def mixed(random, vectors, lengths):
    """Half of the sequences of any density, and then, of all, half with a structure."""
    dense = random.random(len(vectors)) < 0.5
    vectors = np.where(dense[:, None, None], any_density(random, vectors, lengths), vectors)
    lot, end = random.random(len(vectors)), 0
    for fraction, structure in STRUCTURED:
        start, end = end, end + fraction
        chosen = (start <= lot) & (lot < end)
        vectors[chosen] = structure(random, vectors[chosen], lengths[chosen])
    return cut(vectors, lengths)


def cut(vectors, lengths):
    """The sequences as data sets have them: bytes, and zero beyond each length."""
    inside = np.arange(vectors.shape[1]) < lengths[:, None]
    return np.where(inside[..., None], vectors, 0).astype("uint8")


def _zero_between(vectors, first, end):
    step = np.arange(vectors.shape[1])
    zero = (step >= first[:, None]) & (step < end[:, None])
    return np.where(zero[..., None], 0, vectors)
