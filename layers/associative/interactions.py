"""How strongly a dense associative memory is drawn to a pattern, by their overlap m = ξ · s.

Its energy is -Σ_μ F(m_μ), and F grows faster than the square of Hopfield's network.
"""

import math

from keras import ops

from ..masks import LOWEST
from ..validation import check_positive

EXPONENTIAL = "exponential"


def check_interaction(interaction):
    """Raise a `ValueError` unless it is `"exponential"` or a positive integer."""
    if interaction != EXPONENTIAL:
        check_positive("interaction (a power, or 'exponential')", interaction)


def slopes(interaction, overlaps, units, is_stored, beta):
    """What F changes by if a unit turns: F(m) - F(m - 2) and F(m + 2) - F(m).

    Both are in a unit of their own for each row, which does not change the sign of a sum.

    Args:
        interaction: `"exponential"`, F(m) = e^{β m}, or n, F(m) = (m / units)^n.
        overlaps: m, shape `(batch, patterns)`.
        units: Width of a pattern.
        is_stored: Which patterns count, booleans `(patterns,)`.
        beta: β.
    """
    if interaction == EXPONENTIAL:
        overlaps = ops.where(is_stored, overlaps, LOWEST)
        largest = ops.max(overlaps, axis=-1, keepdims=True)
        differ = ops.exp(beta * (overlaps - largest))
        return differ * math.exp(-2 * beta), differ
    share, step = overlaps / units, 2 / units
    here = ops.power(share, interaction)
    return (
        here - ops.power(share - step, interaction),
        ops.power(share + step, interaction) - here,
    )


def rectified(overlaps, power):
    """F(m) = m^power above 0, and 0 below."""
    base, result = ops.relu(overlaps), None
    while power:  # by squares: what compilers make of a power is slower
        if power % 2:
            result = base if result is None else result * base
        base, power = base * base, power // 2
    return result


def energy(interaction, overlaps, units, is_stored, beta):
    """-Σ_μ F(m_μ) of what is stored, `(batch,)`; -ln Σ_μ e^{β m_μ} if exponential."""
    if interaction == EXPONENTIAL:
        return -ops.logsumexp(ops.where(is_stored, beta * overlaps, LOWEST), axis=-1)
    powers = ops.power(overlaps / units, interaction)
    return -ops.sum(ops.where(is_stored, powers, 0), axis=-1)
