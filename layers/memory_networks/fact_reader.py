"""The state from which an answer follows: a question, and the facts chosen for it."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import InitializerLike, LayerOptions
from ..layer import Layer
from ..sublayers import build_sublayer


@keras.saving.register_keras_serializable(package="keras_memory")
class FactReader(Layer):
    """Reads a question with the facts chosen for it: r = tanh(W Σ_k tanh(u + f_{o_k} + t_k)).

    t_k is a vector of step k, by which the order of the facts matters; with the sum over
    steps, their number does, too. Without the nonlinear embedding, r = u + Σ_k f_{o_k}: a bag
    of all words.

    Args:
        nonlinear: Whether there are W, t and tanh.
        initializer: Of t; normal with a deviation of 0.1 if absent.

    Call arguments:
        question: u, shape `(batch, dim)`.
        facts: f, of all sentences, shape `(batch, sentences, dim)`.
        chosen: Numbers of sentences, from 1, integers `(batch, steps)`; 0 for none.

    Returns:
        r, shape `(batch, dim)`.

    Cost:
        d for each step, and d² once, at width d.

    Example:

    >>> u, f = keras.ops.ones((2, 8)), keras.ops.ones((2, 5, 8))
    >>> keras.ops.shape(FactReader()(u, f, keras.ops.array([[3, 1, 0], [5, 0, 0]])))
    (2, 8)

    Reference:
        [Weston et al., 2015](https://arxiv.org/abs/1502.05698), section 5, where the answer
        follows from the bag of words of question and facts. The terms of question and fact
        are ours: whether a fact is that of the question's first place depends on both.
    """

    any_width = frozenset({"chosen"})
    takes_integers = True

    def __init__(
        self,
        nonlinear: bool = True,
        initializer: InitializerLike | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        self.nonlinear = nonlinear
        self.initializer = keras.initializers.get(
            initializer or keras.initializers.RandomNormal(stddev=0.1)
        )
        self.supports_masking = True
        if nonlinear:
            self.projection = keras.layers.Dense(  # W
                1, activation="tanh", use_bias=False, dtype=self.dtype_policy
            )

    def build(self, question_shape, facts_shape=None, chosen_shape=None):
        dim = question_shape[-1]
        if self.nonlinear:
            self.of_step = self.add_weight(  # t
                shape=(chosen_shape[-1], dim), initializer=self.initializer, name="of_step"
            )
            self.projection.units = dim
            build_sublayer(self, self.projection, question_shape)

    def call(self, question, facts, chosen):
        question, facts = (ops.cast(x, self.compute_dtype) for x in (question, facts))
        chosen = ops.cast(chosen, "int32")
        numbers = 1 + ops.arange(ops.shape(facts)[1], dtype="int32")
        is_chosen = ops.cast(chosen[..., None] == numbers, self.compute_dtype)
        read = ops.matmul(is_chosen, facts)  # f_{o_k}
        if not self.nonlinear:
            return question + ops.sum(read, axis=1)
        terms = ops.tanh(question[:, None] + read + ops.cast(self.of_step, read.dtype))
        terms = ops.where(chosen[..., None] > 0, terms, ops.zeros_like(terms))
        state = self.projection(ops.sum(terms, axis=1))
        return ops.cast(state, self.compute_dtype)  # on PyTorch, of symbolic inputs, too

    def compute_mask(self, *args, **kwargs):
        """None: the state has no steps."""

    def get_config(self):
        return {
            **super().get_config(),
            "nonlinear": self.nonlinear,
            "initializer": keras.initializers.serialize(self.initializer),
        }
