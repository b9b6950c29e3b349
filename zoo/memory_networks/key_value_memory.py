"""A key-value memory that is read once."""

from typing import Any

import keras

from ... import layers
from ...layers.argument_types import ScoreLike, SelectionLike
from ...layers.validation import check_positive
from ..checked_model import CheckedModel


@keras.saving.register_keras_serializable(package="keras_memory")
class KeyValueMemory(CheckedModel):
    """Key-value memory: finds the value whose key fits the query, a logit for each class.

    w = selection(score(W query + a, key));  logits = V Σ_i w_i value_i + b

    Takes `{"query": (batch, dim), "key": (batch, pairs, dim), "value": (batch, pairs,
    classes)}`, for any number of pairs. With a `Sample` for its selection it gives
    `{"answer": logits, "policy": ...}`, is trained by REINFORCE, and `fit` takes the targets
    under both names.

    Args:
        dim: Width of keys and queries.
        classes: Width of a value, and of the answer.
        score: As for `layers.Attention`.
        selection: As for `layers.Attention`.
        seed: Of a selection that samples.

    Raises:
        ValueError: A size is not a positive integer, or score or selection is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    rng = np.random.default_rng(0)
    keys, values = rng.normal(size=(64, 8, 16)), rng.integers(10, size=(64, 8))
    inputs = {"query": keys[:, 0], "key": keys, "value": np.eye(10)[values]}
    model = zoo.KeyValueMemory(dim=16, classes=10, selection="sparsemax")
    model.fit(inputs, values[:, 0])
    weights = model.trace(inputs)["weights"]
    ```

    Reference:
        [Miller et al., 2016](https://arxiv.org/abs/1606.03126), section 3, with one hop.
    """

    def __init__(
        self,
        dim: int = 32,
        classes: int = 10,
        score: ScoreLike = "scaled_dot",
        selection: SelectionLike = "softmax",
        seed: int | None = None,
        name: str = "key_value_memory",
    ) -> None:
        check_positive("dim", dim)
        check_positive("classes", classes)
        query = keras.Input((dim,), name="query")
        key = keras.Input((None, dim), name="key")
        value = keras.Input((None, classes), name="value")
        # Without the bias a, the additive score would be odd: with both signs changed, its
        # own changes, as that of a similarity does not.
        question = keras.layers.Dense(dim, name="question")(query)  # W, a
        attention = layers.Attention(score, selection, seed=seed, name="attention")
        read, weights = attention(
            keras.layers.Reshape((1, dim))(question), value, key, return_attention_scores=True
        )
        answer = keras.layers.Dense(classes, name="answer")(  # V, b
            keras.layers.Reshape((classes,))(read)
        )
        outputs = answer
        if isinstance(attention.selection, layers.Sample):
            policy = layers.Policy(name="policy")(answer, weights, query)
            outputs = {"answer": answer, "policy": policy}
        inputs = {"query": query, "key": key, "value": value}
        super().__init__(inputs, outputs, name=name)
        self._with_attention = keras.Model(inputs, [answer, weights])
        self.arguments = {
            "dim": dim,
            "classes": classes,
            "score": attention.score,
            "selection": attention.selection,
            "seed": seed,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(3e-3),
            **self.losses_and_metrics(),
        )

    def losses_and_metrics(self) -> dict[str, Any]:
        """The arguments of `compile` that depend on the outputs."""
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        if isinstance(self.output, dict):
            losses = {"answer": loss, "policy": layers.ReinforceLoss(loss)}
            return {"loss": losses, "metrics": {"answer": ["accuracy"]}}
        return {"loss": loss, "metrics": ["accuracy"]}

    def logits(self, inputs: Any) -> Any:
        """The answer alone, whatever the selection."""
        outputs = self(inputs)
        return outputs["answer"] if isinstance(outputs, dict) else outputs

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The weights of the query over the pairs, `weights`, `(batch, pairs)`; `logits`."""
        logits, weights = self._with_attention(inputs, training=False)
        return {"weights": weights[:, 0], "logits": logits}
