"""Large weights that are split over devices: `keras.distribution.ModelParallel`, by layouts.

Which weights of a model may be split, and along which axis, its class says (`layouts`).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import keras

from .processes import check_backend

if TYPE_CHECKING:
    from .recipe import Recipe

AXES = "batch", "model"


def split(recipe: Recipe, devices: int) -> keras.distribution.ModelParallel:
    """Every weight of the recipe's `layouts` on so many devices, batches over all others.

    Args:
        recipe: The recipe, for whose `fit` it is.
        devices: How many, of all devices of all processes, hold a part of a weight each.

    Raises:
        ValueError: They do not divide all devices, or the backend is not JAX.
    """
    check_backend()
    found = keras.distribution.list_devices()
    if devices < 1 or len(found) % devices:
        raise ValueError(
            f"Expected parts of the model that divide {len(found)}, the number of devices of "
            f"all processes. Received: {devices}"
        )
    mesh = keras.distribution.DeviceMesh((len(found) // devices, devices), AXES, found)
    layout_map = keras.distribution.LayoutMap(mesh)
    layout_map.update(recipe.layouts)
    return keras.distribution.ModelParallel(
        layout_map=layout_map, batch_dim_name=AXES[0], auto_shard_dataset=False
    )


def check_split(recipe: Recipe, distribution: keras.distribution.ModelParallel) -> None:
    """Compare the weights of the recipe's model with their layouts.

    Raises:
        ValueError: None is split, or an axis does not divide, in one line.
    """
    mesh = distribution.device_mesh
    sizes = {None: 1, **dict(zip(mesh.axis_names, mesh.shape, strict=True))}
    with in_host_memory():
        weights = recipe.seeded_model().weights
    layouts = [(weight, distribution.get_variable_layout(weight).axes) for weight in weights]
    for weight, axes in layouts:
        for size, axis in zip(weight.shape, axes, strict=False):
            if size % sizes[axis]:
                raise ValueError(
                    f"Expected all of {weight.path} to divide by {sizes[axis]}, along axis "
                    f"{axes.index(axis)}. Received: shape {tuple(weight.shape)}"
                )
    if not any(axis for _, axes in layouts for axis in axes):
        raise ValueError(
            f"Expected a recipe with large weights, to be split. Received: {recipe.name}"
            f"{' with these fields' if recipe.layouts else ''}, which has none"
        )


def in_host_memory() -> contextlib.AbstractContextManager[object]:
    """Where a model is made of which one device need not have the memory."""
    import jax

    return jax.default_device(jax.local_devices(backend="cpu")[0])


class WholeBatches(keras.distribution.ModelParallel):
    """On each device all rows of a batch: of validation, whose last one need not divide."""

    def __init__(self, mesh: keras.distribution.DeviceMesh) -> None:
        layouts = keras.distribution.LayoutMap(mesh)  # weights have theirs already
        super().__init__(layout_map=layouts, auto_shard_dataset=False)

    def get_data_layout(self, data_shape: tuple[int, ...]) -> keras.distribution.TensorLayout:
        axes = [None] * len(data_shape)
        return keras.distribution.TensorLayout(axes, self.device_mesh)
