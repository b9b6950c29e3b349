"""Recurrent networks with sparse attention to their past states, for long sequences."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ...layers import SparseAttentiveBacktracking, masks
from ...layers.argument_types import ScoreLike
from ...layers.precision import widen
from ...layers.validation import check_choice, check_natural, check_positive
from ..saving.pretrained import Endpoints, PretrainedModel
from ..saving.transfer import Names
from ..text import UNKNOWN_ID, Characters, names, text_spec

CELLS = {
    "gru": keras.layers.GRUCell,
    "lstm": keras.layers.LSTMCell,
    "simple": keras.layers.SimpleRNNCell,
}
TASKS = "classification", "labelling", "regression"
LIKELIEST = 5  # characters that may come next


@keras.saving.register_keras_serializable(package="keras_memory")
class SparseAttentiveRNN(PretrainedModel):
    """Recurrent network with sparse attentive backtracking, through few of its past states.

    y = W [h; s] + b, with h and s of `layers.SparseAttentiveBacktracking`

    Takes `{"vectors": (batch, steps, input_units), "length": (batch,)}`, or `{"symbols":
    (batch, steps), "length": (batch,)}` with integers below `input_units`; sequences of any
    length, padded with anything. The output depends on the task:

    - `"labelling"`: logits `(batch, steps, output_units)`, a label at every step, as in
      language modelling; give `sample_weight` of shape `(batch, steps)` for padded targets;
    - `"classification"`: logits `(batch, output_units)`, after the last step;
    - `"regression"`: numbers `(batch, output_units)`, after the last step.

    Args:
        input_units: Width of an input, or how many symbols there are.
        output_units: How many labels, or numbers, there are.
        task: What is predicted: `"labelling"`, `"classification"` or `"regression"`.
        symbols: Whether inputs are symbols, numbered from 0.
        embedding_units: Width that symbols are embedded in; 0: one unit for each symbol.
        units: Of the cell.
        cell: `"lstm"`, `"simple"` or `"gru"`; the last for short sequences alone, as nothing
            bounds its state where states of the past are added to it.
        k_top: How many microstates are retrieved at each step; `None`: all; 0: none.
        k_trunc: Steps between truncations of the gradient; `None`: those of the sequence.
        k_att: Every how many steps the state is stored.
        score: Of states and microstates, as for `layers.SparseAttentiveBacktracking`.
        labels: Names of the outputs, which are stored with the model: of classes, for
            `classify`; of numbers; or of characters, in the order of the symbols, for
            `next_characters`.
        first: A layer between vectors and the cell, as `keras.layers.Normalization`.
        last: A layer after the output, as `keras.layers.Rescaling`.

    Raises:
        ValueError: A size is not a positive integer, `k_top` or `embedding_units` is not 0 or
            more, or the task, the cell or the score is unknown; vectors are to be
            embedded; `labels` are not `output_units` names; or sequences are known to have
            fewer than `k_att` steps.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    symbols = np.random.default_rng(0).integers(1, 9, (32, 20))
    inputs = {"symbols": symbols, "length": np.full(32, 20)}
    model = zoo.SparseAttentiveRNN(9, 9, symbols=True, units=16)
    model.fit(inputs, np.roll(symbols, 5, axis=1))
    zoo.figures.retrieval_map(model.trace(inputs)).savefig("retrieved.png")
    ```

    Reference:
        [Ke et al., 2018](https://arxiv.org/abs/1809.03702).
    """

    def __init__(
        self,
        input_units: int,
        output_units: int,
        task: str = "labelling",
        symbols: bool = False,
        embedding_units: int = 0,
        units: int = 128,
        cell: str = "lstm",
        k_top: int | None = 5,
        k_trunc: int | None = 5,
        k_att: int = 5,
        score: ScoreLike = "additive",
        name: str = "sparse_attentive_rnn",
        labels: Sequence[str] | None = None,
        first: keras.layers.Layer | None = None,
        last: keras.layers.Layer | None = None,
    ) -> None:
        check_positive("input_units", input_units)
        check_positive("output_units", output_units)
        check_choice("task", task, TASKS)
        check_natural("embedding_units", embedding_units)
        if embedding_units and not symbols:
            raise ValueError(
                "Expected symbols=True, to embed. Received: "
                f"embedding_units={embedding_units}"
            )
        check_positive("units", units)
        check_choice("cell", cell, CELLS)
        labels = _checked_labels(labels, output_units)
        kind = "symbols" if symbols else "vectors"
        shape, dtype = ((None,), "int32") if symbols else ((None, input_units), None)
        inputs = keras.Input(shape, dtype=dtype, name=kind)
        length = keras.Input((), dtype="int32", name="length")
        mask = masks.of_length(length, inputs)
        x = ops.where(mask, inputs, 0) if symbols else inputs
        if symbols and embedding_units:
            x = keras.layers.Embedding(input_units, embedding_units, name="embedding")(x)
        elif symbols:
            x = ops.one_hot(x, input_units)
        elif first is not None:
            x = first(x)
        backtracking = SparseAttentiveBacktracking(
            CELLS[cell](units),
            k_top,
            k_trunc,
            k_att,
            score,
            return_sequences=task == "labelling",
            name="backtracking",
        )
        outputs = keras.layers.Dense(output_units, name="output")(backtracking(x, mask=mask))
        if last is not None:
            outputs = last(outputs)
        super().__init__({kind: inputs, "length": length}, outputs, name=name)
        is_of_text = symbols and task == "labelling" and _are_characters(labels, input_units)
        self.text = Characters("".join(labels)) if is_of_text else None
        self._backtracked = x, mask  # inputs of the layer
        self.backtracking = backtracking
        self.arguments = {
            "input_units": input_units,
            "output_units": output_units,
            "task": task,
            "symbols": symbols,
            "embedding_units": embedding_units,
            "units": units,
            "cell": cell,
            "k_top": k_top,
            "k_trunc": k_trunc,
            "k_att": k_att,
            "score": backtracking.score,
            "name": name,
            "labels": labels,
            "first": first,
            "last": last,
        }
        is_class = task != "regression"
        cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
            loss=cross_entropy if is_class else "mse",
            weighted_metrics=["accuracy"] if is_class else [],
        )

    @property
    def entry_names(self) -> Mapping[str, Names]:
        """Labels of the outputs, which in a language model are those of the inputs, too."""
        labels = self.arguments["labels"]
        if not labels:
            return {}
        names = {"output/kernel": (None, labels), "output/bias": (labels,)}
        if self.arguments["symbols"] and self.arguments["input_units"] == len(labels):
            one_hot = "backtracking/[a-z]+_cell(_[0-9]+)?/kernel"
            embedded = self.arguments["embedding_units"]
            names["embedding/embeddings" if embedded else one_hot] = labels, None
        return names

    def classify(self, inputs: Any) -> dict[str, Any]:
        """The likeliest label of each sequence, a string, with its probability.

        Args:
            inputs: As of `call`.

        Returns:
            `label`, strings `(batch,)`, TensorFlow's where it is installed, else NumPy's; and
            `probability`, `(batch,)`.

        Raises:
            ValueError: The model has no labels, or is not for classification.
        """
        if self.arguments["task"] != "classification" or not self.arguments["labels"]:
            raise ValueError(
                "Expected a model for classification, of labels. Received: another"
            )
        probabilities = ops.softmax(widen(self.run_compiled("answered", inputs)))
        return {
            "label": names(self.arguments["labels"], ops.argmax(probabilities, axis=-1)),
            "probability": ops.max(probabilities, axis=-1),
        }

    def next_characters(self, texts: Any) -> dict[str, Any]:
        """The likeliest characters after each text, with their probabilities.

        Args:
            texts: Strings, `(batch,)`. Characters that have no number are left out.

        Returns:
            A dictionary, whose strings are TensorFlow's where it is installed, else NumPy's:

            - `characters`: strings `(batch, n)`, the likeliest first, n = min(5,
              output_units), and their `probabilities`, `(batch, n)`;
            - `unknown`: strings `(batch,)`, the characters that were left out, each once.

        Raises:
            ValueError: The model's labels are not the characters of its symbols, or `texts`
                are not strings `(batch,)`.
        """
        if self.text is None:
            raise ValueError(
                "Expected a language model, with the characters of its symbols as labels. "
                "Received: another"
            )
        numbers = ops.convert_to_tensor(self.text.ids(texts))
        is_known = numbers > UNKNOWN_ID
        # Known characters come first, in their order; then room for a stored state.
        place = ops.where(is_known, 0, ops.shape(numbers)[1]) + ops.arange(
            ops.shape(numbers)[1], dtype="int32"
        )
        symbols = ops.take_along_axis(numbers, ops.argsort(place, axis=1), axis=1)
        symbols = ops.maximum(symbols - UNKNOWN_ID - 1, 0)
        symbols = ops.pad(symbols, [[0, 0], [0, self.arguments["k_att"]]])
        length = ops.sum(ops.cast(is_known, "int32"), axis=1)
        logits = self.run_compiled("answered", {"symbols": symbols, "length": length})
        last = ops.maximum(length - 1, 0)[:, None, None]
        probabilities = ops.softmax(widen(ops.take_along_axis(logits, last, axis=1)[:, 0]))
        number = min(LIKELIEST, self.arguments["output_units"])
        largest, index = ops.top_k(probabilities, number)
        return {
            "characters": names(self.arguments["labels"], index),
            "probabilities": largest,
            "unknown": self.text.unknown(texts),
        }

    def endpoints(self) -> Endpoints:
        """Besides `serving_default`, `classify`, if there are labels of classes; or, of a
        language model with labels, `next_characters`, of strings.
        """
        endpoints = dict(super().endpoints())
        if self.text is not None:
            endpoints["next_characters"] = (self.next_characters, [text_spec("texts")])
        if self.arguments["task"] == "classification" and self.arguments["labels"]:
            endpoints["classify"] = (self.classify, self.signature())
        return endpoints

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The steps that each step retrieved, and the `outputs`.

        Steps count from 0, and are those of the inputs, padding included.

        Returns:
            `weights`: `(batch, steps, microstates)`; `stored`: `(microstates,)`, the step
            whose state each is; `retrieved`: `(batch, steps, k_top)`, the steps that each
            step retrieved, the one of the largest weight first, and -1 where there were
            fewer, or the weight is 0; with fewer microstates than k_top, only as many.
        """
        outputs, x, mask = self._with_backtracked(inputs)
        _, weights = self.backtracking(x, mask=mask, return_attention_scores=True)
        return {**self._retrieved(weights), "outputs": outputs}

    def _with_backtracked(self, inputs):
        return keras.Model(self.input, [self.output, *self._backtracked])(inputs)

    def _retrieved(self, weights):
        weights, k_att = widen(weights), self.backtracking.k_att
        stored = k_att * ops.arange(1, 1 + ops.shape(weights)[-1], dtype="int32") - 1
        order = ops.argsort(-weights, axis=-1)[..., : self.backtracking.k_top]
        largest = ops.take_along_axis(weights, order, axis=-1)
        step = k_att * (1 + ops.cast(order, "int32")) - 1
        retrieved = ops.where(largest > 0, step, -1)
        return {"weights": weights, "stored": stored, "retrieved": retrieved}


def _are_characters(labels, symbols):
    """Whether there is a label for each symbol, single characters, each once."""
    if not labels or set(map(len, labels)) != {1}:
        return False
    return len(labels) == len(set(labels)) == symbols


def _checked_labels(labels, output_units):
    """A list of as many strings as there are outputs, or `None`."""
    if labels is None:
        return None
    fits = not isinstance(labels, str) and all(isinstance(name, str) for name in labels)
    if not fits or len(labels) != output_units:
        raise ValueError(
            f"Expected a list of {output_units} strings for labels. Received: {labels!r}"
        )
    return list(labels)
