"""A tagger of one direction, word by word: states in, states out."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from ...layers.precision import widen

# By encoder, the states of its cells.
STATES = {
    "elman": ("hidden",),
    "lstm": ("hidden", "cell"),
    "gru": ("hidden",),
    "jordan": ("output",),
    "hybrid": ("output", "hidden"),
}


class WordByWord:
    """From the numbers of a word, and the states before it, to scores and the states after.

    Args:
        vectors: The model from the numbers of words to their vectors, `(batch, words, dim)`.
        cells: Of the encoder's layers, the first first.
        states: The names of the states of each of them.
        scores: The layer from the last of them to the scores; none if they are its outputs.
        unused: How many inputs of the cells are for training alone, and so are zeros.
    """

    def __init__(
        self,
        vectors: keras.Model,
        cells: list[keras.layers.Layer],
        states: tuple[str, ...],
        scores: keras.layers.Layer | None,
        unused: int = 0,
    ) -> None:
        self.vectors, self.cells, self.scores = vectors, cells, scores
        self.states, self.unused = states, unused

    def initial_states(self, batch_size: Any) -> dict[str, Any]:
        """The states before the first word, `(batch, units)` each, by name: zeros."""
        return {
            f"layer_{number}_{name}": widen(state)
            for number, cell in enumerate(self.cells)
            for name, state in zip(
                self.states,
                keras.tree.flatten(cell.get_initial_state(batch_size=batch_size)),
                strict=True,
            )
        }

    def __call__(
        self, inputs: Mapping[str, Any], states: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """Scores of the tags of a word, `(batch, tags)`, and the states after it.

        Where the word is padding, the states stay as they are.
        """
        is_word = ops.not_equal(inputs["words"][:, :1], 0)
        x = self.vectors(inputs, training=False)[:, 0]
        x = ops.pad(x, [[0, 0], [0, self.unused]])
        after = {}
        for number, cell in enumerate(self.cells):
            names = [f"layer_{number}_{name}" for name in self.states]
            before = [ops.cast(states[name], cell.compute_dtype) for name in names]
            x, new = cell(x, before, training=False)
            for name, old, state in zip(names, before, keras.tree.flatten(new), strict=True):
                after[name] = widen(ops.where(is_word, state, old))
        return x if self.scores is None else self.scores(x), after
