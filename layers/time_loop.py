"""Running a cell, or any function, over time."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_memory")
class MemoryRNN(keras.layers.RNN):
    """`keras.layers.RNN` that reads its cell's weights once, before the time loop.

    The result is that of `keras.layers.RNN`, sooner: read inside the loop, TensorFlow
    keeps a copy of every weight for every step of the backward pass. The arguments are
    those of `keras.layers.RNN`.

    Example:

    >>> cell = NTMCell(keras.layers.LSTMCell(32), memory_slots=16, memory_width=8)
    >>> keras.ops.shape(MemoryRNN(cell, return_sequences=True)(keras.ops.ones((2, 5, 9))))
    (2, 5, 40)
    """

    def inner_loop(self, sequences, initial_state, mask, training=False):
        plain = super().inner_loop
        return weights_read_once(
            self, lambda: plain(sequences, initial_state, mask, training)
        )

    @classmethod
    def from_config(cls, config):
        return super().from_config(dict(config))  # which removes the cell from it


def over_time(step, sequences, states):
    """Run a function over time, as `keras.layers.RNN` runs a cell.

    Other than `keras.ops.scan`, it has a gradient under XLA, too.

    Args:
        step: From the inputs of a step and a list of states to outputs, a tensor or several,
            and the next states.
        sequences: Shape `(batch, steps, dim)`.
        states: A list of tensors `(batch, ...)`.

    Returns:
        The outputs, `(batch, steps, ...)`, and the last states.
    """
    rnn = keras.layers.RNN(_Step(step, states), return_sequences=True)
    _, outputs, states = rnn.inner_loop(sequences, states, mask=None)
    return outputs, states


class _Step:
    """A function in the place of a cell."""

    def __init__(self, step, states):
        self.call = step
        self.state_size = [state.shape[-1] for state in states]

    def __call__(self, inputs, states):
        return self.call(inputs, states)


def weights_read_once(layer, compute):
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


def check_cell(cell):
    """Raise a `ValueError` unless it is a cell that `over_time` can run."""
    if not hasattr(cell, "state_size") or isinstance(cell, keras.layers.RNN):
        raise ValueError(f"Expected a cell, as keras.layers.GRUCell(8). Received: {cell}")
    # A stack of GRU cells does not show that its states are those of several cells.
    if isinstance(cell, keras.layers.StackedRNNCells):
        raise ValueError(f"Expected a single cell. Received: {cell}")
    # Keras keeps a cell's dropped units from step to step, which its own loop sees to.
    if getattr(cell, "dropout", 0) or getattr(cell, "recurrent_dropout", 0):
        raise ValueError(f"Expected a cell without dropout. Received: {cell}")
    sizes = cell.state_size
    if not all(isinstance(n, int) for n in ([sizes] if isinstance(sizes, int) else sizes)):
        raise ValueError(
            f"Expected a cell whose states are vectors. Received: {cell}, of {sizes}"
        )


def first_states(cell, batch, given=None):
    """A list of a cell's states before the first step: those given, or its own.

    Raises:
        ValueError: There are more of them, or fewer, than the cell has, or of other widths.
    """
    rnn = keras.layers.RNN(cell)
    if given is None:
        given = rnn.get_initial_state(batch)
    given = list(given) if isinstance(given, (list, tuple)) else [given]
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
