"""Running a cell, or any function, over time."""

import contextlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import keras
from keras import ops

from .argument_types import Tensor
from .masks import zero_masked
from .sublayers import freeze_with
from .validation import check_not_empty


@keras.saving.register_keras_serializable(package="keras_memory")
class MemoryRNN(keras.layers.RNN):
    """`keras.layers.RNN` that reads its cell's weights once, before the time loop.

    The result is that of `keras.layers.RNN`, sooner: read inside the loop, TensorFlow
    keeps a copy of every weight for every step of the backward pass. The arguments are
    those of `keras.layers.RNN`. Besides, with any cell,

    * cells inside the cell, as a controller, drop out as Keras's own do: the same units at
      every step of a sequence, others in the next batch;
    * `stateful=True` starts from the cell's `get_initial_state`, again after
      `reset_state()`. A learned initial state has a gradient in the batches that start from
      it, not in those that go on from the batch before;
    * a state may be as long as the sequence: see `MemoryCell`;
    * sequences may be masked on every backend, where Keras's loop on JAX refuses masks for a
      cell whose output and states have several widths.

    Cost:
        A step of the cell for each step of the sequence, one after the other.

    Example:

    >>> cell = NTMCell(keras.layers.LSTMCell(32), memory_slots=16, memory_width=8)
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 5, 9))))
    (2, 5, 40)
    """

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)
        freeze_with(self, self.cell)
        if self.stateful:
            # Hidden from Keras, as it hides `states`, which are in no file of weights.
            self._start = SimpleNamespace(
                is_next=keras.Variable(True, trainable=False, dtype="bool", name="is_next")
            )

    def get_initial_state(self, batch_size: int, steps: int | None = None) -> list[Tensor]:
        if None in as_list(self.cell.state_size):
            return self.cell.get_initial_state(batch_size, steps)
        return super().get_initial_state(batch_size)

    def reset_state(self) -> None:
        """Of a stateful layer: start from the cell's initial state again."""
        if self.states is not None:
            states = keras.tree.flatten(self.states)
            first = self.get_initial_state(states[0].shape[0])
            for state, value in zip(states, keras.tree.flatten(first), strict=True):
                state.assign(value)
            self._start.is_next.assign(True)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        check_not_empty(self.name, sequences=sequences)
        reset_dropout_masks(self)
        sequences = zero_masked(sequences, mask)
        if initial_state is None:
            initial_state = self._states_before(*ops.shape(sequences)[:2])
        outputs = super().call(sequences, initial_state, mask, training)
        if self.stateful:
            self._start.is_next.assign(False)
        return outputs

    def _states_before(self, batch_size, steps):
        first = self.get_initial_state(batch_size, steps)
        if not self.stateful:
            return first
        # Weights may have been loaded, or trained, since the states were made.
        states = zip(keras.tree.flatten(first), keras.tree.flatten(self.states), strict=True)
        is_next = ops.convert_to_tensor(self._start.is_next)  # JAX traces no variables
        states = [
            ops.where(is_next, new, ops.cast(ops.convert_to_tensor(old), new.dtype))
            for new, old in states
        ]
        return keras.tree.pack_sequence_as(first, states)

    def inner_loop(
        self,
        sequences: Tensor,
        initial_state: Any,
        mask: Tensor | None,
        training: bool = False,
    ) -> Any:
        plain = super().inner_loop
        if mask is not None and keras.backend.backend() == "jax" and _is_flat(initial_state):
            plain = self._masked_loop
        with dropout_masks(self, ops.shape(sequences)[0]):
            return weights_read_once(
                self, lambda: plain(sequences, initial_state, mask, training)
            )

    def _masked_loop(self, sequences, initial_state, mask, training):
        """The loop, with the mask among the inputs and the last output among the states."""

        def step(inputs, states):
            inputs, is_real = inputs[:, :-1], inputs[:, -1:] > 0
            *states, last = states
            output, new = cell_step(self.cell, inputs, states, training)
            output, *new = (
                ops.where(is_real, now, before)
                for now, before in zip([output, *new], [last, *states], strict=True)
            )
            emitted = ops.where(is_real, output, 0) if self.zero_output_for_mask else output
            return emitted, [*new, output]

        mask = ops.cast(ops.reshape(mask, (*ops.shape(sequences)[:2], 1)), sequences.dtype)
        sequences = ops.concatenate([sequences, mask], axis=-1)
        states = as_list(initial_state)
        width = getattr(self.cell, "output_size", None) or units_of(self.cell)
        output = ops.zeros((ops.shape(sequences)[0], width), self.compute_dtype)
        rnn = keras.layers.RNN(
            _Step(step, [*states, output]),
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
            unroll=self.unroll,
        )
        last, outputs, states = rnn.inner_loop(sequences, [*states, output], mask=None)
        return last, outputs, states[:-1]

    @classmethod
    def from_config(cls, config):
        return super().from_config(dict(config))  # which removes the cell from it


def _is_flat(states):
    return not any(isinstance(state, (list, tuple)) for state in as_list(states))


def over_time(
    step: Callable[..., Any],
    sequences: Tensor,
    states: list[Tensor],
    layer: keras.layers.Layer | None = None,
) -> tuple[Any, list[Tensor]]:
    """Run a function over time, as `keras.layers.RNN` runs a cell.

    Other than `keras.ops.scan`, it has a gradient under XLA, too.

    Args:
        step: From the inputs of a step and a list of states to outputs, a tensor or several,
            and the next states.
        sequences: Shape `(batch, steps, dim)`.
        states: A list of tensors `(batch, ...)`.
        layer: The layer whose weights `step` uses, if any: they are read once, before the
            loop, and its cells keep the dropout masks of one sequence.

    Returns:
        The outputs, `(batch, steps, ...)`, and the last states.
    """
    rnn = keras.layers.RNN(_Step(step, states), return_sequences=True)

    def loop():
        return rnn.inner_loop(sequences, states, mask=None)[1:]

    if layer is None:
        return loop()
    reset_dropout_masks(layer)
    with dropout_masks(layer, ops.shape(sequences)[0]):
        return weights_read_once(layer, loop)


class _Step:
    """A function in the place of a cell."""

    def __init__(self, step, states):
        self.call = step
        self.state_size = [state.shape[-1] for state in states]

    def __call__(self, inputs, states):
        return self.call(inputs, states)


@contextlib.contextmanager
def dropout_masks(layer: keras.layers.Layer, batch_size: Tensor) -> Iterator[None]:
    """Sample the dropout masks of all cells in a layer, for the steps of one sequence.

    Keras samples those of the cell of an RNN and of its stack, not those of a cell inside
    another one; what it has sampled is left as it is. Used or not is up to the cells, some
    of which sample at inference, too, where inside a loop JAX would not allow it.
    """
    try:
        for cell in _dropping_cells(layer):
            inputs = ops.ones((batch_size, cell.kernel.shape[0]), cell.compute_dtype)
            cell.get_dropout_mask(inputs)
            cell.get_recurrent_dropout_mask(
                ops.ones((batch_size, cell.units), cell.compute_dtype)
            )
        yield
    finally:
        reset_dropout_masks(layer)


def reset_dropout_masks(layer: keras.layers.Layer) -> None:
    """Forget the dropout masks of all cells in a layer: the next sequence has new ones."""
    for cell in _dropping_cells(layer):
        cell.reset_dropout_mask()
        cell.reset_recurrent_dropout_mask()


def _dropping_cells(layer):
    """Keras's recurrent cells in a layer, at any depth."""
    return [part for part in layer._flatten_layers() if hasattr(part, "get_dropout_mask")]


def weights_read_once(layer: keras.layers.Layer, compute: Callable[[], Any]) -> Any:
    """`compute()`, with a layer's weights read before the loops in it, not at each step."""
    # JAX hoists by itself; under a mixed policy the copies would be rounded ones.
    mixed = layer.compute_dtype != layer.variable_dtype
    if keras.backend.backend() != "tensorflow" or mixed:
        return compute()
    weights = [(w, ops.copy(w)) for w in layer.trainable_variables]
    with keras.StatelessScope(state_mapping=weights, collect_losses=True) as scope:
        result = compute()
    if len(scope.state_mapping) > len(weights) or scope.losses:
        # A seed that has advanced, or a loss, would be lost with the scope.
        return compute()
    return result


def check_rnn_cell(cell: object) -> None:
    """Raise a `ValueError` unless it is an RNN cell, or a stack of them."""
    if not hasattr(cell, "state_size") or isinstance(cell, keras.layers.RNN):
        raise ValueError(f"Expected a cell, as keras.layers.GRUCell(8). Received: {cell}")


def check_vector_cell(cell: object) -> None:
    """Raise a `ValueError` unless it is a single RNN cell whose states are vectors."""
    check_rnn_cell(cell)
    # A stack of GRU cells does not show that its states are those of several cells.
    if isinstance(cell, keras.layers.StackedRNNCells):
        raise ValueError(f"Expected a single cell. Received: {cell}")
    sizes = as_list(cell.state_size)
    if not all(isinstance(size, int) for size in sizes):
        raise ValueError(
            f"Expected a cell whose states are vectors. Received: {cell}, of {sizes}"
        )


def units_of(cell: Any) -> int:
    """The width of a cell's first state, the one that is its output."""
    return as_list(cell.state_size)[0]


def as_list(states: Any) -> list[Any]:
    """The states of a cell as a list, be they one tensor or several."""
    return list(states) if isinstance(states, (list, tuple)) else [states]


def cell_step(
    cell: Callable[..., Any],
    inputs: Tensor,
    states: list[Tensor],
    training: bool | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """One step of a cell: its output, and its next states as a list."""
    output, states = cell(inputs, states, training=training)
    return output, as_list(states)


def first_states(cell: keras.layers.Layer, batch: Tensor, given: Any = None) -> list[Tensor]:
    """A list of a cell's states before the first step: those given, or its own.

    Raises:
        ValueError: There are more of them, or fewer, than the cell has, or of other widths.
    """
    rnn = keras.layers.RNN(cell)
    if given is None:
        given = rnn.get_initial_state(batch)
    given = as_list(given)
    if len(given) != len(rnn.state_size):
        raise ValueError(
            f"Expected initial_state of {len(rnn.state_size)} tensors. Received: {len(given)}"
        )
    widths = [state.shape[-1] for state in given]
    if widths != list(rnn.state_size):
        raise ValueError(
            f"Expected initial_state of widths {list(rnn.state_size)}. Received: {widths}"
        )
    return given
