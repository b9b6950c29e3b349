"""The theory of Hopfield networks of many units with random patterns."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

# The load α = patterns / units beyond which Hebb's rule recalls nothing.
CRITICAL_LOAD = 0.138


def capacity(rule: str, units: int) -> float:
    """The capacity of a network of so many units: about how many random patterns it recalls.

    0.138 N by Hebb's rule, N / √(2 ln N) by Storkey's, N - 1 by the pseudo-inverse.

    Example:

    >>> [round(capacity(rule, 1000)) for rule in ("hebb", "storkey", "pseudo_inverse")]
    [138, 269, 999]

    Reference:
        [Amit, Gutfreund & Sompolinsky, 1985](https://doi.org/10.1103/PhysRevLett.55.1530);
        [Storkey & Valabregue, 1999](https://doi.org/10.1016/S0893-6080(98)00038-1).
    """
    if rule == "hebb":
        return CRITICAL_LOAD * units
    if rule == "storkey":
        return units / math.sqrt(max(2 * math.log(units), 1))
    return units - 1


def first_update_error(load: ArrayLike) -> np.ndarray:
    """The fraction of bits of a pattern that Hebb's rule turns wrong in the first update.

    ½ erfc(1 / √(2 α)): the other patterns are noise of variance α in a field of 1.

    Example:

    >>> first_update_error([0.05, 0.138]).round(4)
    array([0.    , 0.0036])
    """
    return special.erfc(1 / np.sqrt(2 * np.asarray(load))) / 2


def attractor_error(load: ArrayLike) -> np.ndarray:
    """The fraction of wrong bits in the attractor near a pattern stored by Hebb's rule.

    (1 - m) / 2, where m = erf(y) and √(2 α) = erf(y) / y - 2 e^{-y²} / √π; beyond the
    critical load, the largest that this has a solution for, ½.

    Example:

    >>> attractor_error([0.05, 0.13, 0.2]).round(4)
    array([0.    , 0.0064, 0.5   ])

    Reference:
        [Amit, Gutfreund & Sompolinsky, 1987](https://doi.org/10.1016/0003-4916(87)90092-3),
        at temperature 0.
    """
    y = np.linspace(6, 1, 50_001)  # from small loads to large ones, and back to small
    loads = (special.erf(y) / y - 2 * np.exp(-(y**2)) / math.sqrt(math.pi)) ** 2 / 2
    last = np.argmax(loads)
    errors = special.erfc(y[: last + 1]) / 2
    return np.interp(load, loads[: last + 1], errors, left=0.0, right=0.5)
