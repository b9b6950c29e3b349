"""Recurrent cells with one hidden layer: of Elman, of Jordan, and of both at once."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import ActivationLike, LayerOptions, Tensor
from ..layer import Layer
from ..precision import widen
from ..sublayers import build_sublayer
from ..validation import check_positive


class SimpleCell(Layer):
    """Base of cells whose hidden units take the input and what is fed back.

    A subclass has the names and widths of its states, `state_widths`, and its `output_size`,
    and writes `call`.
    """

    def __init__(
        self,
        units: int,
        activation: ActivationLike,
        output_activation: ActivationLike,
        use_bias: bool,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("units", units)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.output_activation = keras.activations.get(output_activation)
        self.use_bias = use_bias

    state_widths: dict[str, int]
    output_size: int

    @property
    def state_size(self) -> list[int]:
        """The width of each state, in the order of `state_widths`."""
        return list(self.state_widths.values())

    def get_initial_state(self, batch_size: int) -> list[Tensor]:
        """Zeros."""
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in self.state_size]

    def by_name(self, states: list[Tensor]) -> dict[str, Tensor]:
        """The states by name."""
        return dict(zip(self.state_widths, states, strict=True))

    def _dense(self, name, units, use_bias=False, kernel_initializer="glorot_uniform"):
        return keras.layers.Dense(
            units,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            dtype=self.dtype_policy,
            name=name,
        )

    def compute_output_shape(self, inputs_shape, states_shape=None):
        batch = inputs_shape[0]
        return (batch, self.output_size), [(batch, size) for size in self.state_size]

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "output_activation": keras.activations.serialize(self.output_activation),
            "use_bias": self.use_bias,
        }


@keras.saving.register_keras_serializable(package="keras_memory")
class ElmanCell(SimpleCell):
    """Elman's simple recurrent network: the hidden units see what they were a step before.

    h_t = f(W x_t + U h_{t-1} + b);  y_t = g(V h_t + c), or h_t itself

    Args:
        units: Width of h_t.
        output_units: Width of y_t; without it, the output is h_t.
        activation: f, of the hidden units.
        output_activation: g, of the outputs.
        use_bias: Whether there are b and c.

    Call arguments:
        inputs: x_t, shape `(batch, features)`.
        states: `[h_{t-1}]`, shape `(batch, units)`.
        training: Not used.

    Returns:
        `(output, states)`: y_t, shape `(batch, output_units)`, or h_t; and `[h_t]`.

    Raises:
        ValueError: A size is not a positive integer.

    Cost:
        Two products with matrices for each step, three with outputs.

    Example:

    >>> cell = ElmanCell(2, 2, activation="linear", use_bias=False)
    >>> cell.build((None, 2))
    >>> cell.set_weights([keras.ops.ones((2, 2))] * 3)
    >>> sequences = keras.ops.convert_to_tensor([[[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]]])
    >>> outputs = MemoryRNN(cell, return_sequences=True)(sequences)
    >>> keras.ops.convert_to_numpy(outputs)[0].tolist()
    [[4.0, 4.0], [12.0, 12.0], [32.0, 32.0]]

    Reference:
        [Elman, 1990](https://doi.org/10.1207/s15516709cog1402_1). Ours has a hyperbolic
        tangent by default where the paper has the logistic function.
    """

    def __init__(
        self,
        units: int,
        output_units: int | None = None,
        activation: ActivationLike = "tanh",
        output_activation: ActivationLike = "linear",
        use_bias: bool = True,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(units, activation, output_activation, use_bias, **kwargs)
        if output_units is not None:
            check_positive("output_units", output_units)
        self.output_units = output_units
        self.from_inputs = self._dense("from_inputs", units, use_bias)  # W, b
        self.from_hidden = self._dense("from_hidden", units, False, "orthogonal")  # U
        self.to_output = None
        if output_units is not None:
            self.to_output = self._dense("to_output", output_units, use_bias)  # V, c

    @property
    def state_widths(self) -> dict[str, int]:
        return {"hidden": self.units}

    @property
    def output_size(self) -> int:
        return self.output_units or self.units

    def build(self, input_shape):
        batch = input_shape[0]
        build_sublayer(self, self.from_inputs, input_shape)
        build_sublayer(self, self.from_hidden, (batch, self.units))
        if self.to_output is not None:
            build_sublayer(self, self.to_output, (batch, self.units))

    def call(self, inputs, states, training=None):
        hidden = self.from_inputs(inputs) + self.from_hidden(states[0])
        hidden = self.activation(hidden)  # h_t
        if self.to_output is None:
            return hidden, [hidden]
        return self.output_activation(self.to_output(hidden)), [hidden]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_units": self.output_units}


@keras.saving.register_keras_serializable(package="keras_memory")
class JordanCell(SimpleCell):
    """Jordan's recurrent network: the hidden units see what the output was a step before.

    h_t = f(W x_t + U y_{t-1} + R h_{t-1} + b);  o_t = V h_t + c;  y_t = g(o_t)

    with R if `recurrent`, which makes it a hybrid of Elman's network and Jordan's. With g the
    soft-max, what is fed back is the distribution over the labels of the step before. The
    output is o_t, which losses take that start from logits.

    With `teacher_forcing`, the inputs end in the true y_{t-1} of the step before, of
    `output_units` numbers, zeros at the first step: in training, they are fed back, and at
    any other time the network's own.

    Args:
        units: Width of h_t.
        output_units: Width of o_t and y_t.
        recurrent: Whether the hidden units also see h_{t-1}.
        activation: f, of the hidden units.
        output_activation: g, of what is fed back.
        use_bias: Whether there are b and c.
        teacher_forcing: Whether the inputs end in the true y_{t-1}.

    Call arguments:
        inputs: x_t, shape `(batch, features)`, or `(batch, features + output_units)`.
        states: `[y_{t-1}]`, shape `(batch, output_units)`, and h_{t-1} if `recurrent`.
        training: Whether the true y_{t-1} is fed back, if it is there.

    Returns:
        `(output, states)`: o_t, shape `(batch, output_units)`, and the new states.

    Raises:
        ValueError: A size is not a positive integer, or there are no inputs beside the true
            outputs.

    Cost:
        Three products with matrices for each step, four if `recurrent`.

    Example:

    >>> cell = JordanCell(16, 5, teacher_forcing=True)
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 7, 3 + 5))))
    (2, 7, 5)

    Reference:
        Jordan, 1986, as [Mesnil et al., 2013](https://doi.org/10.21437/Interspeech.2013-596)
        has it for words; the hybrid is that of
        [Mesnil et al., 2015](https://doi.org/10.1109/TASLP.2014.2383614). Ours has no
        self-connections of the units that hold the output.
    """

    def __init__(
        self,
        units: int,
        output_units: int,
        recurrent: bool = False,
        activation: ActivationLike = "tanh",
        output_activation: ActivationLike = "softmax",
        use_bias: bool = True,
        teacher_forcing: bool = False,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(units, activation, output_activation, use_bias, **kwargs)
        check_positive("output_units", output_units)
        self.output_units = output_units
        self.recurrent = recurrent
        self.teacher_forcing = teacher_forcing
        self.from_inputs = self._dense("from_inputs", units, use_bias)  # W, b
        self.from_output = self._dense("from_output", units)  # U
        self.from_hidden = None
        if recurrent:
            self.from_hidden = self._dense("from_hidden", units, False, "orthogonal")  # R
        self.to_output = self._dense("to_output", output_units, use_bias)  # V, c

    @property
    def state_widths(self) -> dict[str, int]:
        hidden = {"hidden": self.units} if self.recurrent else {}
        return {"output": self.output_units, **hidden}

    @property
    def output_size(self) -> int:
        return self.output_units

    def build(self, input_shape):
        batch, features = input_shape
        forced = self.output_units if self.teacher_forcing else 0
        if features is not None and features <= forced:
            raise ValueError(
                f"Expected more inputs than {forced} of teacher_forcing for {self.name}. "
                f"Received: {features}"
            )
        build_sublayer(self, self.from_inputs, (batch, features - forced))
        build_sublayer(self, self.from_output, (batch, self.output_units))
        if self.from_hidden is not None:
            build_sublayer(self, self.from_hidden, (batch, self.units))
        build_sublayer(self, self.to_output, (batch, self.units))

    def call(self, inputs, states, training=None):
        before = states[0]  # y_{t-1}
        if self.teacher_forcing:
            true = inputs[:, -self.output_units :]
            inputs = inputs[:, : -self.output_units]
            before = true if training else before
        hidden = self.from_inputs(inputs) + self.from_output(before)
        if self.from_hidden is not None:
            hidden = hidden + self.from_hidden(states[1])
        hidden = self.activation(hidden)  # h_t
        logits = self.to_output(hidden)  # o_t
        output = ops.cast(self.output_activation(widen(logits)), self.compute_dtype)  # y_t
        return logits, [output, hidden] if self.recurrent else [output]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_units": self.output_units,
            "recurrent": self.recurrent,
            "teacher_forcing": self.teacher_forcing,
        }
