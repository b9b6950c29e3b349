"""Episodic memory: facts are passed over several times, each time with other attention."""

from typing import Literal, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..attention.selections import Softmax
from ..layer import Layer
from ..masks import check_broadcasts, mask_scores, zero_masked
from ..precision import widen
from ..sublayers import build_sublayer
from ..time_loop import MemoryRNN
from ..validation import check_choice, check_positive
from .attention_gru import AttentionGRUCell

VARIANTS = ("dmn", "dmn_plus")


@keras.saving.register_keras_serializable(package="keras_memory")
class EpisodicMemory(Layer):
    """Passes over facts, each of which updates a memory by what the attention let through.

    In pass i, with the memory m of the pass before, at first the question q, each fact c_t
    has a weight g_t, a soft-max over the facts of W_2 tanh(W_1 z_t + b_1) + b_2. A recurrent
    unit takes in the facts by these weights, `AttentionGRUCell`; its last state is the
    episode e, which updates the memory.

    `"dmn"`: z = [c; m; q; c∘q; c∘m; |c - q|; |c - m|; c·W q; c·W m]; the unit has an update
    gate; m' = GRU(e, m), the same in every pass.

    `"dmn_plus"`: z = [c∘q; c∘m; |c - q|; |c - m|]; the unit has none; m' = ReLU(W_i [m; e; q]
    + b_i), with weights of its own in every pass.

    Args:
        passes: How many.
        variant: `"dmn"` or `"dmn_plus"`.
        regularizer: Of all kernels; none if absent.

    Call arguments:
        facts: c, shape `(batch, facts, dim)`.
        question: q, shape `(batch, dim)`.
        mask: Booleans of shape `(batch, facts)`; `True` may be attended to.

    Returns:
        `(memory, scores, weights)`: m after the last pass, `(batch, dim)`; of each pass over
        each fact the score before the soft-max, far below all others where masked, and the
        weight g, 0 there, both `(batch, passes, facts)`.

    Raises:
        ValueError: `passes` is not a positive integer, the variant is unknown, or facts and
            question differ in width.

    Cost:
        For each pass and fact a step of the unit and a gate of 4, or about 7, times dim²;
        passes and facts one after the other.

    Example:

    >>> facts, question = keras.ops.ones((2, 6, 8)), keras.ops.ones((2, 8))
    >>> memory, scores, weights = EpisodicMemory(passes=3)(facts, question)
    >>> keras.ops.shape(memory), keras.ops.shape(weights)
    ((2, 8), (2, 3, 6))

    Reference:
        [Kumar et al., 2015](https://arxiv.org/abs/1506.07285), section 2.3, whose gates are
        sigmoids where no supporting facts are given; [Xiong et al.,
        2016](https://arxiv.org/abs/1603.01417), section 3.3.
    """

    def __init__(
        self,
        passes: int = 3,
        variant: Literal["dmn", "dmn_plus"] = "dmn_plus",
        regularizer: keras.Regularizer | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("passes", passes)
        check_choice("variant", variant, VARIANTS)
        self.passes = passes
        self.variant = variant
        self.regularizer = keras.regularizers.get(regularizer)
        self.selection = Softmax(dtype=self.dtype_policy)

    @property
    def _is_plus(self):
        return self.variant == "dmn_plus"

    def build(self, facts_shape, question_shape):
        batch, _, dim = facts_shape
        if dim != question_shape[-1]:
            raise ValueError(
                f"Expected facts and question of the same width for {self.name}. Received: "
                f"facts {tuple(facts_shape)}, question {tuple(question_shape)}"
            )

        def dense(units, width, **arguments):
            layer = keras.layers.Dense(
                units,
                kernel_regularizer=self.regularizer,
                dtype=self.dtype_policy,
                **arguments,
            )
            build_sublayer(self, layer, (batch, width))
            return layer

        self.hidden = dense(  # W_1, b_1
            dim, 4 * dim if self._is_plus else 7 * dim + 2, activation="tanh"
        )
        self.score = dense(1, dim)  # W_2, b_2
        cell = AttentionGRUCell(dim, update_gate=not self._is_plus, dtype=self.dtype_policy)
        self.episode = MemoryRNN(cell, dtype=self.dtype_policy)
        build_sublayer(self, self.episode, (batch, None, dim + 1))
        if self._is_plus:
            self.updates = [  # W_i, b_i
                dense(dim, 3 * dim, activation="relu") for _ in range(self.passes)
            ]
            return
        self.bilinear = dense(dim, dim, use_bias=False)  # W
        cell = keras.layers.GRUCell(dim, dtype=self.dtype_policy)
        build_sublayer(self, cell, (batch, dim))
        self.updates = [cell] * self.passes

    def call(self, facts, question, mask=None):
        if mask is not None:
            check_broadcasts("mask", mask, facts.shape[:-1])
        facts = zero_masked(facts, mask)
        memory, scores, weights = question, [], []
        for update in self.updates:
            score = mask_scores(widen(self._scores(facts, question, memory)), mask)
            weight = widen(self.selection(score, mask=mask))  # g
            weighed = ops.cast(weight, self.compute_dtype)[..., None]
            episode = self.episode(ops.concatenate([facts, weighed], axis=-1))  # e
            if self._is_plus:
                memory = update(ops.concatenate([memory, episode, question], axis=-1))
            else:
                memory, _ = update(episode, [memory])
            scores.append(score)
            weights.append(weight)
        return memory, ops.stack(scores, axis=1), ops.stack(weights, axis=1)

    def _scores(self, facts: Tensor, question: Tensor, memory: Tensor) -> Tensor:
        """W_2 tanh(W_1 z + b_1) + b_2 of each fact, `(batch, facts)`."""
        q, m = question[:, None], memory[:, None]
        z = [facts * q, facts * m, ops.abs(facts - q), ops.abs(facts - m)]
        if not self._is_plus:
            projected = [self.bilinear(x) for x in (q, m)]
            products = [ops.sum(facts * x, axis=-1, keepdims=True) for x in projected]
            same = [ops.broadcast_to(x, ops.shape(facts)) for x in (m, q)]
            z = [facts, *same, *z, *products]
        return self.score(self.hidden(ops.concatenate(z, axis=-1)))[..., 0]

    def compute_output_spec(self, facts, question, mask=None):
        batch, count, _ = facts.shape
        # Tensors of their own: of one that came twice, a model would make one output.
        scores, weights = (
            keras.KerasTensor((batch, self.passes, count), dtype="float32") for _ in range(2)
        )
        memory = keras.KerasTensor(question.shape, dtype=self.compute_dtype)
        return memory, scores, weights

    def compute_mask(self, facts, question, previous_mask=None):
        """None: what is masked has weight 0."""

    def get_config(self):
        return {
            **super().get_config(),
            "passes": self.passes,
            "variant": self.variant,
            "regularizer": keras.regularizers.serialize(self.regularizer)
            if self.regularizer
            else None,
        }
