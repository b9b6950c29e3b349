"""An autoencoder: it completes a cue by what it learned of patterns, and stores none."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

from ...layers.validation import check_positive
from ..saving.pretrained import PretrainedModel


@keras.saving.register_keras_serializable(package="keras_memory")
class Autoencoder(PretrainedModel):
    """Autoencoder: reconstructs its input from a code, h = f(x̃), z = σ(g(h)); loss |z - x|².

    `fit(x, x)` trains, `predict(cues)` completes. With a corruption (a denoising
    autoencoder), the input in training is x̃ and the target x. Numbers are from 0 to 1.

    Args:
        units: Width of a pattern.
        sizes: Units of the encoder's layers, the last those of the code; the decoder has the
            same the other way round.
        activation: Of all layers but the last.
        corruption: A layer that corrupts patterns in training, as `layers.Occlusion` or
            `keras.layers.Dropout`; `None` for none.

    Raises:
        ValueError: A number is not a positive integer, or there are no sizes.

    Example:

    ```python
    import numpy as np
    from keras_memory import layers, zoo

    digits = np.random.default_rng(0).random((64, 784), dtype="float32")
    hides = layers.Occlusion((28, 28))
    model = zoo.Autoencoder(784, sizes=(64, 16), corruption=hides)
    model.fit(digits, digits)
    wholes = model.predict(np.where(np.arange(784) < 392, digits, 0))
    ```

    Reference:
        [Vincent et al., 2008](https://doi.org/10.1145/1390156.1390294).
    """

    def __init__(
        self,
        units: int,
        sizes: Sequence[int] = (256, 64),
        activation: str | Callable[..., Any] = "relu",
        corruption: keras.layers.Layer | None = None,
        name: str = "autoencoder",
    ) -> None:
        check_positive("units", units)
        if not sizes or not isinstance(sizes, (list, tuple)):
            raise ValueError(f"Expected sizes of one layer or more. Received: {sizes!r}")
        for size in sizes:
            check_positive("sizes", size)

        def dense(size, name):
            return keras.layers.Dense(size, activation=activation, name=name)

        cues = keras.Input((units,), name="cues")
        hidden = cues if corruption is None else corruption(cues)  # x̃
        for i, size in enumerate(sizes[:-1]):
            hidden = dense(size, f"encoder_{i}")(hidden)
        hidden = dense(sizes[-1], "code")(hidden)  # h
        for i, size in enumerate(reversed(sizes[:-1])):
            hidden = dense(size, f"decoder_{i}")(hidden)
        whole = keras.layers.Dense(units, activation="sigmoid", name="whole")(hidden)  # z
        super().__init__(cues, whole, name=name)
        self.arguments = {
            "units": units,
            "sizes": list(sizes),
            "activation": activation,
            "corruption": corruption,
            "name": name,
        }
        self.compile_default(
            "adam",
            loss="mean_squared_error",
        )

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The codes and the reconstructions of cues.

        `{"codes": (batch, sizes[-1]), "reconstructions": (batch, units)}`.
        """
        outputs = {"codes": self.get_layer("code").output, "reconstructions": self.output}
        return keras.Model(self.input, outputs)(inputs)
