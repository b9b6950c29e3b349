"""Entity slots: a memory that keeps track of who and what a story is about."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import ActivationLike, InitializerLike, LayerOptions, Tensor
from ..memory_cell import MemoryCell
from ..precision import widen
from ..validation import check_positive

SMALLEST = 1e-12  # below that, a squared norm is taken for zero


@keras.saving.register_keras_serializable(package="keras_memory")
class EntityMemoryCell(MemoryCell):
    """Slots of entities, each with a key, which a sentence updates where it is about them.

    One step, from the vector s_t of a sentence and the contents h_j of each slot j:

        g_j = σ(s_t · h_j + s_t · w_j)                  gate
        h̃_j = φ(U h_j + V w_j + W s_t)                  candidate
        h_j' = (h_j + g_j h̃_j) / |h_j + g_j h̃_j|
        output = g

    The gate is open where the sentence fits what the slot contains, h_j, or what it is for,
    its key w_j. A content has norm 1: what is added to it makes what it contained weaker.
    The contents start from the keys. A sentence of zeros is none: its gates are 0, and the
    state stays as it is.

    Args:
        slots: How many entities.
        dim: d, width of a sentence, of a key and of a slot.
        activation: φ, a name or a function; if absent, x, or α x where that is negative, with
            α learned from 1 for each entry (PReLU).
        kernel_initializer: Of U, V, W and the keys; normal with a deviation of 0.1 if absent.

    Call arguments:
        inputs: s_t, shape `(batch, dim)`.
        states: The state, in the order of `state_names`.

    Returns:
        `(output, states)`: g, shape `(batch, slots)`, and the new state.

    Raises:
        ValueError: A size is not a positive integer, or inputs are not as wide as `dim`.

    Cost:
        A product of each slot with a matrix of dim by dim.

    Example:

    >>> sentences = keras.ops.ones((2, 5, 8))
    >>> rnn = MemoryRNN(EntityMemoryCell(slots=20, dim=8), return_state=True)
    >>> gates, entities = rnn(sentences)
    >>> keras.ops.shape(gates), keras.ops.shape(entities)  # 20 slots of 8
    ((2, 20), (2, 160))

    Reference:
        [Henaff et al., 2016](https://arxiv.org/abs/1612.03969), section 2.2. In ours, a
        sentence of padding alone is left out.
    """

    def __init__(
        self,
        slots: int,
        dim: int,
        activation: ActivationLike | None = None,
        kernel_initializer: InitializerLike | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("slots", slots)
        check_positive("dim", dim)
        self.slots = slots
        self.dim = dim
        self.activation = keras.activations.get(activation) if activation else None
        self.kernel_initializer = keras.initializers.get(
            kernel_initializer or keras.initializers.RandomNormal(stddev=0.1)
        )

    @property
    def output_size(self) -> int:
        return self.slots

    @property
    def state_shapes(self) -> dict[str, tuple[int, ...]]:
        return {"entities": (self.slots, self.dim)}  # h

    def initial_state(self) -> dict[str, Tensor]:
        return {"entities": self.keys}

    def build(self, input_shape):
        dim = self.dim
        if input_shape[-1] != dim:
            raise ValueError(
                f"Expected inputs of dim={dim} for {self.name}. Received: "
                f"{tuple(input_shape)}"
            )
        kernels = {"keys": self.slots, "content_kernel": dim, "key_kernel": dim}
        self.keys, self.content_kernel, self.key_kernel, self.input_kernel = (  # w, U, V, W
            self.add_weight(
                shape=(rows, dim), initializer=self.kernel_initializer.clone(), name=name
            )
            for name, rows in {**kernels, "input_kernel": dim}.items()
        )
        if self.activation is None:
            self.slopes = self.add_weight(  # α
                shape=(dim,), initializer="ones", name="slopes"
            )

    def step(
        self, inputs: Tensor, state: dict[str, Tensor], training: bool | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        entities, keys = state["entities"], widen(self.keys)
        is_sentence = ops.any(ops.not_equal(inputs, 0), axis=-1, keepdims=True)
        addressed = ops.einsum("bd,bnd->bn", inputs, entities + keys)
        gates = ops.where(is_sentence, ops.sigmoid(addressed), 0)  # g
        candidates = self._activated(  # h̃
            # Not a matmul, in whose gradient XLA needs the size of the batch.
            ops.einsum("bnd,de->bne", entities, widen(self.content_kernel))
            + ops.matmul(keys, widen(self.key_kernel))
            + ops.matmul(inputs, widen(self.input_kernel))[:, None]
        )
        updated = entities + gates[..., None] * candidates
        squares = ops.sum(ops.square(updated), axis=-1, keepdims=True)
        updated = updated * ops.rsqrt(ops.maximum(squares, SMALLEST))
        return gates, {"entities": ops.where(is_sentence[..., None], updated, entities)}

    def _activated(self, x):
        if self.activation is not None:
            return self.activation(x)
        return ops.maximum(x, 0) + widen(self.slopes) * ops.minimum(x, 0)

    def get_config(self) -> dict[str, Any]:
        activation = self.activation and keras.activations.serialize(self.activation)
        return {
            **super().get_config(),
            "slots": self.slots,
            "dim": self.dim,
            "activation": activation,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
