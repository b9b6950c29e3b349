"""A dense associative memory whose patterns are learned, as a classifier."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..precision import bounded
from ..validation import check_positive
from .interactions import rectified


@keras.saving.register_keras_serializable(package="keras_memory")
class LearnedDenseMemory(Layer):
    """A dense associative memory with learned patterns, which completes unknown units.

    z_α = Σ_μ F(h_μ + 2 ξ_μα) - F(h_μ),  h_μ = Σ_i ξ_μi v_i - Σ_γ ξ_μγ,  F(m) = max(m, 0)^n

    It is one update of each unit. All units start at -1; z_α is the decrease of the energy
    -Σ_μ F if unit α flips to 1 and the others do not. Memories ξ have visible units i and
    units α.

    Args:
        units: The number of units to complete.
        memories: The number of learned patterns.
        power: n, a positive integer: the higher, the fewer memories are active at a time.

    Call arguments:
        inputs: v, shape `(..., visible)`.

    Returns:
        z, `(..., units)`.

    Raises:
        ValueError: A number is not a positive integer.

    Cost:
        A product with the memories, `memories` times the visible units and those to
        be completed.

    Example:

    >>> layer = LearnedDenseMemory(units=10, memories=50)
    >>> keras.ops.shape(layer(keras.ops.ones((2, 784))))
    (2, 10)

    Reference:
        [Krotov & Hopfield, 2016](https://arxiv.org/abs/1606.01164), equation 9, before its
        tanh(β z). Theirs keeps memories in [-1, 1]; here they are free, and β is in them.
    """

    def __init__(
        self, units: int, memories: int, power: int = 3, **kwargs: Unpack[LayerOptions]
    ) -> None:
        # Powers of overlaps need their width, whatever the policy.
        super().__init__(autocast=False, **kwargs)
        check_positive("units", units)
        check_positive("memories", memories)
        check_positive("power", power)
        self.units = units
        self.memories = memories
        self.power = power

    def build(self, inputs_shape):
        visible = inputs_shape[-1]
        self.patterns = self.add_weight(  # ξ
            shape=(self.memories, visible + self.units),
            initializer=keras.initializers.RandomNormal(stddev=0.5 / visible**0.5),
            autocast=False,
            name="patterns",
        )

    def call(self, inputs):
        units = ops.convert_to_tensor(self.patterns)[:, -self.units :]
        overlaps = self.overlaps(inputs)[..., None]
        flipped = rectified(overlaps + 2 * units, self.power)
        return ops.sum(flipped - rectified(overlaps, self.power), axis=-2)

    def overlaps(self, inputs: Tensor) -> Tensor:
        """h, `(..., memories)`."""
        patterns = ops.convert_to_tensor(self.patterns)
        visible, units = patterns[:, : -self.units], patterns[:, -self.units :]
        inputs = ops.cast(inputs, patterns.dtype)
        overlaps = ops.matmul(bounded(inputs), ops.transpose(visible))
        largest = 1e36 ** (1 / self.power)  # of which the power is finite in float32
        return ops.clip(overlaps - ops.sum(units, axis=-1), -largest, largest)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "memories": self.memories,
            "power": self.power,
        }
