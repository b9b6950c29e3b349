"""Running a memory cell over time."""

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
        # JAX hoists by itself; under a mixed policy the copies would be rounded ones.
        mixed = self.compute_dtype != self.variable_dtype
        if keras.backend.backend() != "tensorflow" or mixed:
            return super().inner_loop(sequences, initial_state, mask, training)
        weights = [(w, ops.copy(w)) for w in self.cell.trainable_variables]
        with keras.StatelessScope(state_mapping=weights) as scope:
            result = super().inner_loop(sequences, initial_state, mask, training)
        if len(scope.state_mapping) > len(weights):
            # A cell that draws random numbers has advanced its seed, which the scope
            # would lose: such a cell runs the plain way.
            return super().inner_loop(sequences, initial_state, mask, training)
        return result

    @classmethod
    def from_config(cls, config):
        return super().from_config(dict(config))  # which removes the cell from it
