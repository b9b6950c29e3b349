"""Cross-validation: each example is in the test split of one fold."""

import numpy as np
from numpy.typing import ArrayLike


def split_by_fold(labels: ArrayLike, folds: int, seed: int) -> np.ndarray:
    """Of each example the name of its split, `(examples,)`.

    The test has the fold with the number `seed % folds`, and the next one validates. Folds
    have as many examples of each label, but for one; they are others for `seed // folds`.
    """
    labels = np.asarray(labels)
    random = np.random.default_rng((2020, seed // folds))
    fold = np.empty(len(labels), int)
    for label in np.unique(labels):
        (indices,) = np.nonzero(labels == label)
        fold[random.permutation(indices)] = np.arange(len(indices)) % folds
    test = seed % folds
    splits = np.full(len(labels), "train", object)
    splits[fold == test] = "test"
    splits[fold == (test + 1) % folds] = "validation"
    return splits
