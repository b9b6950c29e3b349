"""Costs of an episode in which some of the steps predict a symbol.

Targets are classes `(batch, symbols)`, in the order in which they are to be predicted. An
answer `(batch, steps, classes + 1)` has the logits of every step and, last, whether the step
predicts: 1 or 0.
"""

from typing import Any

import keras
from keras import ops

from ...layers import ReinforceLoss


def split_answer(answer: Any) -> tuple[Any, Any, Any]:
    """Logits, whether the step predicts, and the number of symbols predicted before it."""
    answer = ops.convert_to_tensor(answer)
    logits, predicts = answer[..., :-1], answer[..., -1]
    return logits, predicts, ops.cumsum(predicts, axis=1) - predicts


def targets_of_steps(targets: Any, before: Any) -> Any:
    """The target of each step, `(batch, steps)`; after the end, of the last one again."""
    last = ops.shape(targets)[1] - 1
    index = ops.minimum(ops.cast(before, "int32"), last)
    return ops.take_along_axis(ops.cast(targets, "int32"), index, axis=1)


def step_costs(targets: Any, answer: Any) -> Any:
    """-log p(symbol) of the steps that predict, 0 of the others: `(batch, steps)`."""
    logits, predicts, before = split_answer(answer)
    costs = ops.sparse_categorical_crossentropy(
        targets_of_steps(targets, before), logits, from_logits=True
    )
    return costs * predicts


@keras.saving.register_keras_serializable(package="keras_memory")
class EpisodeCost(keras.losses.Loss):
    """Σ_t -log p(y_t) over the steps that predict: what an episode costs, in nats.

    Example:

    >>> logits = keras.ops.zeros((1, 3, 4))
    >>> predicts = keras.ops.array([[[0.0], [1.0], [1.0]]])
    >>> answer = keras.ops.concatenate([logits, predicts], axis=-1)
    >>> round(float(EpisodeCost()(keras.ops.array([[2, 3]]), answer)), 4)  # 2 log 4
    2.7726

    Reference:
        [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521), section 4.
    """

    def __init__(self, name: str = "episode_cost", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        return ops.sum(step_costs(y_true, y_pred), axis=-1)


@keras.saving.register_keras_serializable(package="keras_memory")
class FutureCost(keras.losses.Loss):
    """At each step, what the episode costs from there on: `(batch, steps)`.

    Example:

    >>> logits, predicts = keras.ops.zeros((1, 2, 4)), keras.ops.ones((1, 2, 1))
    >>> answer = keras.ops.concatenate([logits, predicts], axis=-1)
    >>> cost = FutureCost(reduction=None)(keras.ops.array([[2, 3]]), answer)
    >>> print(keras.ops.convert_to_numpy(cost).round(4))
    [[2.7726 1.3863]]

    Reference:
        [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521), section 4.
    """

    def __init__(self, name: str = "future_cost", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        return ops.flip(ops.cumsum(ops.flip(step_costs(y_true, y_pred), 1), axis=1), 1)


@keras.saving.register_keras_serializable(package="keras_memory")
class EpisodeReinforce(ReinforceLoss):
    """REINFORCE of every step's actions: Σ_t (R_t - b_t) ∇ log π(a_t), of `FutureCost` R_t.

    What came before an action does not depend on it, so costs from its step on suffice.

    Args:
        baseline_weight: Of the baselines' squared errors.

    Call arguments:
        y_true: Targets, `(batch, symbols)`.
        y_pred: `(batch, steps, classes + 3)`: the answer, log π(a_t) and b_t.

    Example:

    >>> logits, predicts = keras.ops.zeros((1, 2, 4)), keras.ops.ones((1, 2, 1))
    >>> log_policy_and_baseline = keras.ops.zeros((1, 2, 2))
    >>> answer = keras.ops.concatenate([logits, predicts, log_policy_and_baseline], axis=-1)
    >>> loss = EpisodeReinforce()(keras.ops.array([[2, 3]]), answer)
    >>> round(float(loss), 4)  # 0.01 ((2 log 4)² + (log 4)²), the baselines' errors
    0.0961

    Reference:
        [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521), section 4.
    """

    def __init__(
        self,
        loss: Any = None,
        baseline_weight: float = 0.01,
        name: str = "episode_reinforce",
        **kwargs: Any,
    ) -> None:
        super().__init__(loss or FutureCost(), baseline_weight, name=name, **kwargs)

    def call(self, y_true, y_pred):
        return ops.sum(super().call(y_true, y_pred), axis=-1)


@keras.saving.register_keras_serializable(package="keras_memory")
class WrongSymbols(keras.metrics.Metric):
    """Fraction of the symbols of which another has the largest logit.

    Of an answer as above: the zero-one loss, normalised by the length.

    Example:

    >>> logits, predicts = keras.ops.one_hot([[2, 1]], 4), keras.ops.ones((1, 2, 1))
    >>> answer = keras.ops.concatenate([logits, predicts], axis=-1)
    >>> float(WrongSymbols()(keras.ops.array([[2, 3]]), answer))
    0.5

    Reference:
        [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521), section 6.
    """

    def __init__(self, name: str = "wrong_symbols", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.wrong = self.add_weight(name="wrong", initializer="zeros")
        self.symbols = self.add_weight(name="symbols", initializer="zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        logits, predicts, before = split_answer(y_pred)
        largest = ops.cast(ops.argmax(logits, axis=-1), "int32")
        wrong = ops.cast(largest != targets_of_steps(y_true, before), predicts.dtype)
        self.wrong.assign_add(ops.cast(ops.sum(wrong * predicts), self.dtype))
        self.symbols.assign_add(ops.cast(ops.sum(predicts), self.dtype))

    def result(self) -> Any:
        return self.wrong / ops.maximum(self.symbols, 1)
