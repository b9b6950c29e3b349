"""Associative memories as models: `fit` stores patterns, `predict` recalls them."""

import warnings
from collections.abc import Collection, Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from ..saving.pretrained import Endpoints, PretrainedModel

BINARY = -1, 1
SAMPLE = 32  # patterns of a batch whose energy is the loss
LISTS = list, tuple  # which become arrays
# Arguments of `keras.Model.fit` by which patterns would not be stored, or that do nothing.
REFUSED = "y", "validation_split", "sample_weight", "class_weight", "initial_epoch"


class AssociativeModel(PretrainedModel):
    """A model of one layer that stores patterns in training, and recalls them otherwise.

    A subclass makes the layer, which has `recall`, `update` and `energy`, and names the
    widths of its inputs: of several, cues and patterns are dictionaries.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    patterns = np.random.default_rng(0).choice([-1.0, 1.0], (3, 100))
    model = zoo.HopfieldNetwork(units=100)  # a subclass
    model.fit(patterns)  # stores them
    recalled = model.predict(np.where(np.arange(100) < 60, patterns, 0))
    ```
    """

    # The values that a pattern has; any finite ones if `None`.
    values = BINARY

    def __init__(
        self,
        memory: keras.layers.Layer,
        widths: Mapping[str, int],
        name: str | None,
        **arguments: Any,
    ) -> None:
        cues = {side: keras.Input((units,), name=side) for side, units in widths.items()}
        outputs = memory(**cues)
        if len(cues) == 1:
            (cues,) = cues.values()
        else:
            outputs = dict(zip(cues, outputs, strict=True))
        super().__init__(cues, outputs, name=name)
        self.widths = widths
        self.arguments = {**arguments, "name": name}
        self.compile_default()

    @property
    def memory(self) -> keras.layers.Layer:
        """The layer that stores and recalls."""
        return self.get_layer("memory")

    @property
    def stored(self) -> int:
        """How many patterns are stored."""
        # By way of a tensor, as the variable may have a copy on each device of a strategy.
        return int(ops.convert_to_numpy(ops.convert_to_tensor(self.memory.stored)))

    def fit(self, x: Any, **kwargs: Any) -> keras.callbacks.History:
        """Store patterns: arrays, lists, or a data set of batches, as `keras.Model.fit`.

        Its loss is the mean energy, among what is stored so far, of the first SAMPLE of a
        batch. Values of data sets are not checked.

        Raises:
            ValueError: `epochs` is not 1, there are more patterns than free slots, arrays
                have another shape or other values, a part of them would not be stored, as by
                `validation_split`, or a `tf.distribute` strategy has several devices, each
                of which would store its part alone. Nothing is stored.
        """
        if kwargs.setdefault("epochs", 1) != 1:
            raise ValueError(
                f"Expected epochs=1: one pass stores. Received: {kwargs['epochs']}"
            )
        is_counted = isinstance(x, (dict, *LISTS)) or hasattr(x, "shape")
        for name in (*REFUSED, "steps_per_epoch") if is_counted else REFUSED:
            value = kwargs.get(name)
            if value is not None and not (np.isscalar(value) and value == 0):
                raise ValueError(
                    f"Expected no {name}: all of x is stored. Received: "
                    f"{value if np.isscalar(value) else type(value).__name__}"
                )
        if self.replicas > 1:
            raise ValueError(
                "Expected one device to store on: of several, each would have a part of the "
                f"patterns. Received: a strategy of {self.replicas}"
            )
        before = self.stored
        if is_counted:
            sides = self._checked("patterns", x, self.values)
            number = len(next(iter(sides.values())))
            self.check_room(number)
            kwargs.setdefault("batch_size", number)
            x = self._as_input(sides)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The model does not have any trainable")
            history = super().fit(x, **{**kwargs, "shuffle": False})
        if not is_counted:
            after = self.stored
            self.memory.stored.assign(before)  # slots after these are as good as free
            self.check_room(after - before)
            self.memory.stored.assign(after)
        return history

    def check_room(self, further: int) -> None:
        """Raise or warn if so many further patterns are beyond the capacity."""
        if "slots" in self.arguments:
            free = self.arguments["slots"] - self.stored
            if further > free:
                raise ValueError(
                    f"Expected up to {free} further patterns, for as many free slots. "
                    f"Received: {further}"
                )

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        sample = [side[:SAMPLE] for side in self._sides(y_pred).values()]
        return ops.mean(self.memory.energy(*sample))

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """The attractors of cues, as `keras.Model.predict`."""
        self._check_memory()
        if isinstance(x, (dict, *LISTS)) or hasattr(x, "shape"):
            x = self._as_input(self._checked_cues(x))
        return super().predict(x, **kwargs)

    def recall(self, cues: Any, **known: Any) -> dict[str, Any]:
        """The attractors of cues, their energies, and the numbers of updates.

        See the `recall` of its layer, which takes the same arguments.
        """
        self._check_memory()
        sides = self._checked_cues(cues)
        self._check_known(len(next(iter(sides.values()))), known)
        return self.memory.recall(**sides, **known)

    def energy(self, states: Any, **known: Any) -> Any:
        """The energy of each state, `(batch,)`."""
        return self.memory.energy(*self._sides(states).values(), **known)

    def trace(self, cues: Any, **known: Any) -> dict[str, np.ndarray]:
        """The recall of cues, as NumPy arrays, the first axis that of the updates.

        `states` `(updates + 1, batch, units)`, or, of several inputs, each by its name; and
        `energies` `(updates + 1, batch)`.
        """
        updates = int(ops.max(self.recall(cues, **known)["updates"]))
        sides = self._sides(cues)
        states = [tuple(ops.convert_to_tensor(side, "float32") for side in sides.values())]
        for step in range(updates):
            after = self.memory.update(*states[-1], step=step, **known)
            states.append(after if isinstance(after, tuple) else (after,))
        names = ["states"] if len(sides) == 1 else sides
        found = dict(zip(names, zip(*states, strict=True), strict=True))
        found["energies"] = [self.memory.energy(*state, **known) for state in states]
        return {name: ops.convert_to_numpy(ops.stack(x)) for name, x in found.items()}

    def endpoints(self) -> Endpoints:
        """Functions for a SavedModel: from cues to what `recall` returns."""
        return {"serving_default": (self.memory.recall, self._cues())}

    def trace_endpoints(self) -> Endpoints:
        """`step`: from states to their energies, and to the states after an update."""

        def step(*states):
            after = self.memory.update(*states)
            after = after if isinstance(after, tuple) else (after,)
            names = ["states"] if len(after) == 1 else self.widths
            energies = self.memory.energy(*states)
            return {**dict(zip(names, after, strict=True)), "energies": energies}

        return {"step": (step, self._cues())}

    def _cues(self):
        return [
            keras.InputSpec("float32", (None, units), name=side)
            for side, units in self.widths.items()
        ]

    def _as_input(self, sides):
        """What the model takes: a dictionary, or the array of one side."""
        return sides if len(sides) > 1 else next(iter(sides.values()))

    def _sides(self, x):
        """Arrays by the names of the inputs; of lists, too."""
        if len(self.widths) == 1 and not isinstance(x, dict):
            x = dict(zip(self.widths, [x], strict=True))
        if not isinstance(x, dict) or set(x) != set(self.widths):
            raise ValueError(
                f"Expected a dictionary of {', '.join(self.widths)}. Received: "
                f"{list(x) if isinstance(x, dict) else type(x).__name__}"
            )
        return {side: _array(x[side]) for side in self.widths}

    def _check_memory(self):
        if not self.stored:
            raise ValueError(
                "Expected stored patterns: call fit first. Received: an empty memory"
            )

    def _check_known(self, batch, known):
        """Raise a `ValueError` unless masks of known units have their number."""
        for name, array in known.items():
            units = next(iter(self.widths.values()))
            shape = tuple(np.shape(array))
            if shape not in [(units,), (1, units), (batch, units)]:
                raise ValueError(
                    f"Expected {name} ({units},) or ({batch}, {units}). Received: shape "
                    f"{shape}"
                )

    def _checked_cues(self, cues):
        return self._checked("cues", cues, self.values and (*self.values, 0))

    def _checked(self, kind, x, values):
        sides = self._sides(x)
        for side, array in sides.items():
            name = kind if len(sides) == 1 else f"{kind} of {side!r}"
            shape = tuple(np.shape(array))
            if len(shape) != 2 or shape[-1] != self.widths[side] or not shape[0]:
                raise ValueError(
                    f"Expected {name} (batch, {self.widths[side]}), one or more. Received: "
                    f"shape {shape}"
                )
            check_values(name, ops.convert_to_numpy(array), values)
        numbers = {side: len(array) for side, array in sides.items()}
        if len(set(numbers.values())) > 1:
            raise ValueError(f"Expected as many {kind} of each side. Received: {numbers}")
        return sides


def _array(x):
    """Lists as an array; anything else as it is."""
    if not isinstance(x, LISTS):
        return x
    try:
        return np.asarray(x, "float32")
    except (TypeError, ValueError) as error:
        raise ValueError(f"Expected an array of numbers. Received: {error}") from None


def check_values(name: str, array: np.ndarray, values: Collection[float] | None) -> None:
    """Raise a `ValueError` unless an array has these values alone; finite ones of `None`."""
    if values is None:
        if not np.isfinite(array).all():
            raise ValueError(f"Expected finite {name}. Received: others")
        return
    found = np.unique(array).tolist()
    others = [value for value in found if value not in values]
    if others:
        hint = "; of 0 and 1, 2 * x - 1 makes such" if set(found) <= {0, 1} else ""
        expected = " and ".join(map(str, sorted(values)))
        raise ValueError(f"Expected {name} of {expected}{hint}. Received: {others[:3]}")
