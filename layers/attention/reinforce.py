"""REINFORCE: the gradient of a choice that was sampled, as a loss for `model.fit`.

```python
import keras
import numpy as np
from keras_memory.layers import Attention, Policy, ReinforceLoss

query, value = keras.Input((1, 4)), keras.Input((None, 4))
attention = Attention(selection="sample")  # reads one value, sampled
read, weights = attention(query, value, return_attention_scores=True)
answer = keras.layers.Dense(3)(read[:, 0])
policy = Policy()(answer, weights)  # what the loss below needs of the model

loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model = keras.Model([query, value], {"answer": answer, "policy": policy})
model.compile(loss={"answer": loss, "policy": ReinforceLoss(loss)})
x, y = [np.ones((8, 1, 4)), np.ones((8, 5, 4))], np.ones(8)
model.fit(x, {"answer": y, "policy": y})
```
"""

from collections.abc import Callable
from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..layer import Layer
from ..precision import wide_dtype, widen
from ..sublayers import build_sublayer, deserialized


@keras.saving.register_keras_serializable(package="keras_memory")
class Policy(Layer):
    """What `ReinforceLoss` needs of a model, in one tensor: answer, Σ w and a baseline b.

    The baseline, a learned estimate of the loss, is one number or, given `context`, a linear
    function of it. The answer is passed on without its gradient: its own loss trains it.

    Call arguments:
        answer: The model's answer, shape `(batch, classes)`.
        weights: Of `Attention(selection="sample")`, shape `(batch, ...)`.
        context: What the baseline may depend on, shape `(batch, dim)`; not on the sample.

    Returns:
        Shape `(batch, classes + 2)`.

    Cost:
        One pass over the answer and the weights; d more for a context of width d.

    Example:

    >>> policy = Policy()(keras.ops.ones((2, 10)), keras.ops.ones((2, 1, 7)))
    >>> keras.ops.shape(policy)
    (2, 12)

    Reference:
        [Mnih & Gregor, 2014](https://arxiv.org/abs/1402.0030), section 2.3 (baselines).
    """

    any_width = frozenset({"weights", "answer"})

    def __init__(self, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, answer_shape, weights_shape, context_shape=None):
        if len(answer_shape) != 2:
            raise ValueError(
                f"Expected an answer (batch, classes) for {self.name}. Received: "
                f"{tuple(answer_shape)}"
            )
        if context_shape is None:
            self.baseline = self.add_weight(
                shape=(1, 1), initializer="zeros", name="baseline"
            )
        else:
            self.baseline = keras.layers.Dense(1, dtype=wide_dtype(self.compute_dtype))
            build_sublayer(self, self.baseline, context_shape)

    def call(self, answer, weights, context=None):
        answer = widen(ops.stop_gradient(answer))
        axes = tuple(range(1, len(weights.shape)))
        weights = ops.sum(widen(weights), axis=axes)[:, None]
        if context is None:
            baseline = ops.cast(self.baseline, answer.dtype) + ops.zeros_like(answer[:, :1])
        else:
            baseline = self.baseline(ops.stop_gradient(context))
        return ops.concatenate([answer, weights, baseline], axis=-1)


@keras.saving.register_keras_serializable(package="keras_memory")
class ReinforceLoss(keras.losses.Loss):
    """Score-function estimate of a sampled choice's gradient: (L - b) ∇ log π(z).

    L is the loss of the answer that followed from the sample z, for each example; it is a
    constant here. The value of this loss is (L - b)², which trains the baseline b.

    Args:
        loss: A Keras loss, or its name: L.
        baseline_weight: Of the baseline's squared error.

    Call arguments:
        y_true: The targets of the answer.
        y_pred: The output of `Policy`.

    Raises:
        ValueError: The loss is unknown.

    Cost:
        That of `loss`, evaluated once.

    Example:

    >>> loss = ReinforceLoss(keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    >>> answer, weights = keras.ops.zeros((2, 4)), keras.ops.ones((2, 1, 7)) / 7
    >>> value = loss(keras.ops.array([0, 3]), Policy()(answer, weights))
    >>> round(float(value), 4)  # (log 4)², as the baseline is 0 at first
    1.9218

    Reference:
        [Williams, 1992](https://doi.org/10.1007/BF00992696), theorem 1, with the reward -L.
    """

    def __init__(
        self,
        loss: Callable[..., Any],
        baseline_weight: float = 1.0,
        name: str = "reinforce",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(name=name, **kwargs)
        if loss is None:
            raise ValueError("Expected a Keras loss, or its name. Received: None")
        self.loss = keras.losses.get(loss)
        self.baseline_weight = baseline_weight

    def call(self, y_true, y_pred):
        answer, weights, baseline = y_pred[..., :-2], y_pred[..., -2], y_pred[..., -1]
        unreduced = getattr(self.loss, "call", self.loss)
        losses = ops.stop_gradient(unreduced(y_true, answer))
        advantage = ops.stop_gradient(losses - baseline)
        log_policy = weights - ops.stop_gradient(weights)  # its gradient, with the value 0
        return advantage * log_policy + self.baseline_weight * ops.square(losses - baseline)

    def get_config(self):
        return {
            **super().get_config(),
            "loss": keras.saving.serialize_keras_object(self.loss),
            "baseline_weight": self.baseline_weight,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "loss"))
