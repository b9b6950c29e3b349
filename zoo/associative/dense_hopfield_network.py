"""A dense associative memory, as a model."""

import keras

from ... import layers
from ...layers.validation import check_positive
from .associative_model import AssociativeModel


@keras.saving.register_keras_serializable(package="keras_memory")
class DenseHopfieldNetwork(AssociativeModel):
    """Dense Hopfield network: stores many more patterns of ±1 than it has units.

    `fit(patterns)` stores, `predict(cues)` recalls; see `layers.DenseAssociativeMemory`.

    Args:
        units: Width of a pattern.
        slots: How many patterns can be stored.
        interaction: n of F(m) = (m / units)^n, or `"exponential"`.
        beta: β > 0 of the exponential.
        updates: `"synchronous"` or `"asynchronous"`.
        max_updates: Synchronous updates, or sweeps, at most.

    Raises:
        ValueError: An argument is unknown or not positive; patterns or cues in arrays have
            another width, or values other than ±1 (cues: and 0), or there is no free slot.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    patterns = np.random.default_rng(0).choice([-1.0, 1.0], (20, 100))
    model = zoo.DenseHopfieldNetwork(units=100, slots=50)
    model.fit(patterns)
    attractors = model.predict(np.where(np.arange(100) < 50, patterns, 0))
    ```

    Reference:
        [Krotov & Hopfield, 2016](https://arxiv.org/abs/1606.01164).
    """

    layouts = {"memory/patterns": ("model", None)}

    def __init__(
        self,
        units: int,
        slots: int = 1000,
        interaction: int | str = "exponential",
        beta: float = 1.0,
        updates: str = "synchronous",
        max_updates: int = 10,
        name: str = "dense_hopfield_network",
    ) -> None:
        check_positive("units", units)
        memory = layers.DenseAssociativeMemory(
            slots, interaction, beta, updates, max_updates, name="memory"
        )
        super().__init__(
            memory,
            {"cues": units},
            name,
            units=units,
            slots=slots,
            interaction=interaction,
            beta=beta,
            updates=updates,
            max_updates=max_updates,
        )
