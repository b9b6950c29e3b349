"""Classification by a dense associative memory: an input is completed by its class."""

from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.validation import check_positive
from ..saving.pretrained import PretrainedModel


@keras.saving.register_keras_serializable(package="keras_memory")
class DenseMemoryClassifier(PretrainedModel):
    """Dense associative memory as a classifier: one update of class units c_α = tanh(z_α).

    Takes `(batch, visible)`, numbers from -1 to 1, and gives logits 2 z, `(batch, classes)`,
    of which the sigmoid is (1 + c) / 2; see `layers.LearnedDenseMemory`. `fit` takes classes
    as one-hot rows.

    Args:
        visible: Width of an input, whose units are visible.
        classes: How many classes there are.
        memories: How many memories are learned.
        power: n of F(m) = max(m, 0)^n.

    Raises:
        ValueError: An argument is not a positive integer.

    Example:

    ```python
    import keras
    import numpy as np
    from keras_memory import zoo

    images = np.random.default_rng(0).uniform(-1, 1, (64, 784)).astype("float32")
    labels = np.arange(64) % 10
    model = zoo.DenseMemoryClassifier(visible=784, classes=10, memories=20)
    model.fit(images, keras.ops.one_hot(labels, 10))
    activities = model.trace(images)["activities"]
    ```

    Reference:
        [Krotov & Hopfield, 2016](https://arxiv.org/abs/1606.01164), section 4.
    """

    layouts = {"memory/patterns": ("model", None)}

    def __init__(
        self,
        visible: int,
        classes: int,
        memories: int = 400,
        power: int = 3,
        name: str = "dense_memory_classifier",
    ) -> None:
        check_positive("visible", visible)
        inputs = keras.Input((visible,), name="visible")
        memory = layers.LearnedDenseMemory(classes, memories, power, name="memory")
        super().__init__(inputs, 2.0 * memory(inputs), name=name)
        self.arguments = {
            "visible": visible,
            "classes": classes,
            "memories": memories,
            "power": power,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(5e-4),
            loss=self.loss_of_units(),
            metrics=["accuracy"],
        )

    @property
    def memory(self) -> layers.LearnedDenseMemory:
        """The layer of the memories."""
        return self.get_layer("memory")

    @staticmethod
    def loss_of_units() -> keras.losses.Loss:
        """The mean of -ln (1 + t c) / 2 over class units c with targets t = ±1."""
        return keras.losses.BinaryCrossentropy(from_logits=True)

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The activities of memories and class units.

        `overlaps` `(batch, memories)`, and `activities` `(batch, classes)`: h and c.
        """
        return {
            "overlaps": self.memory.overlaps(inputs),
            "activities": ops.tanh(self.memory(inputs)),
        }
