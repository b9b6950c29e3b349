"""A memory of key-value pairs that a query reads, once."""

import keras
from keras import ops

from ... import layers
from ...layers.validation import check_positive
from ..saving.pretrained import PretrainedModel


@keras.saving.register_keras_serializable(package="keras_memory")
class KeyValueMemory(PretrainedModel):
    """Which class is the value whose key the query asks for? A logit for each class.

    w = selection(score(W query + a, key));  logits = V Σ_i w_i value_i + b

    Takes `{"query": (batch, dim), "key": (batch, pairs, dim), "value": (batch, pairs,
    classes)}`, for any number of pairs. With a `Sample` for its selection it answers
    `{"answer": logits, "policy": ...}`, is trained by REINFORCE, and `fit` takes the targets
    under both names.

    Args:
        dim: Width of keys and queries.
        classes: Width of a value, and of the answer.
        score: As for `layers.Attention`.
        selection: As for `layers.Attention`.
        seed: Of a selection that draws.

    Raises:
        ValueError: A size is not a positive integer, or score or selection is unknown.

    Example:

    ```python
    model = keras_memory.zoo.KeyValueMemory(dim=32, classes=10, selection="sparsemax")
    model.fit({"query": query, "key": key, "value": value}, classes)
    weights = model.trace({"query": query, "key": key, "value": value})["weights"]
    ```

    Reference:
        [Miller et al., 2016](https://arxiv.org/abs/1606.03126), section 3, with one hop.
    """

    def __init__(
        self,
        dim=32,
        classes=10,
        score="scaled_dot",
        selection="softmax",
        seed=None,
        name="key_value_memory",
    ):
        check_positive("dim", dim)
        check_positive("classes", classes)
        query = keras.Input((dim,), name="query")
        key = keras.Input((None, dim), name="key")
        value = keras.Input((None, classes), name="value")
        # Without the bias a, the additive score would be odd: turn both signs and it turns
        # its own, as no measure of likeness does.
        asked = keras.layers.Dense(dim, name="question")(query)  # W, a
        attention = layers.Attention(score, selection, seed=seed, name="attention")
        read, weights = attention(
            keras.layers.Reshape((1, dim))(asked), value, key, return_attention_scores=True
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

    def losses_and_metrics(self):
        """What `compile` takes, as the outputs need it."""
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        if isinstance(self.output, dict):
            losses = {"answer": loss, "policy": layers.ReinforceLoss(loss)}
            return {"loss": losses, "metrics": {"answer": ["accuracy"]}}
        return {"loss": loss, "metrics": ["accuracy"]}

    def logits(self, inputs):
        """The answer alone, whatever the selection."""
        outputs = self(inputs)
        return outputs["answer"] if isinstance(outputs, dict) else outputs

    def trace(self, inputs):
        """Where the query looks: `{"weights": (batch, pairs)}`, a NumPy array."""
        _, weights = self.get_layer("attention").output
        return {
            "weights": ops.convert_to_numpy(keras.Model(self.input, weights)(inputs))[:, 0]
        }
