"""What associative memories share as models: `fit` stores, `predict` recalls."""

import warnings

import keras
import numpy as np
from keras import ops

from .pretrained import PretrainedModel

BINARY = -1, 1


class AssociativeModel(PretrainedModel):
    """A model of one layer that stores in training, and recalls otherwise.

    A subclass makes the layer, which has `recall`, `update` and `energy`.
    """

    # The values that a pattern has; any finite ones if `None`.
    values = BINARY

    def __init__(self, memory, name, **arguments):
        cues = keras.Input((arguments["units"],), name="cues")
        super().__init__(cues, memory(cues), name=name)
        self.arguments = {**arguments, "name": name}
        self.compile(jit_compile=keras.backend.backend() != "torch")

    @property
    def memory(self):
        """The layer that stores and recalls."""
        return self.get_layer("memory")

    def fit(self, x, **kwargs):
        """Store patterns, an array or a data set of batches, as `keras.Model.fit` takes them.

        Its loss is their mean energy among what is stored so far. Of data sets the values are
        not looked at.
        """
        if kwargs.setdefault("epochs", 1) != 1:
            raise ValueError(
                f"Expected epochs=1: one pass stores. Received: {kwargs['epochs']}"
            )
        if hasattr(x, "shape"):
            self._check("patterns", x, self.values)
            self.check_room(len(x))
            kwargs.setdefault("batch_size", len(x))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The model does not have any trainable")
            return super().fit(x, shuffle=False, **kwargs)

    def check_room(self, further):
        """Raise or warn if so many further patterns are more than it holds."""

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(self.memory.energy(y_pred))

    def predict(self, x, **kwargs):
        """Where cues end, as `keras.Model.predict`."""
        if hasattr(x, "shape"):
            self._check_cues(x)
        return super().predict(x, **kwargs)

    def recall(self, cues, **known):
        """Attractors of cues `(batch, units)`, their energies and numbers of updates.

        See the layer's `recall`, which takes the same arguments.
        """
        self._check_cues(cues)
        return self.memory.recall(cues, **known)

    def energy(self, states, **known):
        """The energy of each state, `(batch,)`."""
        return self.memory.energy(states, **known)

    def trace(self, cues, **known):
        """How cues end: `states` `(updates + 1, batch, units)`, `energies` `(…, batch)`."""
        updates = int(ops.max(self.recall(cues, **known)["updates"]))
        states = [ops.convert_to_tensor(cues, "float32")]
        for step in range(updates):
            states.append(self.memory.update(states[-1], step=step, **known))
        energies = [self.energy(state, **known) for state in states]
        return {
            "states": ops.convert_to_numpy(ops.stack(states)),
            "energies": ops.convert_to_numpy(ops.stack(energies)),
        }

    def endpoints(self):
        """Functions for a SavedModel: cues in, what `recall` says out."""
        cues = keras.InputSpec("float32", (None, self.arguments["units"]), name="cues")
        return {"serving_default": (self.memory.recall, [cues])}

    def _check_cues(self, cues):
        self._check("cues", cues, self.values and (*self.values, 0))

    def _check(self, name, array, values):
        units = self.arguments["units"]
        if len(array.shape) != 2 or array.shape[-1] != units:
            raise ValueError(
                f"Expected {name} (batch, {units}). Received: shape {tuple(array.shape)}"
            )
        if values is None:
            if not np.isfinite(ops.convert_to_numpy(array)).all():
                raise ValueError(f"Expected finite {name}. Received: others")
            return
        found = np.unique(ops.convert_to_numpy(array)).tolist()
        others = [value for value in found if value not in values]
        if others:
            hint = "; of 0 and 1, 2 * x - 1 makes such" if set(found) <= {0, 1} else ""
            raise ValueError(
                f"Expected {name} of {' and '.join(map(str, sorted(values)))}{hint}. "
                f"Received: {others[:3]}"
            )


def check_slots(stored, further, slots):
    """Raise a `ValueError` unless there is a slot for each of the further patterns."""
    if stored + further > slots:
        raise ValueError(
            f"Expected up to {slots - stored} further patterns, for as many free slots. "
            f"Received: {further}"
        )
