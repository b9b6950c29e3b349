"""How a Hopfield network stores patterns of ±1: from them to couplings of its units.

Each rule takes the couplings so far, `(units, units)`, and further patterns, `(patterns,
units)`, and returns the couplings with those stored, too. No unit is coupled to itself when
states are updated; what stands on the diagonal is the rule's own.
"""

from keras import ops

NOTHING = 1e-6  # a share of a pattern's square that is rounding


def hebb(couplings, patterns):
    """W + Σ_μ ξ^μ ξ^μᵀ / N: units that agree are coupled.

    Reference:
        [Hopfield, 1982](https://doi.org/10.1073/pnas.79.8.2554), equation 2.
    """
    return couplings + ops.matmul(ops.transpose(patterns), patterns) / patterns.shape[-1]


def storkey(couplings, patterns):
    """One pattern after the other, less what the fields of its units say of it already.

    w_ij + (ξ_i ξ_j - ξ_i h_ji - h_ij ξ_j) / N,  where h_ij = Σ_{k ≠ i, j} w_ik ξ_k

    With h = W ξ that is (1 + 2/N) W + ((ξ - h)(ξ - h)ᵀ - h hᵀ) / N beside the diagonal.

    Reference:
        [Storkey, 1997](https://doi.org/10.1007/BFb0020196).
    """
    units = patterns.shape[-1]
    between = 1 - ops.eye(units, dtype=couplings.dtype)

    def store(w, pattern):
        field = ops.matmul(w, pattern)  # h
        rest = pattern - field
        change = ops.outer(rest, rest) - ops.outer(field, field)
        return between * ((1 + 2 / units) * w + change / units)

    return _one_by_one(store, couplings, patterns)


def pseudo_inverse(couplings, patterns):
    """The projection on all that is stored, X⁺ X, by one pattern after the other.

    W + r rᵀ / |r|², where r = ξ - W ξ is what is new of the pattern.

    Reference:
        [Personnaz et al., 1985](https://doi.org/10.1051/jphyslet:01985004608035900).
    """

    def store(w, pattern):
        new = pattern - ops.matmul(w, pattern)  # r
        new = new - ops.matmul(w, new)  # and what rounding left of what is known
        square = ops.sum(ops.square(new))
        known = square <= NOTHING * patterns.shape[-1]
        new = new * ops.where(known, 0.0, ops.rsqrt(ops.where(known, 1.0, square)))
        return w + ops.outer(new, new)

    return _one_by_one(store, couplings, patterns)


def _one_by_one(store, couplings, patterns):
    patterns = ops.convert_to_tensor(patterns)
    return ops.fori_loop(
        0, ops.shape(patterns)[0], lambda i, w: store(w, patterns[i]), couplings
    )


STORAGE_RULES = {"hebb": hebb, "pseudo_inverse": pseudo_inverse, "storkey": storkey}
