"""What a recurrent cell does at each step, and how far back its gradients reach.

Of each cell two functions. One has the weights, the inputs x and the states h and c after
each step, `(batch, steps, ...)`, and gives what is inside, tensors by name. The other goes
one step back, in NumPy: from that of a step, and the gradients of the states after it, to
those of the input and of the states before it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from ...layers.time_loop import over_time

Array = NDArray[Any]
# What is inside of a cell, by name; and gradients of its states.
Inside = Mapping[str, Array]


def elman(weights: Sequence[Any], x: Any, h: Any) -> dict[str, Any]:
    """h_t = tanh(W x_t + U h_{t-1} + b)."""
    return {"states": h}


def elman_backward(
    weights: Sequence[Array], inside: Inside, before: Inside, d: Inside
) -> tuple[Array, Inside]:
    kernel, _, recurrent_kernel = weights
    z = d["states"] * (1 - inside["states"] ** 2)
    return z @ kernel.T, {"states": z @ recurrent_kernel.T}


def lstm(weights: Sequence[Any], x: Any, h: Any, c: Any) -> dict[str, Any]:
    """c_t = f_t c_{t-1} + i_t g_t;  h_t = o_t tanh(c_t)."""
    kernel, recurrent_kernel, bias = weights
    z = ops.matmul(x, kernel) + ops.matmul(_before(h), recurrent_kernel) + bias
    i, f, g, o = ops.split(z, 4, axis=-1)
    gates = {"input_gate": i, "forget_gate": f, "output_gate": o}
    gates = {name: ops.sigmoid(gate) for name, gate in gates.items()}
    return {"states": h, "cells": c, **gates, "candidates": ops.tanh(g)}


def lstm_backward(
    weights: Sequence[Array], inside: Inside, before: Inside, d: Inside
) -> tuple[Array, Inside]:
    kernel, recurrent_kernel, _ = weights
    i, f, o = (inside[f"{name}_gate"] for name in ("input", "forget", "output"))
    g, squashed = inside["candidates"], np.tanh(inside["cells"])
    c = d["cells"] + d["states"] * o * (1 - squashed**2)
    z = np.concatenate(
        [
            c * g * i * (1 - i),
            c * before["cells"] * f * (1 - f),
            c * i * (1 - g**2),
            d["states"] * squashed * o * (1 - o),
        ],
        axis=-1,
    )
    return z @ kernel.T, {"states": z @ recurrent_kernel.T, "cells": c * f}


def gru(weights: Sequence[Any], x: Any, h: Any) -> dict[str, Any]:
    """h_t = z_t h_{t-1} + (1 - z_t) tanh(W x_t + r_t U h_{t-1})."""
    kernel, recurrent_kernel, biases = weights
    bias, recurrent_bias = biases[0], biases[1]
    xz, xr, xg = ops.split(ops.matmul(x, kernel) + bias, 3, axis=-1)
    fed_back = ops.matmul(_before(h), recurrent_kernel) + recurrent_bias
    hz, hr, hg = ops.split(fed_back, 3, axis=-1)
    z, r = ops.sigmoid(xz + hz), ops.sigmoid(xr + hr)
    gates = {"update_gate": z, "reset_gate": r}
    return {"states": h, **gates, "candidates": ops.tanh(xg + r * hg), "fed_back": hg}


def gru_backward(
    weights: Sequence[Array], inside: Inside, before: Inside, d: Inside
) -> tuple[Array, Inside]:
    kernel, recurrent_kernel, _ = weights
    z, r, g = inside["update_gate"], inside["reset_gate"], inside["candidates"]
    of_g = d["states"] * (1 - z) * (1 - g**2)
    of_z = d["states"] * (before["states"] - g) * z * (1 - z)
    of_r = of_g * inside["fed_back"] * r * (1 - r)
    x = np.concatenate([of_z, of_r, of_g], axis=-1) @ kernel.T
    h = np.concatenate([of_z, of_r, of_g * r], axis=-1) @ recurrent_kernel.T
    return x, {"states": h + d["states"] * z}


INSIDE: dict[str, Callable[..., dict[str, Any]]] = {"elman": elman, "lstm": lstm, "gru": gru}
BACKWARD: dict[str, Callable[..., Any]] = {
    "elman": elman_backward,
    "lstm": lstm_backward,
    "gru": gru_backward,
}


def inside(kind: str, layer: keras.layers.Layer, cell: keras.layers.Layer, x: Any) -> Inside:
    """What is inside of a cell at each step, `(batch, steps, ...)`, tensors by name.

    Args:
        kind: `"elman"`, `"lstm"` or `"gru"`.
        layer: Of whose weights those of the cell are.
        cell: The cell.
        x: Its inputs, `(batch, steps, features)`.
    """
    x = ops.cast(x, cell.compute_dtype)

    def step(x, states):
        _, states = cell(x, states, training=False)
        return list(states), states

    first = keras.tree.flatten(cell.get_initial_state(batch_size=ops.shape(x)[0]))
    states, _ = over_time(step, x, first, layer=layer)
    weights = [ops.convert_to_tensor(weight) for weight in cell.weights]
    return INSIDE[kind](weights, x, *states)


def gradients(cell: str, weights: Sequence[Array], inside: Inside, last: Array) -> Array:
    """The gradient of each input, `(steps, batch, features)`.

    Args:
        cell: `"elman"`, `"lstm"` or `"gru"`.
        weights: Of the cell, in its order.
        inside: What is inside, `(steps, batch, ...)`.
        last: The gradient of the last state, `(batch, units)`.
    """
    d = {"states": last, "cells": np.zeros_like(last)}
    nothing = {name: np.zeros_like(array[0]) for name, array in inside.items()}
    found = []
    for t in reversed(range(len(inside["states"]))):
        now = {name: array[t] for name, array in inside.items()}
        before = {name: array[t - 1] for name, array in inside.items()} if t else nothing
        of_input, d = BACKWARD[cell](weights, now, before, d)
        found.append(of_input)
    return np.stack(found[::-1])


def _before(h):
    """The states before each step: zeros, and all but the last."""
    return ops.concatenate([ops.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
