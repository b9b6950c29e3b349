"""Adaptive computation time: a layer is repeated, at each position until that one halts."""

import inspect
from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..masks import check_broadcasts, zero_masked
from ..precision import wide_dtype, widen
from ..sublayers import build_sublayer, deserialized
from ..validation import check_fraction, check_not_negative, check_positive


def sinusoids(numbers: Tensor, dim: int) -> Tensor:
    """Signals of numbers, as of positions or steps: sines, then cosines, `(..., dim)`.

    Wavelengths are in geometric progression from 2π to 2π 10,000.
    """
    half = (dim + 1) // 2
    frequencies = ops.exp(
        -ops.arange(half, dtype="float32") * (ops.log(10_000.0) / max(half - 1, 1))
    )
    angles = ops.cast(numbers, "float32")[..., None] * frequencies
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)[..., :dim]


@keras.saving.register_keras_serializable(package="keras_memory")
class AdaptiveHalting(Layer):
    """A step that is repeated, at each position until that one halts, at its own time.

    x_n = s_{n-1} + signals + τ(n);  h_n = sigmoid(w · x_n + b);  s_n = step(x_n)

    A position halts at the first N with h_1 + ... + h_N > threshold, or at `max_steps`. Its
    result is Σ_n p_n s_n, where p_n = h_n before N and p_N is the remainder R = 1 - h_1 - ...
    - h_{N-1}. From then on, it is to the others what it was at N. The ponder cost N + R, in
    the mean over all positions and times `ponder_weight`, is added to the loss: its gradient
    is that of R, so that the cheaper result is one which halts early. τ(n), of sines and
    cosines, is the signal of the step, by which the same weights tell one from another.

    Padding takes no step, and its result is zeros.

    Args:
        step: A layer from vectors `(batch..., dim)` to others of that shape. If it takes a
            `mask`, it gets one. It may return more: `(vectors, ...)`.
        max_steps: How many steps a position takes at most.
        threshold: The sum of halting probabilities above which a position halts.
        ponder_weight: By how much the ponder cost counts; 0 for not at all.
        bias_initializer: Of b: the higher, the fewer steps at first.

    Call arguments:
        states: s_0, shape `(batch..., dim)`.
        signals: Vectors that are added before every step, of the same shape, as those of
            positions; none if absent.
        mask: Booleans of shape `(batch...)`, `False` for padding.

    Returns:
        `(outputs, weights, updates, remainders)`: the results, `(batch..., dim)`; p,
        `(batch..., max_steps)`, 0 after a position halted; N and R, both `(batch...)`. What
        else the step returns comes after them, each `(batch, max_steps, ...)`.

    Raises:
        ValueError: `max_steps` is not a positive integer, a number is out of range, or the
            step changes the shape.

    Cost:
        `max_steps` times that of the step, whenever positions halt: shapes and time are the
        same for all data, as compilers want them.

    Example:

    >>> halting = AdaptiveHalting(keras.layers.Dense(8, activation="tanh"), max_steps=6)
    >>> outputs, weights, updates, remainders = halting(keras.ops.ones((2, 5, 8)))
    >>> keras.ops.shape(outputs), keras.ops.shape(weights), keras.ops.shape(updates)
    ((2, 5, 8), (2, 5, 6), (2, 5))

    Reference:
        [Graves, 2016](https://arxiv.org/abs/1603.08983), section 2, and [Dehghani et al.,
        2018](https://arxiv.org/abs/1807.03819), section 2.2. In the latter's code the last
        step takes no remainder, and of the states before it less than their p is left.
    """

    def __init__(
        self,
        step: keras.layers.Layer,
        max_steps: int = 6,
        threshold: float = 0.99,
        ponder_weight: float = 0.01,
        bias_initializer: str | keras.Initializer = "ones",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("max_steps", max_steps)
        check_fraction("threshold", threshold)
        check_not_negative("ponder_weight", ponder_weight)
        self.step = step
        self.max_steps = max_steps
        self.threshold = threshold
        self.ponder_weight = ponder_weight
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.supports_masking = True

    def build(self, states_shape):
        build_sublayer(self, self.step, states_shape)
        self.kernel = self.add_weight(shape=(states_shape[-1],), name="kernel")  # w
        self.bias = self.add_weight(  # b
            shape=(), initializer=self.bias_initializer, name="bias"
        )

    def call(self, states, signals=None, mask=None):
        is_item = ops.ones_like(states[..., 0], "bool")
        if mask is not None:
            check_broadcasts("mask", mask, states.shape[:-1])
            is_item = ops.logical_and(is_item, mask)
        states = zero_masked(states, is_item)
        running = ops.cast(is_item, wide_dtype(self.compute_dtype))
        total = updates = remainders = ops.zeros_like(running)
        outputs, weights, others = 0.0, [], []
        for n in range(1, self.max_steps + 1):
            inputs = zero_masked(self._inputs(states, signals, n), is_item)  # x_n
            weight, runs_on = self._halting(inputs, running, total, n)
            made, *more = self._stepped(inputs, is_item)
            states = ops.where(ops.cast(running, "bool")[..., None], made, states)  # s_n
            outputs = outputs + weight[..., None] * widen(states)
            total, updates = total + weight, updates + running
            remainders = remainders + (running - runs_on) * weight
            running = runs_on
            weights.append(weight)
            others.append(more)
        self._add_ponder_cost(updates + remainders, is_item)
        return (
            ops.cast(outputs, self.compute_dtype),
            ops.stack(weights, axis=-1),
            updates,
            remainders,
            *(ops.stack(one, axis=1) for one in zip(*others, strict=True)),
        )

    def _inputs(self, states, signals, n):
        """States with the signals of positions and of the step."""
        signal = sinusoids(ops.convert_to_tensor(n), self.kernel.shape[0])
        inputs = states + ops.cast(signal, states.dtype)
        return inputs if signals is None else inputs + ops.cast(signals, states.dtype)

    def _halting(
        self, inputs: Tensor, running: Tensor, total: Tensor, n: int
    ) -> tuple[Tensor, Tensor]:
        """p_n, and 1 at positions that go on after step n, else 0."""
        kernel = ops.cast(self.kernel, self.compute_dtype)
        score = widen(ops.sum(inputs * kernel, axis=-1)) + widen(self.bias)
        probability = ops.sigmoid(score)  # h_n
        halts = total + probability > self.threshold
        if n == self.max_steps:
            halts = ops.ones_like(halts)
        weight = running * ops.where(halts, 1 - total, probability)
        return weight, ops.where(halts, 0.0, running)

    def _add_ponder_cost(self, cost, is_item):
        if self.ponder_weight:
            count = ops.maximum(ops.sum(ops.cast(is_item, cost.dtype)), 1)
            self.add_loss(self.ponder_weight * ops.sum(cost) / count)

    def _stepped(self, inputs, is_item):
        takes_mask = "mask" in inspect.signature(self.step.call).parameters
        made = self.step(inputs, **({"mask": is_item} if takes_mask else {}))
        made = made if isinstance(made, (tuple, list)) else (made,)
        given, taken = tuple(made[0].shape), tuple(inputs.shape)
        if len(given) != len(taken) or given[-1] != taken[-1]:
            raise ValueError(
                f"Expected a step of {self.name} that gives vectors of the shape of its "
                f"inputs, {taken}. Received: {given}"
            )
        states = ops.cast(zero_masked(made[0], is_item), self.compute_dtype)
        return states, *made[1:]

    def compute_mask(self, states, signals=None, previous_mask=None):
        """None: padding is zeros."""

    def get_config(self):
        return {
            **super().get_config(),
            "step": keras.saving.serialize_keras_object(self.step),
            "max_steps": self.max_steps,
            "threshold": self.threshold,
            "ponder_weight": self.ponder_weight,
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "step"))
