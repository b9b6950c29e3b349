"""Selections: from scores to weights over keys.

A selection maps scores `(batch..., queries, keys)` to weights of the same shape. It alone
knows of masks: a key that is masked gets weight exactly 0, and a row without any key to
attend to is all zeros. Whatever turns scores into weights takes any of them.

Here are the soft ones, whose weights sum to 1 and have gradients; `hard_selections` has those
that give all the weight to one key.
"""

import keras
from keras import ops

from ..masks import kth_largest, mask_scores
from ..precision import widen
from ..validation import check_above_zero, check_positive


class Selection(keras.layers.Layer):
    """A selection; a subclass writes `select(scores, training)`.

    `select` gets scores in float32 or wider, masked ones far below all others, and
    returns weights; what it gives to masked keys is set to 0 afterwards.

    Call arguments:
        scores: Shape `(batch..., queries, keys)`.
        mask: Booleans that broadcast to the scores' shape, `True` where a key may be
            attended to; absent: everywhere.
        training: Whether to behave as in training.

    Example:

    ```python
    class Rectified(Selection):
        def select(self, scores, training=False):
            positive = ops.relu(scores)
            return positive / (ops.sum(positive, axis=-1, keepdims=True) + 1e-6)
    ```
    """

    # Whether gradients reach the scores through what is read with the weights.
    reads_have_gradients = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, scores_shape):
        """Create the weights; a selection without any needs nothing."""

    def call(self, scores, mask=None, training=False):
        weights = self.select(mask_scores(widen(scores), mask), training)
        if mask is not None:
            weights = ops.where(ops.cast(mask, "bool"), weights, 0)
        return ops.cast(weights, self.compute_dtype)

    def select(self, scores, training=False):
        raise NotImplementedError(f"{type(self).__name__} must write select")

    def compute_output_shape(self, scores_shape):
        return tuple(scores_shape)

    def compute_mask(self, scores, previous_mask=None):
        """None: what is masked has weight 0."""

    def get_config(self):
        # Written out, since Keras refuses its own to a layer that was given a dtype policy. A
        # subclass with arguments adds them here.
        return super().get_config()


class TemperedSelection(Selection):
    """A selection whose scores are divided by a temperature τ: the lower, the sharper."""

    def __init__(self, temperature=1.0, **kwargs):
        super().__init__(**kwargs)
        check_above_zero("temperature", temperature)
        self.temperature = temperature

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable(package="keras_memory")
class Softmax(TemperedSelection):
    """w_i = exp(s_i / τ) / Σ_j exp(s_j / τ).

    Args:
        temperature: τ > 0.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape.

    Raises:
        ValueError: The temperature is not above 0.

    Example:

    >>> Softmax()(keras.ops.zeros((1, 1, 4))).numpy().tolist()
    [[[0.25, 0.25, 0.25, 0.25]]]
    """

    def select(self, scores, training=False):
        if scores.shape[-1] == 1:  # of which Keras warns
            return ops.ones_like(scores)
        return ops.softmax(scores / self.temperature, axis=-1)


@keras.saving.register_keras_serializable(package="keras_memory")
class TopKSoftmax(TemperedSelection):
    """Soft-max over the k largest scores; the other keys get weight 0 and no gradient.

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

    Reference:
        [Ke et al., 2018](https://arxiv.org/abs/1809.03702), section 3.1, keeps k of its past
        states in this way.
    """

    def __init__(self, k, temperature=1.0, **kwargs):
        super().__init__(temperature, **kwargs)
        check_positive("k", k)
        self.k = k

    def select(self, scores, training=False):
        largest = mask_scores(scores, scores >= kth_largest(scores, self.k))
        return ops.softmax(largest / self.temperature, axis=-1)

    def get_config(self):
        return {**super().get_config(), "k": self.k}


@keras.saving.register_keras_serializable(package="keras_memory")
class Sparsemax(Selection):
    """The point of the simplex nearest to the scores: w_i = max(s_i - τ, 0), Σ w_i = 1.

    `keras.ops.sparsemax`, with masks and in float32 or wider. Most weights are exactly 0.
    τ = (Σ_{i ≤ k} s_(i) - 1) / k, where s_(i) is the i-th largest score and k the greatest
    with 1 + k s_(k) > Σ_{i ≤ k} s_(i).

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape.

    Example:

    >>> Sparsemax()(keras.ops.array([[[2.0, 1.5, -1.0]]])).numpy().tolist()
    [[[0.75, 0.25, 0.0]]]

    Reference:
        [Martins & Astudillo, 2016](https://arxiv.org/abs/1602.02068), algorithm 1.
    """

    def select(self, scores, training=False):
        scores = scores - ops.stop_gradient(ops.max(scores, axis=-1, keepdims=True))
        # Under -1 a score has no part in it: a bound keeps its sums exact beside padding.
        descending = ops.flip(ops.sort(ops.maximum(scores, -2.0), axis=-1), axis=-1)
        sums = ops.cumsum(descending, axis=-1)
        counts = ops.cumsum(ops.ones_like(descending), axis=-1)
        in_support = ops.cast(1 + counts * descending > sums, scores.dtype)
        size = ops.sum(in_support, axis=-1, keepdims=True)  # k
        threshold = (ops.sum(descending * in_support, axis=-1, keepdims=True) - 1) / size  # τ
        return ops.maximum(scores - threshold, 0)
