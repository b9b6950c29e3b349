"""Occlusion: images of which training hides a part at random."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class Occlusion(Layer):
    """Random occlusion of images in training: x̃ = x ⊙ m.

    The mask m hides one side of a line in each image. The line is horizontal or vertical, at
    any position, and either side of it is hidden; so a quarter of all images lose some of
    their lower rows. Hidden pixels are 0.

    Args:
        shape: Rows and columns of an image.
        seed: Of the samples; a `keras.random.SeedGenerator` of its own advances them.

    Call arguments:
        inputs: Images as vectors, row by row, shape `(batch, rows * columns)`.
        training: Whether to hide anything.

    Returns:
        The same shape.

    Raises:
        ValueError: `shape` is not two positive integers, or inputs have another width.

    Cost:
        One pass over the pixels.

    Example:

    >>> hidden = Occlusion((2, 3), seed=0)(keras.ops.ones((4, 6)), training=True)
    >>> sorted(set(hidden.numpy().ravel().tolist()))
    [0.0, 1.0]

    Reference:
        [Vincent et al., 2008](https://doi.org/10.1145/1390156.1390294), section 2.3; there,
        single pixels are hidden.
    """

    def __init__(
        self, shape: tuple[int, int], seed: int | None = None, **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(shape, (list, tuple)) or len(shape) != 2:
            raise ValueError(f"Expected rows and columns for shape. Received: {shape!r}")
        for size in shape:
            check_positive("shape", size)
        self.shape = tuple(shape)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        rows, columns = self.shape
        if len(input_shape) != 2 or input_shape[-1] != rows * columns:
            raise ValueError(
                f"Expected images (batch, {rows * columns}) for {self.name}. Received: shape "
                f"{tuple(input_shape)}"
            )

    def call(self, inputs, training=False):
        if not training:
            return inputs
        uniform = keras.random.uniform(
            (ops.shape(inputs)[0], 3), dtype="float32", seed=self.seed_generator
        )
        # Of the line, the side that is hidden, and whether the line is horizontal.
        position, side, direction = ops.split(uniform, 3, axis=-1)

        def hidden(size):
            is_before = (ops.arange(size, dtype="float32") + 0.5) / size < position
            return ops.logical_xor(is_before, side < 0.5)

        rows, columns = self.shape
        is_hidden = ops.where(
            direction[:, :, None] < 0.5,
            hidden(rows)[:, :, None],
            hidden(columns)[:, None, :],
        )
        is_hidden = ops.reshape(is_hidden, (-1, rows * columns))
        return ops.where(is_hidden, ops.zeros_like(inputs), inputs)

    def get_config(self):
        return {**super().get_config(), "shape": list(self.shape), "seed": self.seed}
