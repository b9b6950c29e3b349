"""Beam search against every sequence there is."""

import itertools

import numpy as np
import pytest
from keras import ops

from keras_memory.zoo import beam_search

START, END, VOCABULARY, LENGTH = 0, 1, 4, 3


@pytest.fixture
def table(rng):
    """Log-probabilities of the next token, by the last two."""
    scores = rng.normal(size=(VOCABULARY, VOCABULARY, VOCABULARY)) * 2
    return (scores - np.log(np.exp(scores).sum(-1, keepdims=True))).astype("float32")


@pytest.fixture
def search(table):
    """Of a machine whose state is the token before the last."""

    def step(last, states):
        (before,) = states
        rows = ops.cast(before[..., 0], "int32") * VOCABULARY + last
        gains = ops.take(ops.reshape(table, (-1, VOCABULARY)), rows, axis=0)
        return gains, [ops.cast(last[..., None], "float32")]

    def run(starts, width):
        states = [np.array(starts, "float32")[:, None]]
        tokens, scores = beam_search(step, states, START, END, width, LENGTH)
        return np.asarray(tokens), np.asarray(scores)

    return run


def score(table, before, tokens):
    total, last, ended = 0, START, False
    for token in tokens:
        if ended:
            return total if all(t == END for t in tokens[tokens.index(END) :]) else -np.inf
        total += table[before, last, token]
        before, last, ended = last, token, token == END
    return total


def test_a_wide_beam_finds_the_likeliest(search, table):
    tokens, scores = search([0, 2], width=40)
    for example, before in enumerate((0, 2)):
        everything = {
            sequence: score(table, before, sequence)
            for sequence in itertools.product(range(VOCABULARY), repeat=LENGTH)
        }
        ranked = sorted(everything, key=everything.get, reverse=True)
        for place in range(5):
            assert tuple(tokens[example, place]) == ranked[place]
            np.testing.assert_allclose(
                scores[example, place], everything[ranked[place]], rtol=1e-5
            )


def test_a_beam_of_one_is_greedy(search, table):
    tokens, scores = search([3], width=1)
    before, last, total = 3, START, 0
    for token in tokens[0, 0]:
        if last == END:
            assert token == END
            continue
        assert token == table[before, last].argmax()
        total += table[before, last, token]
        before, last = last, token
    np.testing.assert_allclose(scores[0, 0], total, rtol=1e-5)
