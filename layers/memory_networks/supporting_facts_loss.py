"""The loss of supporting facts: each against all other sentences at once."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions
from ..precision import widen
from ..validation import check_above_zero
from .supporting_facts import STOP


@keras.saving.register_keras_serializable(package="keras_memory")
class SupportingFactsLoss(keras.losses.Loss):
    """How far the scores of the facts to be chosen are above those of all others.

    L = Σ_k Σ_{i ≠ o_k} max(0, γ - l_{k o_k} + l_ki), or the cross-entropy of softmax(l_k)

    over the steps up to the stop fact.

    Args:
        margin: γ; without it, the cross-entropy.

    Call arguments:
        y_true: o, integers `(batch, steps)`, 0 for the stop fact, and from there on.
        y_pred: l, the scores of `SupportingFacts`, `(batch, steps, 1 + sentences)`.

    Raises:
        ValueError: `margin` is not above 0.

    Cost:
        m for m sentences, for each step.

    Example:

    >>> scores = keras.ops.array([[[0.0, 3.0, 1.0]]])
    >>> float(SupportingFactsLoss(margin=2.5)([[1]], scores))
    0.5

    Reference:
        [Weston et al., 2014](https://arxiv.org/abs/1410.3916), equation 6, where wrong
        sentences are sampled, and the answer's words have such a loss, too.
    """

    def __init__(
        self,
        margin: float | None = None,
        name: str = "supporting_facts",
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(name=name, **kwargs)
        if margin is not None:
            check_above_zero("margin", margin)
        self.margin = margin

    def call(self, y_true, y_pred):
        facts, scores = ops.cast(y_true, "int32"), widen(y_pred)
        target = ops.take_along_axis(scores, facts[..., None], axis=-1)  # l_{k o_k}
        if self.margin is None:
            losses = ops.logsumexp(scores, axis=-1) - target[..., 0]
        else:
            above = ops.relu(self.margin - target + scores)
            losses = ops.sum(above, axis=-1) - self.margin  # without the fact's own
        stops = ops.cast(facts == STOP, "int32")
        counts = ops.cumsum(stops, axis=1) - stops == 0
        return ops.sum(ops.where(counts, losses, 0), axis=1)

    def get_config(self):
        return {**super().get_config(), "margin": self.margin}
