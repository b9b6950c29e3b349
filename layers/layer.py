"""The ground of the layers: what a layer promises before it runs, and what it refuses."""

import functools
import inspect

import keras

from .arrays import methods_take_arrays


class Layer(keras.layers.Layer):
    """A layer whose symbolic outputs have the shapes and dtypes of its real ones.

    Keras finds them by tracing `call`, and refuses `compute_output_shape`, which its wrappers
    need, to a layer that does not write it. Here, that traces `call`, too; a subclass may
    write either.

    And what is called once it is built is as wide as what it was built for: tensors that
    `build` takes the shapes of, but for those of which a subclass says that their last axis
    may differ from call to call.

    Keras converts NumPy arrays where a layer is called; here, all public methods take them.
    Integers are taken for numbers, as Keras takes floats of another width, unless a subclass
    says that it has a use for them, as for numbers of words.
    """

    any_width: frozenset[str] = frozenset()
    takes_integers = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        methods_take_arrays(cls)

    def __call__(self, *args, **kwargs):
        if self.autocast and not self.takes_integers:
            args, kwargs = keras.tree.map_structure(self._as_float, (args, kwargs))
        if self.built:
            self._check_widths(args, kwargs)
        return super().__call__(*args, **kwargs)

    def __getattr__(self, name):  # of what the layer has not, or not yet
        # A layer of PyTorch is a module, which finds its parameters so.
        find = getattr(super(), "__getattr__", super().__getattribute__)
        try:
            return find(name)
        except AttributeError as error:
            if self.__dict__.get("built", True):
                raise
            raise AttributeError(
                f"Expected {self.name} to be built, by a call or `build`, before {name!r} is "
                "used. Received: a layer that is not built"
            ) from error

    def _as_float(self, x):
        """A tensor of integers as one of the compute dtype; anything else as it is."""
        if not hasattr(x, "shape") or "int" not in str(getattr(x, "dtype", "")):
            return x
        return keras.ops.cast(x, self.compute_dtype)

    def built_widths(self) -> dict[str, int]:
        """The last axes that the layer was built for, by call argument."""
        shapes = self._build_shapes_dict or {}
        if len(shapes) == 1:  # whatever `build` calls it
            first = list(_signature(type(self).call).parameters)[1]
            shapes = {f"{first}_shape": next(iter(shapes.values()))}
        widths = {
            name.removesuffix("_shape"): _width(shape) for name, shape in shapes.items()
        }
        return {n: width for n, width in widths.items() if n not in self.any_width and width}

    def _check_widths(self, args, kwargs):
        names = list(_signature(type(self).call).parameters)[1:]
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        for name, width in self.built_widths().items():
            shape = getattr(given.get(name), "shape", None)
            if _width(shape) not in (None, width):
                raise ValueError(
                    f"Expected {name} (..., {width}) for {self.name}, as it was built. "
                    f"Received: {tuple(shape)}"
                )

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


def _width(shape):
    """The last axis; `None` where there is none, or it is not known."""
    try:
        return shape[-1]
    except (IndexError, KeyError, TypeError, ValueError):
        return None


@functools.cache
def _signature(function):
    return inspect.signature(function)
