"""The formulas of Graves et al. (2014) for one head of one example, in float64."""

from types import SimpleNamespace

import numpy as np
import pytest


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.log1p(np.exp(x))


def softmax(x):
    powers = np.exp(x - np.max(x))
    return powers / powers.sum()


def cosine(u, v, epsilon=1e-6):
    return u @ v / np.sqrt((u @ u + epsilon**2) * (v @ v + epsilon**2))


def content(key, memory, strength=1.0, epsilon=1e-6):
    return softmax(np.ravel([strength * cosine(key, slot, epsilon) for slot in memory]))


def shift(weights, moves):
    shifted, reach = np.zeros(len(weights)), len(moves) // 2
    for slot, weight in enumerate(weights):
        for i, share in enumerate(moves):
            shifted[(slot + i - reach) % len(weights)] += weight * share
    return shifted


def sharpen(weights, sharpness):
    return weights**sharpness / np.sum(weights**sharpness)


def address(key, strength, gate, moves, sharpness, memory, previous, epsilon=1e-6):
    gated = gate * content(key, memory, strength, epsilon) + (1 - gate) * previous
    return sharpen(shift(gated, moves), sharpness)


def read(memory, weights):
    return sum(weight * slot for weight, slot in zip(weights, memory, strict=True))


def write(memory, weights, erase, add):
    """`weights`, `erase` and `add` have a row a head; all erase before any adds."""
    memory = memory.copy()
    for head in range(len(weights)):
        for slot in range(len(memory)):
            memory[slot] *= 1 - weights[head, slot] * erase[head]
    for head in range(len(weights)):
        for slot in range(len(memory)):
            memory[slot] += weights[head, slot] * add[head]
    return memory


@pytest.fixture(scope="session")
def naive():
    return SimpleNamespace(
        sigmoid=sigmoid,
        softplus=softplus,
        softmax=softmax,
        cosine=cosine,
        content=content,
        shift=shift,
        sharpen=sharpen,
        address=address,
        read=read,
        write=write,
    )


@pytest.fixture
def query(rng, request):
    """Of the sizes that the module of the test names; so are keys and values."""
    sizes = request.module
    return rng.normal(size=(sizes.BATCH, sizes.QUERIES, sizes.DIM)).astype("float32")


@pytest.fixture
def key(rng, request):
    sizes = request.module
    return rng.normal(size=(sizes.BATCH, sizes.KEYS, sizes.DIM)).astype("float32")


@pytest.fixture
def value(rng, request):
    sizes = request.module
    return rng.normal(size=(sizes.BATCH, sizes.KEYS, sizes.VALUES)).astype("float32")
