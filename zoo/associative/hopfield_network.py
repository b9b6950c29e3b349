"""The Hopfield network of 1982, as a model."""

import warnings

import keras

from ... import layers
from ...layers.validation import check_positive
from .associative_model import AssociativeModel
from .theory import capacity, first_update_error


@keras.saving.register_keras_serializable(package="keras_memory")
class HopfieldNetwork(AssociativeModel):
    """Binary Hopfield network: stores patterns of ±1, and completes one from a part.

    `fit(patterns)` stores in one pass, without a gradient; another `fit` stores further
    ones. `predict(cues)` gives the attractors of cues, `recall` their energies, too. See
    `layers.HopfieldMemory`.

    Args:
        units: Width of a pattern.
        rule: `"hebb"`, `"storkey"` or `"pseudo_inverse"`.
        updates: `"asynchronous"` or `"synchronous"`.
        order: Of asynchronous updates: `"random"` or `"fixed"`.
        max_updates: Sweeps, or synchronous updates, at most.
        seed: Of the random orders.

    Raises:
        ValueError: An argument is unknown or not positive; patterns or cues in arrays have
            another width, or values other than ±1 (cues: and 0). `2 * patterns - 1` turns 0
            and 1 into ±1.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    patterns = np.random.default_rng(0).choice([-1.0, 1.0], (5, 100))
    model = zoo.HopfieldNetwork(units=100)
    model.fit(patterns)
    attractors = model.predict(np.where(np.arange(100) < 50, patterns, 0))
    ```

    Reference:
        [Hopfield, 1982](https://doi.org/10.1073/pnas.79.8.2554).
    """

    layouts = {"memory/couplings": ("model", None)}

    def __init__(
        self,
        units: int,
        rule: str = "hebb",
        updates: str = "asynchronous",
        order: str = "random",
        max_updates: int = 100,
        seed: int | None = 0,
        name: str = "hopfield_network",
    ) -> None:
        check_positive("units", units)
        memory = layers.HopfieldMemory(rule, updates, order, max_updates, seed, name="memory")
        super().__init__(
            memory,
            {"cues": units},
            name,
            units=units,
            rule=rule,
            updates=updates,
            order=order,
            max_updates=max_updates,
            seed=seed,
        )

    def check_room(self, further: int) -> None:
        units, rule = self.arguments["units"], self.arguments["rule"]
        number = self.stored + further
        most = capacity(rule, units)
        if number > most:
            wrong = 100 * first_update_error(number / units)
            results = {
                "hebb": f"one update turns {wrong:.2g} % of the units of random ones wrong"
            }
            warnings.warn(
                f"Expected up to about {most:.0f} random patterns for {units} units by the "
                f"rule {rule!r}. Received: {number} in all; "
                f"{results.get(rule, 'not all random ones are recalled')}",
                stacklevel=3,
            )
