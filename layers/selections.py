"""Selections: from scores to weights over keys.

A selection maps scores `(batch..., queries, keys)` to weights of the same shape. It alone
knows of masks: a key that is masked gets weight exactly 0, and a row without any key to
attend to is all zeros. Whatever turns scores into weights takes any of them.

    soft     Softmax, TopKSoftmax, Sparsemax       weights that sum to 1, with gradients
    hard     ArgMax, StraightThroughGumbel, Sample     all the weight on one key
"""

import keras
from keras import ops

from .precision import widen
from .validation import check_above_zero, check_positive

LOWEST = -1e30  # the score of a masked key: finite, so that no gradient is NaN


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
    class Uniform(Selection):
        def select(self, scores, training=False):
            allowed = ops.cast(scores > -1e29, scores.dtype)
            return allowed / ops.maximum(ops.sum(allowed, axis=-1, keepdims=True), 1)
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
        scores = widen(scores)
        if mask is None:
            weights = self.select(scores, training)
        else:
            mask = ops.cast(mask, "bool")
            weights = self.select(ops.where(mask, scores, LOWEST), training)
            weights = ops.where(mask, weights, 0)
        return ops.cast(weights, self.compute_dtype)

    def select(self, scores, training=False):
        raise NotImplementedError(f"{type(self).__name__} must write select")

    def compute_output_shape(self, scores_shape):
        return tuple(scores_shape)

    def compute_mask(self, scores, previous_mask=None):
        """None: what is masked has weight 0."""

    def get_config(self):
        # Keras's own, which it gives to no layer that was made with a dtype policy.
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
            is shorter than `k`.

    Reference:
        [Ke et al., 2018](https://arxiv.org/abs/1809.03702) select so.
    """

    def __init__(self, k, temperature=1.0, **kwargs):
        super().__init__(temperature, **kwargs)
        check_positive("k", k)
        self.k = k

    def build(self, scores_shape):
        keys = scores_shape[-1]
        if keys is not None and self.k > keys:
            raise ValueError(
                f"Expected at least k={self.k} keys for {self.name}. Received: scores "
                f"{tuple(scores_shape)}"
            )

    def select(self, scores, training=False):
        kth = ops.min(ops.top_k(scores, self.k)[0], axis=-1, keepdims=True)
        largest = ops.where(scores >= kth, scores, LOWEST)
        return ops.softmax(largest / self.temperature, axis=-1)

    def get_config(self):
        return {**super().get_config(), "k": self.k}


@keras.saving.register_keras_serializable(package="keras_memory")
class Sparsemax(Selection):
    """The point of the simplex nearest to the scores: w_i = max(s_i - τ, 0), Σ w_i = 1.

    Most weights are exactly 0. τ = (Σ_{i ≤ k} s_(i) - 1) / k, where s_(i) is the i-th
    largest score and k the greatest with 1 + k s_(k) > Σ_{i ≤ k} s_(i).

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


class HardSelection(Selection):
    """A selection that gives all the weight to one key."""

    @staticmethod
    def one_hot(scores):
        largest = ops.argmax(scores, axis=-1)
        return ops.one_hot(largest, ops.shape(scores)[-1], dtype=scores.dtype)


@keras.saving.register_keras_serializable(package="keras_memory")
class ArgMax(HardSelection):
    """All the weight on the largest score, the first of equals. No gradient.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape, 0 or 1.

    Example:

    >>> ArgMax()(keras.ops.array([[[2.0, 5.0, -1.0]]])).numpy().tolist()
    [[[0.0, 1.0, 0.0]]]
    """

    reads_have_gradients = False

    def select(self, scores, training=False):
        return self.one_hot(scores)


class SampledSelection(HardSelection):
    """A hard selection that draws its key in training and takes the likeliest otherwise."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def gumbel(self, scores):
        """Noise that makes the largest score a draw from the soft-max of the scores."""
        shape, dtype = ops.shape(scores), scores.dtype
        uniform = keras.random.uniform(
            shape, minval=1e-20, maxval=1.0, dtype=dtype, seed=self.seed_generator
        )
        return -ops.log(-ops.log(uniform))

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@keras.saving.register_keras_serializable(package="keras_memory")
class StraightThroughGumbel(SampledSelection):
    """A key drawn from the soft-max of the scores, with the gradient of a soft choice.

    In training: w = one_hot(argmax_i (s_i + g_i)), with Gumbel noise g, and the gradient of
    softmax((s + g) / τ). Otherwise the largest score.

    Args:
        temperature: τ > 0 of the soft choice that lends its gradient.
        seed: Of the draws; a `keras.random.SeedGenerator` of its own advances them.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape, 0 or 1.

    Raises:
        ValueError: The temperature is not above 0.

    Reference:
        [Jang et al., 2016](https://arxiv.org/abs/1611.01144), section 2.2.
    """

    def __init__(self, temperature=1.0, seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        check_above_zero("temperature", temperature)
        self.temperature = temperature

    def select(self, scores, training=False):
        if not training:
            return self.one_hot(scores)
        scores = scores + self.gumbel(scores)
        soft = ops.softmax(scores / self.temperature, axis=-1)
        return self.one_hot(scores) + (soft - ops.stop_gradient(soft))

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable(package="keras_memory")
class Sample(SampledSelection):
    """A key drawn from the soft-max of the scores, for training by REINFORCE.

    In training: w = one_hot(z), z ~ π = softmax(s); otherwise the largest score. What is
    read with w has no gradient to the scores. The gradient of Σ w is that of log π(z), which
    `Policy` and `ReinforceLoss` turn into the estimate of the scores' gradient.

    Args:
        seed: Of the draws; a `keras.random.SeedGenerator` of its own advances them.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape, 0 or 1.

    Reference:
        [Williams, 1992](https://doi.org/10.1007/BF00992696).
    """

    reads_have_gradients = False

    def select(self, scores, training=False):
        if not training:
            return self.one_hot(scores)
        drawn = self.one_hot(scores + self.gumbel(scores))
        log_policy = ops.log_softmax(scores, axis=-1)
        return drawn * (1 + log_policy - ops.stop_gradient(log_policy))


SELECTIONS = {
    "argmax": ArgMax,
    "sample": Sample,
    "softmax": Softmax,
    "sparsemax": Sparsemax,
    "straight_through_gumbel": StraightThroughGumbel,
}
