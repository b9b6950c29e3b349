"""Hard selections: all the weight on one key, the best or one that is sampled."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..validation import check_above_zero
from .selection import Selection


class HardSelection(Selection):
    """A selection that gives all the weight to one key."""

    @staticmethod
    def one_hot(scores: Tensor) -> Tensor:
        largest = ops.argmax(scores, axis=-1)
        return ops.one_hot(largest, ops.shape(scores)[-1], dtype=scores.dtype)


@keras.saving.register_keras_serializable(package="keras_memory")
class ArgMax(HardSelection):
    """Arg max: weight 1 on the largest score, the first of equals, without a gradient.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape, 0 or 1.

    Cost:
        n m.

    Example:

    >>> ArgMax()(keras.ops.array([[[2.0, 5.0, -1.0]]])).numpy().tolist()
    [[[0.0, 1.0, 0.0]]]
    """

    reads_have_gradients = False

    def select(self, scores: Tensor, training: bool = False) -> Tensor:
        return self.one_hot(scores)


class SampledSelection(HardSelection):
    """A hard selection that samples its key in training and takes the likeliest otherwise."""

    def __init__(self, seed: int | None = None, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def gumbel(self, scores: Tensor) -> Tensor:
        """Noise under which the largest score is a sample from the soft-max of the scores."""
        shape, dtype = ops.shape(scores), scores.dtype
        uniform = keras.random.uniform(
            shape, minval=1e-20, maxval=1.0, dtype=dtype, seed=self.seed_generator
        )
        return -ops.log(-ops.log(uniform))

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@keras.saving.register_keras_serializable(package="keras_memory")
class StraightThroughGumbel(SampledSelection):
    """A key sampled from the soft-max of the scores, with the gradient of a soft choice.

    In training: w = one_hot(argmax_i (s_i + g_i)), with Gumbel noise g, and the gradient of
    softmax((s + g) / τ). Otherwise the largest score.

    Args:
        temperature: τ > 0 of the soft choice whose gradient is used.
        seed: Of the samples; a `keras.random.SeedGenerator` of its own advances them.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape, 0 or 1.

    Raises:
        ValueError: The temperature is not above 0.

    Cost:
        n m.

    Example:

    >>> scores = keras.ops.zeros((1, 1, 3))
    >>> weights = StraightThroughGumbel(temperature=0.5, seed=0)(scores, training=True)
    >>> sorted(weights.numpy()[0, 0].round(4).tolist())  # one of the three, sampled
    [0.0, 0.0, 1.0]

    Reference:
        [Jang et al., 2016](https://arxiv.org/abs/1611.01144), section 2.2.
    """

    def __init__(
        self,
        temperature: float = 1.0,
        seed: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(seed, **kwargs)
        check_above_zero("temperature", temperature)
        self.temperature = temperature

    def select(self, scores: Tensor, training: bool = False) -> Tensor:
        if not training:
            return self.one_hot(scores)
        scores = scores + self.gumbel(scores)
        soft = ops.softmax(scores / self.temperature, axis=-1)
        return self.one_hot(scores) + (soft - ops.stop_gradient(soft))

    def get_config(self):
        return {**super().get_config(), "temperature": self.temperature}


@keras.saving.register_keras_serializable(package="keras_memory")
class Sample(SampledSelection):
    """A key sampled from the soft-max of the scores, for training by REINFORCE.

    In training: w = one_hot(z), z ~ π = softmax(s); otherwise the largest score. The
    gradient of Σ w is that of log π(z), which `Policy` and `ReinforceLoss` turn into an
    estimate of the scores' gradient. It must not flow from what is read: `Attention` stops it
    there; code that reads with w itself calls `keras.ops.stop_gradient(w)`.

    Args:
        seed: Of the samples; a `keras.random.SeedGenerator` of its own advances them.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape, 0 or 1.

    Cost:
        n m.

    Example:

    >>> read = Attention(selection=Sample(seed=0))
    >>> query, value = keras.ops.ones((1, 1, 4)), keras.ops.ones((1, 5, 4))
    >>> _, weights = read(query, value, return_attention_scores=True, training=True)
    >>> sorted(weights.numpy()[0, 0].tolist())  # it reads one of five
    [0.0, 0.0, 0.0, 0.0, 1.0]

    Reference:
        [Williams, 1992](https://doi.org/10.1007/BF00992696); of attention,
        [Xu et al., 2015](https://arxiv.org/abs/1502.03044), section 4.1.
    """

    reads_have_gradients = False

    def select(self, scores: Tensor, training: bool = False) -> Tensor:
        if not training:
            return self.one_hot(scores)
        sampled = self.one_hot(scores + self.gumbel(scores))
        log_policy = ops.log_softmax(scores, axis=-1)
        return sampled * (1 + log_policy - ops.stop_gradient(log_policy))
