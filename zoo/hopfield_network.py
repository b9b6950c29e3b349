"""The Hopfield network of 1982, as a model: `fit` stores patterns, `predict` recalls."""

import warnings

import keras
import numpy as np
from keras import ops

from .. import layers
from ..layers.validation import check_positive
from .hopfield_theory import capacity
from .pretrained import PretrainedModel


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldNetwork(PretrainedModel):
    """Stores patterns of ±1, and recalls the whole of one from a part.

    `fit(patterns)` stores in one pass, without a gradient; a second `fit` stores further ones.
    `predict(cues)` says where the cues end; `recall` says more. See `layers.HopfieldMemory`.

    Args:
        units: Width of a pattern.
        rule: `"hebb"`, `"storkey"` or `"pseudo_inverse"`.
        updates: `"asynchronous"` or `"synchronous"`.
        order: Of asynchronous updates: `"random"` or `"fixed"`.
        max_updates: Sweeps, or synchronous updates, at most.
        seed: Of the random orders.

    Raises:
        ValueError: An argument is unknown or not positive; patterns or cues in arrays have
            another width, or values other than ±1 (cues: and 0). Those of 0 and 1 are made
            such by `2 * patterns - 1`.

    Example:

    ```python
    model = keras_memory.zoo.HopfieldNetwork(units=100)
    model.fit(patterns)
    attractors = model.predict(cues)
    ```

    Reference:
        [Hopfield, 1982](https://doi.org/10.1073/pnas.79.8.2554).
    """

    def __init__(
        self,
        units,
        rule="hebb",
        updates="asynchronous",
        order="random",
        max_updates=100,
        seed=0,
        name="hopfield_network",
    ):
        check_positive("units", units)
        cues = keras.Input((units,), name="cues")
        memory = layers.HopfieldMemory(
            rule, updates, order, max_updates, seed, name="memory"
        )
        super().__init__(cues, memory(cues), name=name)
        self.arguments = {
            "units": units,
            "rule": rule,
            "updates": updates,
            "order": order,
            "max_updates": max_updates,
            "seed": seed,
            "name": name,
        }
        self.compile(jit_compile=keras.backend.backend() != "torch")

    @property
    def memory(self):
        """The `layers.HopfieldMemory`, with its `couplings` and `thresholds`."""
        return self.get_layer("memory")

    def fit(self, x, **kwargs):
        """Store patterns, an array or a data set of batches, as `keras.Model.fit` takes them."""
        if kwargs.setdefault("epochs", 1) != 1:
            raise ValueError(f"Expected epochs=1: one pass stores. Received: {kwargs['epochs']}")
        if hasattr(x, "shape"):
            self._check("patterns", x, (-1, 1))
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The model does not have any trainable")
            return super().fit(x, shuffle=False, **kwargs)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return ops.mean(self.memory.energy(y_pred)) if y_pred is not None else 0.0

    def recall(self, cues, external=None):
        """Attractors, energies, numbers of updates and periods of cues `(batch, units)`.

        See `layers.HopfieldMemory.recall`.
        """
        self._check("cues", cues, (-1, 0, 1))
        return self.memory.recall(cues, external)

    def energy(self, states, external=None):
        """The energy of each state, `(batch,)`."""
        return self.memory.energy(states, external)

    def predict(self, x, **kwargs):
        """Where cues end, as `keras.Model.predict`."""
        if hasattr(x, "shape"):
            self._check("cues", x, (-1, 0, 1))
        return super().predict(x, **kwargs)

    def trace(self, cues, external=None):
        """How cues end: `states` `(updates + 1, batch, units)` and their `energies`."""
        self._check("cues", cues, (-1, 0, 1))
        updates = int(np.max(self.recall(cues, external)["updates"]))
        states = [ops.convert_to_tensor(cues, "float32")]
        for step in range(updates):
            states.append(self.memory.update(states[-1], external, step))
        energies = [self.energy(state, external) for state in states]
        return {
            "states": ops.convert_to_numpy(ops.stack(states)),
            "energies": ops.convert_to_numpy(ops.stack(energies)),
        }

    def endpoints(self):
        """Functions for a SavedModel: cues in, what `recall` says out."""
        cues = keras.InputSpec("float32", (None, self.arguments["units"]), name="cues")
        return {"serving_default": (self.memory.recall, [cues])}

    def _check(self, name, values, allowed):
        units = self.arguments["units"]
        if len(values.shape) != 2 or values.shape[-1] != units:
            raise ValueError(
                f"Expected {name} (batch, {units}). Received: shape {tuple(values.shape)}"
            )
        found = np.unique(ops.convert_to_numpy(values))
        if not np.isin(found, allowed).all():
            hint = "; of 0 and 1, 2 * x - 1 makes them" if set(found) <= {0, 1} else ""
            raise ValueError(
                f"Expected {name} of {', '.join(map(str, allowed))}{hint}. Received: "
                f"{found[~np.isin(found, allowed)][:3].tolist()}"
            )
