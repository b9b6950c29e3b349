"""Occlusion: what of an image is hidden in training, so that the rest must do."""

import keras
from keras import ops

from ..validation import check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class Occlusion(keras.layers.Layer):
    """x̃ = x ⊙ m; of each image m hides, in training, what lies on one side of a line.

    The line runs along the rows or the columns, anywhere, and hides what is on either side of
    it; so a quarter of all images lose some of their lower rows. What is hidden is 0.

    Args:
        shape: Rows and columns of an image.
        seed: Of the draws; a `keras.random.SeedGenerator` of its own advances them.

    Call arguments:
        inputs: Images as vectors, row by row, shape `(batch, rows * columns)`.
        training: Whether to hide anything.

    Returns:
        The same shape.

    Raises:
        ValueError: `shape` is not two positive integers, or inputs have another width.

    Example:

    >>> hidden = Occlusion((2, 3), seed=0)(keras.ops.ones((4, 6)), training=True)
    >>> sorted(set(hidden.numpy().ravel().tolist()))
    [0.0, 1.0]

    Reference:
        [Vincent et al., 2008](https://doi.org/10.1145/1390156.1390294), section 2.3; there,
        points are hidden one by one.
    """

    def __init__(self, shape, seed=None, **kwargs):
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
        # Where the line is, which side of it is hidden, and which way it runs.
        place, side, way = ops.split(
            keras.random.uniform(
                (ops.shape(inputs)[0], 3), dtype="float32", seed=self.seed_generator
            ),
            3,
            axis=-1,
        )

        def hidden(size):
            before = (ops.arange(size, dtype="float32") + 0.5) / size < place
            return ops.logical_xor(before, side < 0.5)

        rows, columns = self.shape
        is_hidden = ops.where(
            way[:, :, None] < 0.5, hidden(rows)[:, :, None], hidden(columns)[:, None, :]
        )
        is_hidden = ops.reshape(is_hidden, (-1, rows * columns))
        return ops.where(is_hidden, ops.zeros_like(inputs), inputs)

    def get_config(self):
        return {**super().get_config(), "shape": list(self.shape), "seed": self.seed}
