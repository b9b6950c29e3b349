"""The ground of the layers: what a layer promises before it runs."""

import keras


class Layer(keras.layers.Layer):
    """A layer whose symbolic outputs have the shapes and dtypes of its real ones.

    Keras finds them by tracing `call`, and refuses `compute_output_shape`, which its wrappers
    need, to a layer that does not write it. Here, that traces `call`, too; a subclass may
    write either.
    """

    def compute_output_shape(self, *shapes, **named_shapes):
        """Of floating-point inputs; each `name_shape` is that of the call argument `name`."""
        inputs = [self._symbol(shape) for shape in shapes]
        named = {n.removesuffix("_shape"): self._symbol(s) for n, s in named_shapes.items()}
        outputs = self.compute_output_spec(*inputs, **named)
        return keras.tree.map_structure(lambda output: tuple(output.shape), outputs)

    def compute_output_spec(self, *args, **kwargs):
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            return super().compute_output_spec(*args, **kwargs)
        return keras.Operation.compute_output_spec(self, *args, **kwargs)

    def _symbol(self, shape):
        return None if shape is None else keras.KerasTensor(shape, self.compute_dtype)
