"""Soft selections, whose weights sum to 1 and have gradients, and all by their names.

A selection maps scores `(batch..., queries, keys)` to weights of the same shape. It alone
handles masks: a key that is masked gets weight exactly 0, and a row without any key to
attend to is all zeros. Whatever turns scores into weights takes any of them.
"""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, SelectionLike, Tensor
from ..masks import kth_largest, mask_scores
from ..validation import check_above_zero, check_choice, check_positive
from .hard_selections import ArgMax, Sample, SampledSelection, StraightThroughGumbel
from .selection import Selection


class TemperedSelection(Selection):
    """A selection whose scores are divided by a temperature τ: the lower, the sharper."""

    def __init__(self, temperature: float = 1.0, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_above_zero("temperature", temperature)
        self.temperature = temperature

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable(package="keras_memory")
class Softmax(TemperedSelection):
    """Soft-max with a temperature: w_i = exp(s_i / τ) / Σ_j exp(s_j / τ).

    Args:
        temperature: τ > 0.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape.

    Raises:
        ValueError: The temperature is not above 0.

    Cost:
        n m.

    Example:

    >>> Softmax()(keras.ops.zeros((1, 1, 4))).numpy().tolist()
    [[[0.25, 0.25, 0.25, 0.25]]]
    """

    def select(self, scores: Tensor, training: bool = False) -> Tensor:
        if scores.shape[-1] == 1:  # Keras warns of a soft-max over a single number
            return ops.ones_like(scores)
        return ops.softmax(scores / self.temperature, axis=-1)


@keras.saving.register_keras_serializable(package="keras_memory")
class TopKSoftmax(TemperedSelection):
    """Soft-max over the k largest scores; other keys get weight 0 and no gradient.

    Keys whose score equals the k-th largest all take part.

    Args:
        k: How many keys take part, at most the length of a row.
        temperature: τ > 0.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape.

    Raises:
        ValueError: `k` is not a positive integer, the temperature is not above 0, or a row
            is known to be shorter than `k`.

    Cost:
        n m log k.

    Example:

    >>> weights = TopKSoftmax(k=2)(keras.ops.array([[[1.0, 1.0, 0.5, -3.0]]]))
    >>> print(keras.ops.convert_to_numpy(weights))
    [[[0.5 0.5 0.  0. ]]]

    Reference:
        [Ke et al., 2018](https://arxiv.org/abs/1809.03702), section 3.1, keeps k of its past
        states in this way.
    """

    def __init__(
        self, k: int, temperature: float = 1.0, **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(temperature, **kwargs)
        check_positive("k", k)
        self.k = k

    def select(self, scores: Tensor, training: bool = False) -> Tensor:
        largest = mask_scores(scores, scores >= kth_largest(scores, self.k))
        return ops.softmax(largest / self.temperature, axis=-1)

    def get_config(self):
        return {**super().get_config(), "k": self.k}


@keras.saving.register_keras_serializable(package="keras_memory")
class Sparsemax(Selection):
    """The point of the simplex nearest to the scores: w_i = max(s_i - τ, 0), Σ w_i = 1.

    It is computed in float32 or wider, and most weights are exactly 0.
    τ = (Σ_{i ≤ k} s_(i) - 1) / k, where s_(i) is the i-th largest score and k the greatest
    with 1 + k s_(k) > Σ_{i ≤ k} s_(i).

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape.

    Cost:
        n m log m: the scores of each query are sorted.

    Example:

    >>> Sparsemax()(keras.ops.array([[[2.0, 1.5, -1.0]]])).numpy().tolist()
    [[[0.75, 0.25, 0.0]]]

    Reference:
        [Martins & Astudillo, 2016](https://arxiv.org/abs/1602.02068), algorithm 1.
    """

    def select(self, scores: Tensor, training: bool = False) -> Tensor:
        scores = scores - ops.stop_gradient(ops.max(scores, axis=-1, keepdims=True))
        # Scores under -1 are not in the support: bounded, padding does not round the sums.
        descending = ops.flip(ops.sort(ops.maximum(scores, -2.0), axis=-1), axis=-1)
        sums = ops.cumsum(descending, axis=-1)
        counts = ops.cumsum(ops.ones_like(descending), axis=-1)
        in_support = ops.cast(1 + counts * descending > sums, scores.dtype)
        size = ops.sum(in_support, axis=-1, keepdims=True)  # k
        threshold = (ops.sum(descending * in_support, axis=-1, keepdims=True) - 1) / size  # τ
        return ops.maximum(scores - threshold, 0)


SELECTIONS = {
    "argmax": ArgMax,
    "sample": Sample,
    "softmax": Softmax,
    "sparsemax": Sparsemax,
    "straight_through_gumbel": StraightThroughGumbel,
}


def get(
    identifier: SelectionLike | dict[str, Any], dtype: Any = None, seed: int | None = None
) -> keras.layers.Layer:
    """A selection by its name, as `keras.initializers.get`.

    Args:
        identifier: A name of `SELECTIONS`, a config as of
            `keras.saving.serialize_keras_object(selection)`, or a layer, which is returned as
            it is.
        dtype: Of a selection that is named: a dtype or a policy.
        seed: Of a selection that is named and samples.

    Returns:
        A selection layer.

    Raises:
        ValueError: There is no selection of this name.

    Example:

    >>> selections.get("sample", seed=3).seed
    3
    """
    if isinstance(identifier, dict):
        identifier = keras.saving.deserialize_keras_object(identifier)
    if isinstance(identifier, keras.layers.Layer):
        return identifier
    check_choice("selection", identifier, SELECTIONS, other="a layer or ")
    selection = SELECTIONS[identifier]
    arguments = {"seed": seed} if issubclass(selection, SampledSelection) else {}
    return selection(dtype=dtype, **arguments)
