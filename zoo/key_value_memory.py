"""A memory of key-value pairs that a query reads, once."""

import keras
from keras import ops

from .. import layers
from ..layers.parts import SCORES
from ..layers.validation import check_choice, check_positive
from .pretrained import PretrainedModel

SELECTIONS = {
    "argmax": lambda temperature, seed: layers.ArgMax(),
    "sample": lambda temperature, seed: layers.Sample(seed),
    "softmax": lambda temperature, seed: layers.Softmax(temperature),
    "sparsemax": lambda temperature, seed: layers.Sparsemax(),
    "straight_through_gumbel": layers.StraightThroughGumbel,
    "top_k": lambda temperature, seed: layers.TopKSoftmax(3, temperature),
}


@keras.saving.register_keras_serializable(package="keras_memory")
class KeyValueMemory(PretrainedModel):
    """Which class is the value whose key the query asks for? A logit for each class.

    w = selection(score(W query, key));  logits = V Σ_i w_i value_i + b

    Takes `{"query": (batch, dim), "key": (batch, pairs, dim), "value": (batch, pairs,
    classes)}`, for any number of pairs. With `selection="sample"` it answers
    `{"answer": logits, "policy": ...}`, is trained by REINFORCE, and `fit` takes the targets
    under both names.

    Args:
        dim: Width of keys and queries.
        classes: Width of a value, and of the answer.
        score: `"additive"`, `"bilinear"`, `"cosine"`, `"dot"` or `"scaled_dot"`.
        selection: `"argmax"`, `"sample"`, `"softmax"`, `"sparsemax"`,
            `"straight_through_gumbel"` or `"top_k"` (of three).
        temperature: What scores are divided by in the soft-max, of three or of all, and in
            the gradient of straight-through.
        seed: Of what is drawn.

    Raises:
        ValueError: A size is not a positive integer, the temperature is not above 0, or score
            or selection is unknown.

    Example:

    ```python
    model = keras_memory.zoo.KeyValueMemory(dim=16, classes=10, selection="sparsemax")
    model.fit({"query": query, "key": key, "value": value}, classes)
    weights = model.trace({"query": query, "key": key, "value": value})["weights"]
    ```

    Reference:
        [Miller et al., 2016](https://arxiv.org/abs/1606.03126), section 3, with one hop.
    """

    def __init__(
        self,
        dim=16,
        classes=10,
        score="scaled_dot",
        selection="softmax",
        temperature=0.2,
        seed=None,
        name="key_value_memory",
    ):
        check_positive("dim", dim)
        check_positive("classes", classes)
        check_choice("score", score, SCORES)
        check_choice("selection", selection, SELECTIONS)
        query = keras.Input((dim,), name="query")
        key = keras.Input((None, dim), name="key")
        value = keras.Input((None, classes), name="value")
        asked = keras.layers.Dense(dim, use_bias=False, name="question")(query)  # W
        attention = layers.Attention(
            score, SELECTIONS[selection](temperature, seed), name="attention"
        )
        read, weights = attention(
            keras.layers.Reshape((1, dim))(asked), value, key, return_attention_scores=True
        )
        answer = keras.layers.Dense(classes, name="answer")(  # V, b
            keras.layers.Reshape((classes,))(read)
        )
        outputs, loss = answer, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        losses, metrics = loss, ["accuracy"]
        if selection == "sample":
            policy = layers.Policy(name="policy")(answer, weights, query)
            outputs = {"answer": answer, "policy": policy}
            losses = {"answer": loss, "policy": layers.ReinforceLoss(loss)}
            metrics = {"answer": metrics}
        inputs = {"query": query, "key": key, "value": value}
        super().__init__(inputs, outputs, name=name)
        self.arguments = {
            "dim": dim,
            "classes": classes,
            "score": score,
            "selection": selection,
            "temperature": temperature,
            "seed": seed,
            "name": name,
        }
        self.compile(
            keras.optimizers.Adam(3e-3),
            loss=losses,
            metrics=metrics,
            jit_compile=keras.backend.backend() != "torch",
        )

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

    def get_config(self):
        return dict(self.arguments)
