"""Sequences to copy are of the structure that they are named after."""

import numpy as np
import pytest

from keras_memory.recipes.machines import copy_structures as structures

LENGTHS = np.random.default_rng(1).integers(1, 41, 500)
VECTORS = np.random.default_rng(2).integers(0, 2, (500, 40, 8), dtype="uint8")
INSIDE = np.arange(40) < LENGTHS[:, None]


def made(structure):
    plain = VECTORS.copy()
    vectors = structures.cut(structure(np.random.default_rng(3), plain, LENGTHS), LENGTHS)
    assert (vectors.dtype, vectors.shape) == (np.uint8, VECTORS.shape)
    assert set(np.unique(vectors)) <= {0, 1}
    assert not vectors[~INSIDE].any()
    return vectors


def is_zero(vectors):
    return ~vectors.any(axis=-1) & INSIDE


def test_densities():
    for p in (0.02, 0.1, 0.9, 0.98):
        assert made(structures.density(p))[INSIDE].mean() == pytest.approx(p, abs=0.01)
    of_each = made(structures.any_density)[LENGTHS > 20].mean(axis=(1, 2)) / (
        LENGTHS[LENGTHS > 20] / 40
    )
    ranges = (of_each < 0.1, abs(of_each - 0.5) < 0.1, of_each > 0.9)
    sparse, half, dense = (chosen.mean() for chosen in ranges)
    assert sparse > half < dense


def test_a_stretch_of_zero_vectors_is_anywhere():
    zero = is_zero(made(structures.zero_stretch))
    uniform = made(structures.uniform)
    stretches = [np.flatnonzero(row) for row in zero]
    long = [row for row in stretches if len(row) > 2]
    assert len(long) > 200
    assert sum(row[-1] - row[0] == len(row) - 1 for row in long) > 0.9 * len(long)
    ends = {
        (row[0] == 0, row[-1] == n - 1)
        for row, n in zip(stretches, LENGTHS, strict=True)
        if len(row)
    }
    assert (False, False) in ends
    np.testing.assert_array_equal(made(structures.zero_stretch)[~zero], uniform[~zero])


def test_zeros_to_the_end():
    halves = is_zero(made(structures.second_half_zero))
    for row, length in zip(halves, LENGTHS, strict=True):
        assert row[length // 2 : length].all()
    assert halves.sum() < 0.55 * LENGTHS.sum()
    zero = is_zero(made(structures.zero_from_a_step))
    assert zero[np.arange(500), LENGTHS - 1][LENGTHS > 1].mean() > 0.9
    assert 0.4 < zero.sum() / LENGTHS.sum() < 0.6
    assert is_zero(made(structures.every_other_zero)).sum() / LENGTHS.sum() == pytest.approx(
        0.5, abs=0.02
    )
    assert not made(structures.all_zero).any()


@pytest.mark.parametrize("period", [1, 2])
def test_repeated(period):
    vectors = made(structures.repeated(period))
    repeats = vectors[:, period:] == vectors[:, :-period]
    assert repeats[INSIDE[:, period:]].all()
    np.testing.assert_array_equal(vectors[:, 0], VECTORS[:, 0])


def test_mixed_sequences_have_all_structures_and_uniform_bits():
    vectors = made(structures.mixed)
    as_they_were = (vectors == made(structures.uniform)).all(axis=(1, 2))
    assert 0.15 < as_they_were.mean() < 0.4
    assert sum(fraction for fraction, _ in structures.STRUCTURED) == pytest.approx(0.5)
    long = LENGTHS > 10
    same = (vectors[:, 1:] == vectors[:, :-1]).all(-1) | ~INSIDE[:, 1:]
    assert 0.1 < same[long].all(-1).mean() < 0.3  # one vector repeated, or all zero
