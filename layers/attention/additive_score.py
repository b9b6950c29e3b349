"""The additive score: a perceptron of a query and a key."""

import math
from collections.abc import Callable
from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import InitializerLike, LayerOptions, Tensor
from ..precision import widen
from ..validation import check_positive
from .score import Score, project


@keras.saving.register_keras_serializable(package="keras_memory")
class AdditiveScore(Score):
    """A perceptron of one hidden layer: s(q, k) = v · tanh(W q + U k).

    The (batch × queries × keys × units) hidden layer is stored whole up to `max_elements`
    numbers, and for a single query or key. Where it is larger, the score is computed one unit
    at a time, and its gradient by recomputation (gradient checkpointing) of one unit at a
    time: it needs the memory of a few tables of scores then.

    Args:
        units: Width of the hidden layer; that of the keys if absent.
        max_elements: Up to how many numbers the hidden layer is stored whole.
        kernel_initializer: Of the weights.

    Call arguments:
        query, key: As for every `Score`; the widths may differ.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Raises:
        ValueError: `units` or `max_elements` is not a positive integer.

    Cost:
        n m units, not a product of matrices; memory for `max_elements` numbers of the
        hidden layer, which is computed twice beyond that.

    Example:

    >>> score = AdditiveScore(units=10)
    >>> keras.ops.shape(score(keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))))
    (2, 3, 5)

    Reference:
        [Bahdanau et al., 2014](https://arxiv.org/abs/1409.0473), section A.1.2. As there,
        the scores themselves have no bias, which would not change the weights.
    """

    def __init__(
        self,
        units: int | None = None,
        max_elements: int = 2**27,
        kernel_initializer: InitializerLike = "glorot_uniform",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        if units is not None:
            check_positive("units", units)
        check_positive("max_elements", max_elements)
        self.units = units
        self.max_elements = max_elements
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, query_shape, key_shape):
        units = self.units or key_shape[-1]

        def kernel(name, *shape):
            initializer = self.kernel_initializer.clone()
            return self.add_weight(shape=shape, initializer=initializer, name=name)

        self.query_kernel = kernel("query_kernel", query_shape[-1], units)  # W
        self.key_kernel = kernel("key_kernel", key_shape[-1], units)  # U
        self.scale = kernel("scale", units, 1)  # v

    def prepare(self, key: Tensor) -> Tensor:
        return project(ops.cast(key, self.compute_dtype), self.key_kernel)  # U k

    def compare(self, query: Tensor, key: Tensor) -> Tensor:  # the key is U k
        query = project(ops.cast(query, self.compute_dtype), self.query_kernel)  # W q
        scale = ops.cast(self.scale, query.dtype)  # v
        if 1 in (query.shape[-2], key.shape[-2]):  # no larger than U k, or W q
            return at_once(query, key, scale)
        sizes = (*ops.shape(key)[:-1], ops.shape(query)[-2], query.shape[-1])
        if all(isinstance(size, int) for size in sizes):
            is_small = math.prod(sizes) <= self.max_elements
            return (at_once if is_small else unit_by_unit)(query, key, scale)
        elements = ops.prod(ops.cast(ops.stack(sizes), "float32"))
        return either(elements <= self.max_elements, query, key, scale)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "max_elements": self.max_elements,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def at_once(query: Tensor, key: Tensor, scale: Tensor) -> Tensor:
    """Σ_u v_u tanh(q_u + k_u) with the whole (queries × keys × units) hidden layer."""
    hidden = ops.tanh(query[..., :, None, :] + key[..., None, :, :])
    return project(hidden, scale)[..., 0]


def at_once_gradient(
    query: Tensor, key: Tensor, scale: Tensor, upstream: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    hidden = ops.tanh(query[..., :, None, :] + key[..., None, :, :])
    slope = upstream[..., None] * (1 - ops.square(hidden))
    to_scale = ops.sum(widen(upstream[..., None] * hidden), axis=range(len(hidden.shape) - 1))
    return (
        ops.sum(slope, axis=-2) * scale[:, 0],
        ops.sum(slope, axis=-3) * scale[:, 0],
        ops.cast(to_scale[:, None], scale.dtype),
    )


def units_first(query: Tensor, key: Tensor, scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The units as the leading axis, over which loops run."""
    return ops.moveaxis(query, -1, 0), ops.moveaxis(key, -1, 0), scale


def by_units(query: Tensor, key: Tensor, scale: Tensor) -> Tensor:
    """Σ_u v_u tanh(q_u + k_u), one hidden unit after the other."""
    units = units_first(query, key, scale)

    def add(i, scores):
        q, k, v = (unit[i] for unit in units)
        return scores + widen(v * ops.tanh(q[..., :, None] + k[..., None, :]))

    start = widen(ops.zeros_like(query[..., :, None, 0] + key[..., None, :, 0]))
    return ops.cast(ops.fori_loop(0, scale.shape[0], add, start), scale.dtype)


def by_units_gradient(
    query: Tensor, key: Tensor, scale: Tensor, upstream: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    def of_unit(unit):
        q, k, v = unit
        hidden = ops.tanh(q[..., :, None] + k[..., None, :])
        slope = upstream * v * (1 - ops.square(hidden))
        to_v = ops.sum(widen(upstream * hidden), keepdims=True)
        return ops.sum(slope, axis=-1), ops.sum(slope, axis=-2), to_v

    to_query, to_key, to_scale = ops.map(of_unit, units_first(query, key, scale))
    return (
        ops.moveaxis(to_query, 0, -1),
        ops.moveaxis(to_key, 0, -1),
        ops.cast(ops.reshape(to_scale, (-1, 1)), scale.dtype),
    )


def with_gradient(
    value: Callable[..., Tensor], gradient: Callable[..., Any]
) -> Callable[..., Tensor]:
    """`value` with a gradient that recomputes what it needs (checkpointing)."""

    @ops.custom_gradient
    def function(*tensors):
        def pull_back(*arguments, upstream=None):
            upstream = arguments[0] if upstream is None else upstream
            return gradient(*tensors, upstream)

        return value(*tensors), pull_back

    return function


unit_by_unit = with_gradient(by_units, by_units_gradient)


def either(is_small: Tensor, *tensors: Tensor) -> Tensor:
    """At once or unit by unit. Tensors that were saved in one branch for its gradient would
    have no shape that XLA knows; recomputation saves none."""

    def choose(small, large):
        return lambda *args: ops.cond(is_small, lambda: small(*args), lambda: large(*args))

    function = with_gradient(
        choose(at_once, by_units), choose(at_once_gradient, by_units_gradient)
    )
    return function(*tensors)
