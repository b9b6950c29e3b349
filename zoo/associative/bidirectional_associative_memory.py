"""The bidirectional associative memory (BAM) as a model."""

import keras

from ... import layers
from ...layers.validation import check_positive
from .associative_model import AssociativeModel


@keras.saving.register_keras_serializable(package="keras_memory")
class BidirectionalAssociativeMemory(AssociativeModel):
    """Bidirectional associative memory: of a stored pair, one pattern recalls the other.

    `fit({"first": x, "second": y})` stores pairs of ±1, `predict` of the same, with zeros for
    what is unknown, recalls both sides. See `layers.BidirectionalMemory`.

    Args:
        first_units: Width of the first pattern of a pair.
        second_units: Width of the second.
        max_updates: Updates of both sides, at most.

    Raises:
        ValueError: A number is not a positive integer; arrays have another width, or values
            other than ±1 (cues: and 0).

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    rng = np.random.default_rng(0)
    letters, codes = rng.choice([-1.0, 1.0], (3, 35)), rng.choice([-1.0, 1.0], (3, 8))
    model = zoo.BidirectionalAssociativeMemory(35, 8)
    model.fit({"first": letters, "second": codes})
    model.predict({"first": letters, "second": 0 * codes})["second"]
    ```

    Reference:
        [Kosko, 1988](https://doi.org/10.1109/21.87054).
    """

    def __init__(
        self,
        first_units: int,
        second_units: int,
        max_updates: int = 100,
        name: str = "bidirectional_associative_memory",
    ) -> None:
        check_positive("first_units", first_units)
        check_positive("second_units", second_units)
        memory = layers.BidirectionalMemory(max_updates, name="memory")
        super().__init__(
            memory,
            {"first": first_units, "second": second_units},
            name,
            first_units=first_units,
            second_units=second_units,
            max_updates=max_updates,
        )
