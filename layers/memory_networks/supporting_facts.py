"""Supporting facts of a question: sentences that are chosen one after the other."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import InitializerLike, LayerOptions
from ..layer import Layer
from ..masks import LOWEST, top_indices
from ..precision import wide_dtype, widen
from ..validation import check_positive

STOP = 0  # the number of the stop fact


@keras.saving.register_keras_serializable(package="keras_memory")
class SupportingFacts(Layer):
    """Chooses the sentences that support an answer, given the question and those before.

    q_k = E(u + Σ_{j<k} f_{o_j});  s_ki = q_k · (E(m_i) + T(a_i) + R(a_{o_{k-1}} - a_i));
    l_ki = log σ(s_ki) + Σ_{j>i} log(1 - σ(s_kj));  o_k = argmax_i l_ki

    with E(x) = tanh(W tanh x), or the identity. σ(s_ki) is how well sentence i fits, and l_ki
    the logarithm of the probability that it is the latest that does, however long the story.
    m_0, which is learned and comes before all sentences, is the stop fact: to choose it ends
    the choice. T is of the age of a sentence, R of how much later it is than the fact chosen
    before; each has a vector for every number up to a bound, and one that is multiplied by
    log(1 + number). No sentence is chosen twice.

    With the facts given, as in training, step k has the scores that follow from the facts
    given before it, all steps at once; without, from those that it chose.

    Args:
        steps: How many facts are chosen, at most.
        nonlinear: Whether E is tanh(W tanh x); else it is the identity.
        latest: Whether the latest sentence that fits is chosen; else, that of the highest
            score, l = s.
        max_ages: How many ages have a vector of their own in T, the highest of which is that
            of all older sentences; and up to which difference R has one, either way.
        initializer: Of m_0, T, R and W; normal with a deviation of 0.1 if absent.

    Call arguments:
        question: u, shape `(batch, dim)`.
        candidates: m, shape `(batch, sentences, dim)`.
        facts: f, shape `(batch, sentences, dim)`.
        ages: a, how many sentences came after each, integers `(batch, sentences)`.
        mask: Booleans `(batch, sentences)`, `False` for padding.
        given: Numbers of sentences, from 1, integers `(batch, steps)`, with 0, the stop fact,
            after the last; if absent, facts are chosen.

    Returns:
        `(scores, chosen)`: l of each step, `(batch, steps, 1 + sentences)`, the stop fact's
        first, far below all others for padding and for what was chosen before; and integers
        `(batch, steps)`, the facts given, or those chosen, 0 from the stop fact on.

    Raises:
        ValueError: A size is not a positive integer.

    Cost:
        m d for m sentences of width d, for each step.

    Example:

    >>> u, m = keras.ops.ones((2, 8)), keras.ops.ones((2, 5, 8))
    >>> ages = keras.ops.array([[4, 3, 2, 1, 0]] * 2)
    >>> scores, chosen = SupportingFacts(steps=3)(u, m, m, ages)
    >>> tuple(scores.shape), tuple(chosen.shape)
    ((2, 3, 6), (2, 3))

    Reference:
        [Weston et al., 2014](https://arxiv.org/abs/1410.3916), section 3, and
        [Weston et al., 2015](https://arxiv.org/abs/1502.05698), section 5. There, which of
        two sentences is older is a feature of pairs of candidates, which are compared one
        after the other, as is the latest here; and ages are embedded.
    """

    any_width = frozenset({"ages", "mask", "given"})
    takes_integers = True

    def __init__(
        self,
        steps: int = 3,
        nonlinear: bool = True,
        latest: bool = True,
        max_ages: int = 5,
        initializer: InitializerLike | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        check_positive("steps", steps)
        check_positive("max_ages", max_ages)
        self.steps = steps
        self.nonlinear = nonlinear
        self.latest = latest
        self.max_ages = max_ages
        self.initializer = keras.initializers.get(
            initializer or keras.initializers.RandomNormal(stddev=0.1)
        )
        self.supports_masking = True

    def build(self, question_shape, candidates_shape=None, facts_shape=None):
        dim = question_shape[-1]
        rows = {"stop": 1, "of_age": self.max_ages + 1, "of_lateness": 2 * self.max_ages + 3}
        if self.nonlinear:
            rows["kernel"] = dim
        for name, count in rows.items():  # m_0, T, R, W
            weight = self.add_weight(
                shape=(count, dim), initializer=self.initializer.clone(), name=name
            )
            setattr(self, name, weight)

    def call(self, question, candidates, facts, ages, mask=None, given=None):
        candidates = ops.cast(candidates, self.compute_dtype)
        ages = ops.cast(ages, "int32")
        is_free = ops.ones_like(ages) if mask is None else mask
        question = ops.cast(question, self.compute_dtype)[:, None]
        stop = ops.zeros_like(question) + ops.cast(self.stop, self.compute_dtype)  # m_0
        encoded = self._encoded(candidates) + self._times(ages)
        first = [[0, 0], [1, 0]]  # of sequences: room for the stop fact
        memory = {
            "encoded": ops.concatenate([stop, encoded], axis=1),
            "facts": ops.pad(ops.cast(facts, self.compute_dtype), [*first, [0, 0]]),
            "ages": ops.pad(ages, first),
            "is_free": ops.pad(ops.cast(is_free, "int32"), first, constant_values=1),
        }
        if given is None:
            return self._choose(question, memory)
        given = ops.cast(given, "int32")
        is_fact = self._one_hot(given, memory)
        earlier = ops.cumsum(is_fact, axis=1) - is_fact
        last = ops.pad(given, first)[:, :-1]
        return self._scores(question, memory, earlier, last), given

    def _choose(self, question, memory):
        """Scores and facts, step by step, each from those before."""
        last = ops.zeros_like(memory["ages"][:, :1])
        earlier = self._one_hot(last, memory)
        goes_on, scores, chosen = last + 1, [], []
        for _ in range(self.steps):
            scores.append(self._scores(question, memory, earlier, last))
            last = ops.cast(top_indices(scores[-1], 1)[..., 0], "int32") * goes_on
            goes_on = ops.cast(last != STOP, "int32")
            earlier = earlier + self._one_hot(last, memory)
            chosen.append(last)
        return ops.concatenate(scores, axis=1), ops.concatenate(chosen, axis=1)

    def _scores(self, question, memory, earlier, last):
        """s of steps with these facts before, `(batch, steps, 1 + sentences)`."""
        queries = self._encoded(question + ops.matmul(earlier, memory["facts"]))  # q_k
        scores = ops.matmul(queries, ops.transpose(memory["encoded"], (0, 2, 1)))
        scores = scores + self._by_lateness(queries, memory["ages"], last)
        may = ops.logical_and(memory["is_free"][:, None] > 0, earlier == 0)
        scores = ops.where(may, widen(scores), LOWEST)
        return ops.where(may, _of_latest(scores), LOWEST) if self.latest else scores

    def _by_lateness(self, queries, ages, last):
        """q_k · R(a_{o_{k-1}} - a_i), and 0 for the stop fact and without a fact before."""
        most = self.max_ages
        later = ops.take_along_axis(ages, last, axis=1)[..., None] - ages[:, None]
        table = ops.cast(self.of_lateness, self.compute_dtype)
        by_row = ops.matmul(queries, ops.transpose(table))
        exact = ops.take_along_axis(by_row, most + ops.clip(later, -most, most), axis=-1)
        slope = ops.where(later > 0, by_row[..., -1:], by_row[..., -2:-1])
        products = exact + slope * self._log(ops.abs(later))
        is_sentence = ops.arange(ops.shape(ages)[1]) > 0
        return ops.where(ops.logical_and(last[..., None] != STOP, is_sentence), products, 0)

    def _times(self, ages):
        """T."""
        table = ops.cast(self.of_age, self.compute_dtype)
        exact = ops.take(table, ops.clip(ages, 0, self.max_ages - 1), axis=0)
        return exact + self._log(ages)[..., None] * table[-1]

    def _log(self, number):
        # ONNX has no log1p.
        return ops.log(1 + ops.cast(number, self.compute_dtype))

    def _encoded(self, x):
        """E."""
        if not self.nonlinear:
            return x
        return ops.tanh(ops.matmul(ops.tanh(x), ops.cast(self.kernel, self.compute_dtype)))

    def _one_hot(self, numbers, memory):
        """1 for each sentence that is numbered, none for the stop fact."""
        slots = ops.arange(ops.shape(memory["ages"])[1])
        is_one = ops.logical_and(numbers[..., None] == slots, numbers[..., None] != STOP)
        return ops.cast(is_one, self.compute_dtype)

    def compute_output_spec(self, question, candidates, facts, ages, mask=None, given=None):
        batch, sentences, _ = candidates.shape
        slots = None if sentences is None else 1 + sentences
        dtype = wide_dtype(self.compute_dtype)
        return (
            keras.KerasTensor((batch, self.steps, slots), dtype=dtype),
            keras.KerasTensor((batch, self.steps), dtype="int32"),
        )

    def compute_mask(self, *args, **kwargs):
        """None: what is padding has the lowest scores."""

    def get_config(self):
        return {
            **super().get_config(),
            "steps": self.steps,
            "nonlinear": self.nonlinear,
            "latest": self.latest,
            "max_ages": self.max_ages,
            "initializer": keras.initializers.serialize(self.initializer),
        }


def _of_latest(scores):
    """log σ(s_i) + Σ_j log(1 - σ(s_j)), over all j after i; the stop fact is before all."""
    fits = ops.softplus(scores)  # -log(1 - σ(s))
    after = ops.flip(ops.cumsum(ops.flip(fits, -1), axis=-1), -1) - fits
    return scores - fits - after
