"""Interaction functions F of dense associative memories, of the overlap m = ξ · s.

Their energy is -Σ_μ F(m_μ), where F grows faster than the square of Hopfield's network.
"""

import math

from keras import ops

from ..argument_types import Tensor
from ..masks import LOWEST
from ..validation import check_positive

EXPONENTIAL = "exponential"


def check_interaction(interaction: int | str) -> None:
    """Raise a `ValueError` unless it is `"exponential"` or a positive integer."""
    if interaction != EXPONENTIAL:
        check_positive("interaction (a power, or 'exponential')", interaction)


def differences(
    interaction: int | str, overlaps: Tensor, units: int, is_stored: Tensor, beta: float
) -> tuple[Tensor, Tensor]:
    """Finite differences of F as a unit flips: F(m) - F(m - 2) and F(m + 2) - F(m).

    Each row is scaled by a positive number, which does not change the sign of a sum over it.

    Args:
        interaction: `"exponential"`, F(m) = e^{β m}, or n, F(m) = (m / units)^n.
        overlaps: m, shape `(batch, patterns)`.
        units: Width of a pattern.
        is_stored: Which patterns are stored, Booleans `(patterns,)`.
        beta: β.
    """
    if interaction == EXPONENTIAL:
        overlaps = ops.where(is_stored, overlaps, LOWEST)
        largest = ops.max(overlaps, axis=-1, keepdims=True)
        differ = ops.exp(beta * (overlaps - largest))
        return differ * math.exp(-2 * beta), differ
    overlaps, step = overlaps / units, 2 / units
    powers = ops.power(overlaps, interaction)
    return (
        powers - ops.power(overlaps - step, interaction),
        ops.power(overlaps + step, interaction) - powers,
    )


def rectified(overlaps: Tensor, power: int) -> Tensor:
    """F(m) = m^power above 0, and 0 below."""
    base, result = ops.relu(overlaps), None
    while power:  # by squaring: faster than what compilers make of a power
        if power % 2:
            result = base if result is None else result * base
        base, power = base * base, power // 2
    return result


def energy(
    interaction: int | str, overlaps: Tensor, units: int, is_stored: Tensor, beta: float
) -> Tensor:
    """-Σ_μ F(m_μ) of the stored patterns, `(batch,)`; -ln Σ_μ e^{β m_μ} if exponential."""
    if interaction == EXPONENTIAL:
        return -ops.logsumexp(ops.where(is_stored, beta * overlaps, LOWEST), axis=-1)
    powers = ops.power(overlaps / units, interaction)
    return -ops.sum(ops.where(is_stored, powers, 0), axis=-1)
