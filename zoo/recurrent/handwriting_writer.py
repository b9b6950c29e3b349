"""Writing by hand, point by point: what a `HandwritingRNN` with a window runs in a loop."""

import itertools
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from ...layers.time_loop import as_list, cell_step, over_time

POINT = 3  # Δx, Δy, and whether the stroke ends
NOISE = 4  # random numbers that a point needs
READ = 0.5  # the least weight of a letter that is read
STATES_OF_FIRST = 4  # κ, w, h and c
STATES_OF_OTHERS = 2  # h and c


class Writer:
    """Points that follow each other, each sampled and then the input of the next step.

    Args:
        model: A `HandwritingRNN` with a window.
        ids: Numbers of the texts and their ends, `(batch, characters)`, 0 for padding.
    """

    def __init__(self, model: Any, ids: Any) -> None:
        self.model = model
        self.memory = ops.one_hot(ids, model.text.size), ops.not_equal(ids, 0)
        self.ends = ops.sum(ops.cast(self.memory[1], "int32"), axis=-1) - 1

    def first_states(self) -> list[Any]:
        """Those before the first point: the letter, the point before, and the layers'."""
        memory, model = self.memory[0], self.model
        batch = ops.shape(memory)[0]
        others = (
            as_list(keras.layers.RNN(cell).get_initial_state(batch))
            for cell in model.cells[1:]
        )
        letter = ops.zeros((batch, 1), "float32")  # a number, as all states in a loop of ONNX
        point = ops.zeros((batch, POINT), model.compute_dtype)
        return [letter, point, *model.first.initial_states(memory), *itertools.chain(*others)]

    def write(self, noise: Any, bias: Any, states: list[Any]) -> tuple[dict[str, Any], Any]:
        """So many points as there is noise for, and the states after them.

        Args:
            noise: `(batch, points, 4)`, sampled evenly from 0 to below 1.
            bias: b of the `StrokeMixture`.
            states: Those before.

        Returns:
            `points`, `letters`, `weights` and `positions` by name, and the states.
        """
        model = self.model

        def step(noise, states):
            letter, point, *states = states
            parameters, weights, states = self._step(point, states)
            point = sampled_point(model.mixture.distribution(parameters, bias), noise)
            largest = ops.max(weights, axis=-1, keepdims=True)
            nearest = ops.cast(first_true(weights >= largest), "float32")[:, None]
            letter = ops.where(largest >= READ, nearest, letter)
            after = [letter, ops.cast(point, model.compute_dtype), *states]
            return (point, letter[:, 0], weights, states[0]), after

        outputs, states = over_time(step, noise, states, layer=model)
        points, letters, weights, positions = outputs
        seen = {"points": points, "weights": weights, "positions": positions}
        return {**seen, "letters": ops.cast(letters, "int32")}, states

    def count(self, letters: Any) -> Any:
        """How many points `(batch, points)` are before the end of their texts, `(batch,)`."""
        return first_true(letters >= self.ends[:, None])

    def _step(self, point, states):
        """One step of all layers: parameters, weights, and the next states."""
        first, others = states[:STATES_OF_FIRST], states[STATES_OF_FIRST:]
        output, after, weights = self.model.first.step(point, first, *self.memory)
        units = self.model.first.units
        hidden, read = [output[:, :units]], output[:, units:]
        for cell in self.model.cells[1:]:
            before, others = others[:STATES_OF_OTHERS], others[STATES_OF_OTHERS:]
            x = ops.concatenate([point, read, hidden[-1]], axis=-1)
            h, new = cell_step(cell, x, before)
            hidden.append(h)
            after = [*after, *new]
        return self.model.mixture(ops.concatenate(hidden, axis=-1)), weights, after


def first_true(rows: Any) -> Any:
    """The index of the first true one in each row, or how many there are: as ONNX has it."""
    size = ops.shape(rows)[-1]
    return ops.min(ops.where(rows, ops.arange(size, dtype="int32"), size), axis=-1)


def sampled_point(distribution: Mapping[str, Any], noise: Any) -> Any:
    """The next points, `(batch, 3)`, of a distribution of one step.

    Args:
        distribution: As of `StrokeMixture.distribution`.
        noise: `(batch, 4)`, sampled evenly from 0 to below 1.
    """
    which, radius, angle, end = ops.unstack(
        ops.cast(noise, distribution["end"].dtype), axis=-1
    )
    below = ops.cumsum(distribution["weights"], axis=-1)
    components = below.shape[-1]
    j = ops.sum(ops.cast(below <= (which * below[:, -1])[:, None], "int32"), axis=-1)
    chosen = ops.one_hot(ops.minimum(j, components - 1), components, dtype=below.dtype)
    means, deviations = (
        ops.sum(chosen[..., None] * distribution[name], axis=1)
        for name in ("means", "deviations")
    )
    rho = ops.sum(chosen * distribution["correlations"], axis=-1)
    # Box and Muller: two normal numbers of two even ones.
    length = ops.sqrt(-2 * ops.log(1 - radius))
    u, v = length * ops.cos(2 * np.pi * angle), length * ops.sin(2 * np.pi * angle)
    place = ops.stack([u, rho * u + ops.sqrt((1 - rho) * (1 + rho)) * v], axis=-1)
    is_end = ops.cast(end < distribution["end"], means.dtype)
    return ops.concatenate([means + deviations * place, is_end[:, None]], axis=-1)
