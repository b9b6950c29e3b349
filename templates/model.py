"""Sequences to classes, by pooling their items with attention."""

# To copy to zoo/<wing>/<model>.py. CONTRIBUTING.md says what else a model needs.

from typing import Any

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers.validation import check_positive
from ..saving.pretrained import PretrainedModel


@keras.saving.register_keras_serializable(package="keras_memory")
class SequenceClassifier(PretrainedModel):
    """A logit for each class: V Σ_i w_i x_i + b, with w = selection(score(u, x)).

    Takes sequences `(batch, steps, units)` of any length and gives `(batch, classes)`. Steps
    that are zero throughout are padding.

    Args:
        units: Width of an item.
        classes: Width of the answer.
        score: As for `layers.Attention`.

    Raises:
        ValueError: A size is not a positive integer, or the score is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    sequences, labels = np.random.default_rng(0).random((32, 5, 8)), np.arange(32) % 3
    model = zoo.SequenceClassifier(units=8, classes=3)
    model.fit(sequences, labels)
    model.trace(sequences)["weights"]  # which steps mattered
    ```

    Reference:
        Authors, year, section and equation; and how ours differs.
    """

    def __init__(
        self,
        units: int = 8,
        classes: int = 2,
        score: str | keras.layers.Layer = "additive",
        name: str = "sequence_classifier",
    ) -> None:
        check_positive("units", units)
        check_positive("classes", classes)
        sequences = keras.Input((None, units), name="sequences")
        items = keras.layers.Masking(name="padding")(sequences)
        pooling = layers.AttentionPooling(score=score, name="pooling")
        pooled, weights = pooling(items, return_attention_scores=True)
        logits = keras.layers.Dense(classes, name="logits")(pooled)  # V, b
        super().__init__(sequences, logits, name=name)
        self._weights = weights
        # As a constructor takes them: `get_config` and presets keep these.
        self.arguments = {
            "units": units,
            "classes": classes,
            "score": pooling.score,
            "name": name,
        }
        self.compile_default(
            "adam",
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    def trace(self, inputs: Any) -> dict[str, np.ndarray]:
        """Which steps count: `{"weights": (batch, steps)}`, a NumPy array."""
        weights = keras.Model(self.input, self._weights)(inputs)
        return {"weights": ops.convert_to_numpy(weights)}
