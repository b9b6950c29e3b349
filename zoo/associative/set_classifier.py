"""Classification of sets of items, by attention with the dynamics of Hopfield networks."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers import masks
from ...layers.precision import widen
from ...layers.validation import check_choice, check_positive
from ..saving.pretrained import Endpoints, PretrainedModel
from ..saving.transfer import Names
from ..text import names


def _association(x, mask, **arguments):
    associate = layers.HopfieldAssociation(**arguments, name="association")
    x, weights = associate(
        x, x, query_mask=mask, value_mask=mask, return_attention_scores=True
    )
    return _pooled(x, mask, weights)


def _lookup(x, mask, **arguments):
    lookup = layers.HopfieldLookup(**arguments, name="lookup")
    x, weights = lookup(x, return_attention_scores=True)
    return _pooled(x, mask, weights)


def _pooled(x, mask, weights):
    pool = layers.AttentionPooling(name="pooling")
    vector, items = pool(x, mask=mask, return_attention_scores=True)
    return vector, {"weights": weights, "items": items}


def _pooling(x, mask, **arguments):
    pool = layers.HopfieldPooling(**arguments, name="pooling")
    vector, weights = pool(x, mask=mask, return_attention_scores=True)
    return vector, {"weights": weights}


def _lstm(x, mask, **arguments):
    return keras.layers.LSTM(**arguments, use_cudnn=False, name="lstm")(x, mask=mask), {}


# From items `(batch, items, dim)` and their mask to a vector, and to attention weights.
READINGS = {
    "association": _association,
    "lookup": _lookup,
    "lstm": _lstm,
    "pooling": _pooling,
}


@keras.saving.register_keras_serializable(package="keras_memory")
class SetClassifier(PretrainedModel):
    """Classifies a set of items (multiple instance learning): a logit for each class.

    x_i = embedding(item_i);  logits = W f(reading(x)) + b,  f a ReLU layer or none

    Takes `{"items": (batch, items, *item_shape), "length": (batch,)}`, sets of any size,
    padded with anything. How a set is read:

    - `"pooling"`: `layers.HopfieldPooling`, by cues that are learned;
    - `"association"`: `layers.HopfieldAssociation`, each item by all of them, and
      `layers.AttentionPooling` of what they read;
    - `"lookup"`: `layers.HopfieldLookup`, each item in patterns that are learned, and
      `layers.AttentionPooling`;
    - `"lstm"`: `keras.layers.LSTM`, the baseline, to which the order of items matters.

    Args:
        item_shape: Shape of an item: its width, or several sizes, as of an image.
        classes: How many labels there are.
        reading: How the set is read.
        embedding: A layer for single items, `(items, *item_shape)` to `(items, dim)`, as a
            `keras.Sequential`; items are read as they are if absent.
        hidden_units: Of the ReLU layer f; 0 for none.
        labels: The names of the classes, in their order, which `classify` gives; or none.
        **arguments: Of the layer that reads: `num_heads` and `key_dim` at least, `units`
            of an LSTM.

    Raises:
        ValueError: A size is not a positive integer, the reading is unknown, items of
            several sizes have no embedding, or there are not as many labels as classes.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    items = np.random.default_rng(0).normal(size=(64, 9, 8))  # 64 sets of 9 items
    inputs = {"items": items, "length": np.full(64, 9)}
    labels = (items[..., 0].max(axis=1) > 1.5).astype(int)
    model = zoo.SetClassifier(8, classes=2, num_heads=8, key_dim=8)
    model.fit(inputs, labels)
    weights = model.trace(inputs)["weights"]
    ```

    Reference:
        [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217), section 3;
        [Ilse et al., 2018](https://arxiv.org/abs/1802.04712), whose bags are such sets.
    """

    layouts = {"lookup/(patterns|values)": ("model", None)}

    def __init__(
        self,
        item_shape: int | Sequence[int],
        classes: int = 2,
        reading: str = "pooling",
        embedding: keras.layers.Layer | None = None,
        hidden_units: int = 0,
        labels: Sequence[str] = (),
        name: str = "set_classifier",
        **arguments: Any,
    ) -> None:
        item_shape = [item_shape] if isinstance(item_shape, int) else list(item_shape)
        for size in item_shape:
            check_positive("item_shape", size)
        check_positive("classes", classes)
        check_choice("reading", reading, READINGS)
        if hidden_units:
            check_positive("hidden_units", hidden_units)
        if embedding is None and len(item_shape) != 1:
            raise ValueError(
                f"Expected an embedding for items of several sizes. Received: "
                f"item_shape={item_shape}, embedding=None"
            )
        if labels and len(set(labels)) != classes:
            raise ValueError(
                f"Expected {classes} labels, one for each class. Received: {labels!r}"
            )
        items = keras.Input((None, *item_shape), name="items")
        length = keras.Input((), dtype="int32", name="length")
        x = items
        if embedding is not None:
            x = layers.ItemWise(embedding, name="embedding")(items)
        is_item = masks.of_length(length, x)
        vector, attention = READINGS[reading](x, is_item, **arguments)
        if hidden_units:
            vector = keras.layers.Dense(hidden_units, "relu", name="hidden")(vector)
        logits = keras.layers.Dense(classes, name="logits")(vector)
        super().__init__({"items": items, "length": length}, logits, name=name)
        self._attention = attention
        self.arguments = {
            "item_shape": item_shape,
            "classes": classes,
            "reading": reading,
            "embedding": embedding,
            "hidden_units": hidden_units,
            "labels": list(labels),
            "name": name,
            **arguments,
        }
        self.compile_default(
            keras.optimizers.AdamW(1e-3),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    @property
    def entry_names(self) -> Mapping[str, Names]:
        labels = self.arguments["labels"]
        return {"logits/kernel": (None, labels), "logits/bias": (labels,)} if labels else {}

    def classify(self, items: Any, length: Any = None) -> dict[str, Any]:
        """The label of each set.

        Args:
            items: Shape `(batch, items, *item_shape)`, padded with anything.
            length: How many items there are in each set, `(batch,)`; all of them if absent.

        Returns:
            `{"label": (batch,), "probability": (batch,)}`: strings, which are TensorFlow's
            where it is installed, else NumPy's, and the probability of each.

        Raises:
            ValueError: The model has no `labels`.
        """
        if not self.arguments["labels"]:
            raise ValueError(f"Expected a model with labels. Received: {self.name}, without")
        items = ops.convert_to_tensor(items)
        if length is None:
            batch, size = ops.shape(items)[:2]
            length = ops.full((batch,), size, dtype="int32")
        inputs = {"items": items, "length": ops.convert_to_tensor(length)}
        probabilities = ops.softmax(widen(self.run_compiled("answered", inputs)))
        label = ops.argmax(probabilities, axis=-1)
        return {
            "label": names(self.arguments["labels"], label),
            "probability": ops.max(probabilities, axis=-1),
        }

    def endpoints(self) -> Endpoints:
        """Functions for a SavedModel; with labels, also `classify`, on TensorFlow alone."""
        found = dict(super().endpoints())
        if self.arguments["labels"] and keras.backend.backend() == "tensorflow":
            (inputs,) = self.signature()
            found["classify"] = self.classify, [inputs["items"], inputs["length"]]
        return found

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The attention weights, of which an LSTM has none; and the `logits`.

        Returns:
            `weights`: of pooling `(batch, heads, quantity, items)`, of each item's
            association or lookup `(batch, heads, items, items or slots)`; of these also
            `items`, `(batch, items)`: what each counts in the set.
        """
        outputs = {**self._attention, "logits": self.output}
        return keras.Model(self.input, outputs)(inputs)
