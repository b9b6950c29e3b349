"""Recurrent units with continuous stacks, as a model that predicts the next symbol."""

from typing import Any

import keras
from keras import ops

from ...layers import StackRNNCell
from ...layers.validation import check_not_negative
from .memory_machine import MemoryMachine


@keras.saving.register_keras_serializable(package="keras_memory")
class StackRNN(MemoryMachine):
    """Units with stacks: symbols in, at every step a logit for each symbol that may be next.

    `(batch, steps, symbols)`, one-hot, -> `(batch, steps, symbols)`, for any batch and any
    number of steps. It takes `sample_weight` of shape `(batch, steps)` to say which steps
    count. It comes compiled with Adam and the cross-entropy of the next symbols, which are
    integers `(batch, steps)`.

    Args:
        symbols: How many symbols there are.
        units: Units of the hidden layer.
        stacks: How many stacks, or lists.
        depth: Cells of a stack; if absent, as many as the sequence has steps.
        top: How many cells from the top the units see.
        structure: `"stack"` or `"list"`.
        no_op: Whether an action more leaves a stack as it is.
        recurrent: Whether the units see themselves, a step before.
        hard_actions: Whether, but in training, the likeliest action is taken alone.
        action_noise: Standard deviation of the noise in training that is added to the scores
            of actions: with it, they become hard, and count far beyond what they saw.

    Raises:
        ValueError: A size is not a positive integer, the noise is negative, `top` is above
            `depth`, or the structure is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    stream = np.array([[0, 0, 0, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0]])  # aaabbb ab aabb a
    symbols = np.eye(2)[stream]
    model = zoo.StackRNN(symbols=2)
    model.fit(symbols[:, :-1], stream[:, 1:], epochs=10)
    trace = model.trace(symbols)  # the cells of the stacks and the actions, step by step
    zoo.figures.stack_tape(trace).savefig("stacks.png")
    ```

    Reference:
        [Joulin & Mikolov, 2015](https://arxiv.org/abs/1503.01007). Its optimiser is gradient
        descent at every 50 steps; the action noise is ours.
    """

    def __init__(
        self,
        symbols: int = 2,
        units: int = 40,
        stacks: int = 10,
        depth: int | None = None,
        top: int = 2,
        structure: str = "stack",
        no_op: bool = False,
        recurrent: bool = False,
        hard_actions: bool = True,
        action_noise: float = 1.0,
        name: str = "stack_rnn",
    ) -> None:
        check_not_negative("action_noise", action_noise)
        cell = StackRNNCell(
            units,
            stacks=stacks,
            depth=depth,
            top=top,
            structure=structure,
            no_op=no_op,
            recurrent=recurrent,
            hard_actions=hard_actions,
            action_noise=action_noise > 0,
        )
        noise = WithNoise(cell.action_units, action_noise) if action_noise else None
        super().__init__(cell, symbols, symbols, name, first=noise)
        self.arguments = {
            "symbols": symbols,
            "units": units,
            "stacks": stacks,
            "depth": depth,
            "top": top,
            "structure": structure,
            "no_op": no_op,
            "recurrent": recurrent,
            "hard_actions": hard_actions,
            "action_noise": action_noise,
            "name": name,
        }
        self.compile_default(
            optimizer=keras.optimizers.Adam(6e-3, global_clipnorm=1.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weighted_metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")],
        )

    def predictions(self, logits: Any) -> Any:
        """Probabilities of the next symbol."""
        return ops.softmax(logits)

    def signals(self, outputs: Any) -> dict[str, Any]:
        """The probabilities of the actions, `(stacks, actions)`, and the units."""
        return {"actions": self.cell.action_probabilities(outputs), "units": outputs}


class WithNoise(keras.layers.Layer):
    """Inputs `(..., dim)` with numbers `(..., units)` after them: noise, zeros at inference.

    Args:
        units: How many numbers.
        stddev: Their standard deviation in training.
    """

    def __init__(self, units: int, stddev: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.stddev = stddev
        self.noise = keras.layers.GaussianNoise(1.0, dtype=self.dtype_policy)

    def call(self, inputs, training=False):
        numbers = ops.repeat(ops.zeros_like(inputs[..., :1]), self.units, axis=-1)
        noise = self.stddev * self.noise(numbers, training=training)
        return ops.concatenate([inputs, noise], axis=-1)
