"""The base of models that check arrays of numbers before they are trained on them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from keras import ops

from .saving.pretrained import PretrainedModel


class CheckedModel(PretrainedModel):
    """A model whose `fit`, `evaluate` and `predict` refuse arrays that are something else.

    Inputs of integers are numbers of words or characters, below `ids_below`; others are
    finite. Targets are classes, as many as the model has logits, unless they have the shape
    of these. Values of data sets are not checked.
    """

    @property
    def ids_below(self) -> Mapping[str, int]:
        """How many numbers there are for each input of integers, by its name."""
        return {}

    def fit(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """`keras.Model.fit`, of arrays that are checked first.

        Raises:
            ValueError: An array is not what the model takes.
        """
        self._check(x, y)
        validation = kwargs.get("validation_data")
        if isinstance(validation, (list, tuple)) and len(validation) > 1:
            self._check(*validation[:2])
        return super().fit(x, y, *args, **kwargs)

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """`keras.Model.evaluate`, of arrays that are checked first, as by `fit`."""
        self._check(x, y)
        return super().evaluate(x, y, *args, **kwargs)

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """`keras.Model.predict`, of arrays that are checked first, as by `fit`."""
        self._check(x)
        return super().predict(x, *args, **kwargs)

    def _check(self, x, y=None):
        takes = self.input if isinstance(self.input, dict) else {self.input.name: self.input}
        given = x if isinstance(self.input, dict) else {self.input.name: x}
        if not isinstance(given, dict) or not any(map(_is_array, given.values())):
            return
        if set(given) != set(takes):
            raise ValueError(
                f"Expected a dictionary of {', '.join(takes)}. Received: {', '.join(given)}"
            )
        rows = {n: self._checked_input(n, given[n], takes[n].shape) for n in takes}
        outputs = self.output if isinstance(self.output, dict) else {"targets": self.output}
        # Of scores of as many items as there are, targets are not classes.
        outputs = {n: output for n, output in outputs.items() if output.shape[-1]}
        targets = y if isinstance(self.output, dict) else {"targets": y}
        classes = min(output.shape[-1] for output in outputs.values())
        for name, array in (targets if isinstance(targets, dict) else {}).items():
            if _is_array(array) and name in outputs:
                array = ops.convert_to_numpy(array)
                logits = outputs[name].shape
                if (array.ndim, array.shape[-1:]) != (len(logits), logits[-1:]):
                    _check_whole(name, array, classes)
                rows[name] = len(array)
        if len(set(rows.values())) > 1:
            received = ", ".join(f"{name} of {count}" for name, count in rows.items())
            raise ValueError(f"Expected arrays of as many examples. Received: {received}")

    def _checked_input(self, name, array, shape):
        """How many examples an array has that fits an input."""
        array = ops.convert_to_numpy(array)
        fits = len(array.shape) == len(shape) and all(
            expected in (None, size)
            for expected, size in zip(shape, array.shape, strict=True)
        )
        if not fits:
            expected = ", ".join("any" if size is None else str(size) for size in shape[1:])
            raise ValueError(
                f"Expected {name} of shape (batch, {expected}). Received: {array.shape}"
            )
        if name in self.ids_below:
            _check_whole(name, array, self.ids_below[name])
        elif not np.isfinite(array).all():
            row = np.argwhere(~np.isfinite(array))[0][0]
            raise ValueError(
                f"Expected finite numbers for {name}. Received: others, in row {row}"
            )
        return len(array)


def _is_array(x):
    return hasattr(x, "shape") and hasattr(x, "dtype")


def _check_whole(name, array, below):
    """Raise a `ValueError` unless an array is of whole numbers from 0, all `below` this."""
    if array.dtype.kind not in "iuf":
        raise ValueError(f"Expected whole numbers for {name}. Received: {array.dtype}")
    # A comparison with NaN is false.
    fits = (array >= 0) & (array < below)
    if array.dtype.kind == "f":
        fits &= array == np.floor(array)
    if not fits.all():
        first = tuple(np.argwhere(~fits)[0])
        raise ValueError(
            f"Expected whole numbers from 0 to {below - 1} for {name}. Received: "
            f"{array[first]}, in row {first[0]}"
        )
