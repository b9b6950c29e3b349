"""Storage rules of a Hopfield network: from patterns of ±1 to couplings of its units.

Each rule takes the couplings so far, `(units, units)`, and further patterns, `(patterns,
units)`, and returns the couplings with those stored, too. Updates of states ignore the
diagonal, which a rule may use for itself.
"""

from keras import ops

from ..argument_types import Tensor
from ..arrays import takes_arrays

ROUNDING = 1e-6  # the fraction of a pattern's square that is due to rounding


@takes_arrays
def hebb(couplings: Tensor, patterns: Tensor) -> Tensor:
    """Hebb's rule, W + Σ_μ ξ^μ ξ^μᵀ / N: units that agree are coupled.

    Example:

    >>> patterns = ops.convert_to_tensor([[1.0, 1, -1], [1, -1, 1]])
    >>> ops.convert_to_numpy(hebb(ops.zeros((3, 3)), patterns)).round(2)
    array([[ 0.67,  0.  ,  0.  ],
           [ 0.  ,  0.67, -0.67],
           [ 0.  , -0.67,  0.67]], dtype=float32)

    Reference:
        [Hopfield, 1982](https://doi.org/10.1073/pnas.79.8.2554), equation 2.
    """
    return couplings + ops.matmul(ops.transpose(patterns), patterns) / patterns.shape[-1]


@takes_arrays
def storkey(couplings: Tensor, patterns: Tensor) -> Tensor:
    """Storkey's rule: Hebb's, less what the fields of the units already predict.

    w_ij + (ξ_i ξ_j - ξ_i h_ji - h_ij ξ_j) / N,  where h_ij = Σ_{k ≠ i, j} w_ik ξ_k

    With h = W ξ that is (1 + 2/N) W + ((ξ - h)(ξ - h)ᵀ - h hᵀ) / N beside the diagonal.

    Example:

    >>> patterns = ops.convert_to_tensor([[1.0, 1, -1], [1, -1, 1]])
    >>> ops.convert_to_numpy(storkey(ops.zeros((3, 3)), patterns)).round(2)
    array([[ 0.  ,  0.  ,  0.  ],
           [ 0.  ,  0.  , -0.89],
           [ 0.  , -0.89,  0.  ]], dtype=float32)

    Reference:
        [Storkey, 1997](https://doi.org/10.1007/BFb0020196).
    """
    units = patterns.shape[-1]
    between = 1 - ops.eye(units, dtype=couplings.dtype)

    def store(w, pattern):
        field = ops.matmul(w, pattern)  # h
        residual = pattern - field
        change = ops.outer(residual, residual) - ops.outer(field, field)
        return between * ((1 + 2 / units) * w + change / units)

    return _one_by_one(store, couplings, patterns)


@takes_arrays
def pseudo_inverse(couplings: Tensor, patterns: Tensor) -> Tensor:
    """The projection on the span of all stored patterns, X⁺ X, one pattern at a time.

    W + r rᵀ / |r|², where r = ξ - W ξ is the residual of the pattern.

    Example:

    >>> pattern = ops.convert_to_tensor([[1.0, -1, 1, -1]])
    >>> couplings = pseudo_inverse(ops.zeros((4, 4)), pattern)
    >>> ops.convert_to_numpy(ops.matmul(pattern, couplings))  # which it leaves as it is
    array([[ 1., -1.,  1., -1.]], dtype=float32)

    Reference:
        [Personnaz et al., 1985](https://doi.org/10.1051/jphyslet:01985004608035900).
    """

    def store(w, pattern):
        residual = pattern - ops.matmul(w, pattern)  # r
        residual = residual - ops.matmul(w, residual)  # once more, against rounding
        square = ops.sum(ops.square(residual))
        is_stored = square <= ROUNDING * patterns.shape[-1]
        scale = ops.where(is_stored, 0.0, ops.rsqrt(ops.where(is_stored, 1.0, square)))
        residual = residual * scale
        return w + ops.outer(residual, residual)

    return _one_by_one(store, couplings, patterns)


def _one_by_one(store, couplings, patterns):
    patterns = ops.convert_to_tensor(patterns)
    return ops.fori_loop(
        0, ops.shape(patterns)[0], lambda i, w: store(w, patterns[i]), couplings
    )


STORAGE_RULES = {"hebb": hebb, "pseudo_inverse": pseudo_inverse, "storkey": storkey}
