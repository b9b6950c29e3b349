"""Linear-chain conditional random fields: sequences of tags are scored as wholes."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..masks import check_mask, zero_masked
from ..precision import widen
from ..time_loop import over_time
from ..validation import check_not_empty

TINY = 1e-37  # in the place of a sum of exponentials that is 0 in float32


@keras.saving.register_keras_serializable(package="keras_memory")
class LinearChainCRF(Layer):
    """A conditional random field over the tags of a sequence, each beside its neighbours.

    p(y | u) = exp(a_{y_1} + Σ_t u_t(y_t) + Σ_t A_{y_{t-1} y_t} + b_{y_n}) / Z(u)

    where u are the logits that come in, A is learned, and so are a and b, of the first tag
    and the last. Two passes along the sequence, the forward and the backward algorithm, sum
    over all sequences of tags:

        α_{t+1}(j) = log Σ_i exp(α_t(i) + u_t(i) + A_ij),  α_1 = a
        β_{t-1}(i) = log Σ_j exp(A_ij + u_t(j) + β_t(j)),  β_n = b

    In training, with the true tags, the output is u_t(j) + A_{y_{t-1} j} + β_t(j): logits,
    whose soft-max is p(y_t = j | y_{t-1}, u). Their cross-entropies, summed over a sequence,
    are -log p(y | u): any model learns with the loss of each tag. At any other time, it is
    α_t(j) + u_t(j) + β_t(j), whose soft-max is p(y_t = j | u).

    `viterbi` gives the likeliest sequence.

    Call arguments:
        logits: u, shape `(batch, steps, tags)`.
        tags: The true tags, integers of shape `(batch, steps)`; of masked steps, any.
        mask: Booleans of shape `(batch, steps)`; a masked step is not in the sequence.
        training: Whether the true tags are used.

    Returns:
        Logits, shape `(batch, steps, tags)`; zeros of masked steps.

    Raises:
        ValueError: There are no steps, or the shape of the mask does not fit.

    Cost:
        Two products with a matrix `(tags, tags)` for each step, one after the other.

    Example:

    >>> crf = LinearChainCRF()
    >>> keras.ops.shape(crf(keras.ops.ones((2, 5, 3))))
    (2, 5, 3)
    >>> keras.ops.shape(crf.viterbi(keras.ops.ones((2, 5, 3))))
    (2, 5)

    Reference:
        Lafferty et al., 2001; over a recurrent network, as here,
        [Huang et al., 2015](https://arxiv.org/abs/1508.01991), section 2.5. Ours puts the
        likelihood of a sequence into a product over its tags, by the backward algorithm.
    """

    takes_integers = True
    any_width = frozenset({"tags", "mask"})

    def __init__(self, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, logits_shape):
        tags = logits_shape[-1]
        self.transitions = self.add_weight(shape=(tags, tags), name="transitions")  # A
        self.first = self.add_weight(shape=(tags,), initializer="zeros", name="first")  # a
        self.last = self.add_weight(shape=(tags,), initializer="zeros", name="last")  # b

    def call(self, logits, tags=None, mask=None, training=None):
        logits, is_step = self._checked(logits, mask)
        transitions, first, last = self._weights()
        after = _messages(  # β
            ops.flip(logits, 1), ops.flip(is_step, 1), ops.transpose(transitions), last
        )
        scores = logits + ops.flip(after, 1)
        if training and tags is not None:
            scores = scores + self._from_true(ops.cast(tags, "int32"), is_step)
        else:
            scores = scores + _messages(logits, is_step, transitions, first)  # α
        return ops.cast(zero_masked(scores, is_step), self.compute_dtype)

    def log_likelihood(
        self, logits: Tensor, tags: Tensor, mask: Tensor | None = None
    ) -> Tensor:
        """log p(y | u) of true tags, shape `(batch,)`.

        Args:
            logits: u, shape `(batch, steps, tags)`.
            tags: y, integers of shape `(batch, steps)`.
            mask: Booleans of shape `(batch, steps)`.
        """
        tags = ops.cast(tags, "int32")
        scores = widen(self(logits, tags=tags, mask=mask, training=True))
        is_true = ops.one_hot(tags, scores.shape[-1], dtype=scores.dtype)
        found = ops.sum(ops.log_softmax(scores) * is_true, axis=-1)
        if mask is not None:
            found = ops.where(ops.cast(mask, "bool"), found, 0)
        return ops.sum(found, axis=-1)

    def viterbi(self, logits: Tensor, mask: Tensor | None = None) -> Tensor:
        """The likeliest sequence of tags: integers of shape `(batch, steps)`.

        Args:
            logits: u, shape `(batch, steps, tags)`.
            mask: Booleans of shape `(batch, steps)`; the tag of a masked step is 0.
        """
        if not self.built:
            self.build(logits.shape)
        logits, is_step = self._checked(logits, mask)
        transitions, first, last = self._weights()
        count = logits.shape[-1]
        is_first = is_step & (ops.cumsum(ops.cast(is_step, "int32"), axis=1) == 1)
        same = ops.cast(ops.arange(count), logits.dtype)[None]

        def forward(inputs, states):
            logits, is_step, is_first = _parts(inputs, 2)
            scores = states[0][:, :, None] + transitions  # from i to j
            best = ops.max(scores, axis=1) + logits
            best = ops.where(is_first, first + logits, best)
            back = ops.cast(ops.argmax(scores, axis=1), logits.dtype)
            back = ops.where(is_step & ops.logical_not(is_first), back, same)
            return back, [ops.where(is_step, best, states[0])]

        start = ops.zeros_like(logits[:, 0])
        back, (best,) = over_time(forward, _joined(logits, is_step, is_first), [start])

        def backward(inputs, states):
            is_tag = ops.one_hot(ops.cast(states[0][:, 0], "int32"), count, dtype=back.dtype)
            return states[0], [ops.sum(is_tag * inputs, axis=-1, keepdims=True)]

        end = ops.cast(ops.argmax(best + last, axis=-1), back.dtype)[:, None]
        tags, _ = over_time(backward, ops.flip(back, 1), [end])
        return ops.cast(zero_masked(ops.flip(tags, 1), is_step)[..., 0], "int32")

    def _checked(self, logits, mask):
        """The logits, float32 or wider, 0 where masked, and the mask, `True` without one."""
        check_not_empty(self.name, logits=logits)
        logits = widen(logits)
        if mask is None:
            return logits, ops.ones_like(logits[..., 0], dtype="bool")
        check_mask("mask", mask, logits.shape[:-1])
        mask = ops.broadcast_to(ops.cast(mask, "bool"), ops.shape(logits)[:-1])
        return zero_masked(logits, mask), mask

    def _weights(self):
        return (
            widen(ops.convert_to_tensor(w)) for w in (self.transitions, self.first, self.last)
        )

    def _from_true(self, tags, is_step):
        """A_{y_{t-1} j}, and a_j of the first step."""
        transitions, first, _ = self._weights()
        steps = ops.arange(ops.shape(tags)[1])
        real = ops.where(is_step, steps, -1)
        is_before = steps[None, :] < steps[:, None]
        before = ops.max(ops.where(is_before, real[:, None, :], -1), axis=-1)
        tags = ops.where(is_step, tags, 0)
        tags = ops.take_along_axis(tags, ops.maximum(before, 0), axis=1)
        is_tag = ops.one_hot(tags, transitions.shape[0], dtype=transitions.dtype)
        return ops.where((before < 0)[..., None], first, ops.matmul(is_tag, transitions))

    def compute_output_shape(self, logits_shape, tags_shape=None, mask_shape=None):
        return logits_shape


def _messages(logits, is_step, transitions, first):
    """α, before each step, `(batch, steps, tags)`: log of the sums over all tags before."""
    # The largest of a row is taken out, so that the exponential of no transition overflows.
    largest = ops.stop_gradient(ops.max(transitions))
    exponentials = ops.exp(transitions - largest)

    def step(inputs, states):
        logits, is_step = _parts(inputs, 1)
        scores = states[0] + logits
        highest = ops.stop_gradient(ops.max(scores, axis=-1, keepdims=True))
        sums = ops.matmul(ops.exp(scores - highest), exponentials)
        new = ops.log(ops.maximum(sums, TINY)) + highest + largest
        return states[0], [ops.where(is_step, new, states[0])]

    start = ops.zeros_like(logits[:, 0]) + first
    return over_time(step, _joined(logits, is_step), [start])[0]


def _joined(logits, *masks):
    masks = [ops.cast(mask, logits.dtype)[..., None] for mask in masks]
    return ops.concatenate([logits, *masks], axis=-1)


def _parts(inputs, masks):
    """The logits of a step, and booleans `(batch, 1)` that were joined with them."""
    logits = inputs[:, :-masks]
    return logits, *(
        inputs[:, i : i + 1] > 0 for i in range(logits.shape[-1], inputs.shape[-1])
    )
