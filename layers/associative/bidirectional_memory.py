"""A bidirectional associative memory: either pattern of a pair recalls the other."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..precision import wide_dtype
from ..validation import check_positive
from .binary_updates import settled, sign


@keras.saving.register_keras_serializable(package="keras_memory")
class BidirectionalMemory(Layer):
    """A bidirectional associative memory: y ← sign(x W), x ← sign(y Wᵀ), iterated.

    W = Σ_μ x^μ y^μᵀ / √(N M). E = -x W y never rises, and every cue ends at a fixed point. On
    either side, 0 is an unknown unit.

    Args:
        max_updates: Updates of both sides, at most.

    Call arguments:
        first: x, ±1 or 0, shape `(batch, N)`.
        second: y, ±1 or 0, shape `(batch, M)`.
        training: Whether to store the pairs.

    Returns:
        Where the updates ended, two tensors of the shapes of the inputs.

    Raises:
        ValueError: `max_updates` is not a positive integer, or inputs have another rank.

    Cost:
        N M an update, for sides of N and M units.

    Example:

    >>> memory = BidirectionalMemory()
    >>> first = keras.ops.array([[1.0, 1, -1, -1], [1, -1, 1, -1]])
    >>> second = keras.ops.array([[1.0, 1], [1, -1]])
    >>> _ = memory(first, second, training=True)
    >>> memory(first, 0 * second)[1].numpy().astype(int).tolist()
    [[1, 1], [1, -1]]

    Reference:
        [Kosko, 1988](https://doi.org/10.1109/21.87054).
    """

    def __init__(self, max_updates: int = 100, **kwargs: Unpack[LayerOptions]) -> None:
        # Couplings and states need their width, whatever the policy.
        super().__init__(autocast=False, **kwargs)
        check_positive("max_updates", max_updates)
        self.max_updates = max_updates

    def build(self, first_shape, second_shape):
        if len(first_shape) != 2 or len(second_shape) != 2:
            raise ValueError(
                f"Expected pairs (batch, units) for {self.name}. Received: "
                f"{tuple(first_shape)} and {tuple(second_shape)}"
            )
        self.couplings = self.add_weight(  # W
            shape=(first_shape[-1], second_shape[-1]),
            initializer="zeros",
            dtype=wide_dtype(self.variable_dtype),
            autocast=False,
            trainable=False,
            name="couplings",
        )
        self.stored = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="stored"
        )

    def call(self, first, second, training=False):
        if training:
            self.store(first, second)
            return first, second
        recalled = self.recall(first, second)
        return recalled["first"], recalled["second"]

    def store(self, first: Tensor, second: Tensor) -> None:
        """Store pairs of ±1, `(pairs, N)` and `(pairs, M)`, in addition to those before."""
        first, second = (ops.cast(side, self.couplings.dtype) for side in (first, second))
        scale = (first.shape[-1] * second.shape[-1]) ** 0.5
        change = ops.matmul(ops.transpose(first), second) / scale
        self.couplings.assign(ops.convert_to_tensor(self.couplings) + change)
        self.stored.assign_add(ops.shape(first)[0])

    def recall(self, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """Update both sides in turn until a fixed point.

        Returns:
            `{"first": (batch, N), "second": (batch, M), "energies": (batch,), "updates":
            (batch,), "period": (batch,)}`, as `HopfieldMemory.recall`.
        """
        units = self.couplings.shape[0]

        def update(pair, step):
            pair = self.update(pair[:, :units], pair[:, units:])
            return ops.concatenate(pair, axis=-1)

        first, second = (ops.cast(side, self.couplings.dtype) for side in (first, second))
        pair = ops.stop_gradient(ops.concatenate([first, second], axis=-1))
        pair, updates, period = settled(update, pair, self.max_updates)
        first, second = pair[:, :units], pair[:, units:]
        return {
            "first": first,
            "second": second,
            "energies": self.energy(first, second),
            "updates": updates,
            "period": period,
        }

    def update(self, first: Tensor, second: Tensor, step: int = 0) -> tuple[Tensor, Tensor]:
        """Both sides after one update: the second by the first, then the first by it."""
        couplings = ops.convert_to_tensor(self.couplings)
        first, second = (ops.cast(side, couplings.dtype) for side in (first, second))
        second = sign(ops.matmul(first, couplings), second)
        return sign(ops.matmul(second, ops.transpose(couplings)), first), second

    def energy(self, first: Tensor, second: Tensor) -> Tensor:
        """-x W y of each pair, `(batch,)`."""
        first, second = (ops.cast(side, self.couplings.dtype) for side in (first, second))
        return -ops.sum(ops.matmul(first, ops.convert_to_tensor(self.couplings)) * second, -1)

    def get_config(self):
        return {**super().get_config(), "max_updates": self.max_updates}
