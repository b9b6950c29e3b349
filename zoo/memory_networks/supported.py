"""Memory networks with supervised support: facts are chosen one after the other."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.precision import widen
from ...layers.validation import check_fraction, check_positive
from ..saving.pretrained import Endpoints
from ..saving.transfer import Names
from ..text import Stories
from .stories import StoryModel, numbers_of_facts

MOST_SENTENCES = 2**31  # whose numbers are of 32 bits


@keras.saving.register_keras_serializable(package="keras_memory")
class SupportedMemoryNetwork(StoryModel):
    """Memory network with supervised support: facts are chosen, then the answer follows.

    o_k = argmax_i s(q, m_{o_1}, ..., m_{o_{k-1}}, m_i);  logits = W r(q, m_{o_1}, ...)

    where s is the score of `layers.SupportingFacts`, r the state of `layers.FactReader`, and
    a sentence or a question is a bag of its n-grams. In training, which sentences support an
    answer is given.

    Takes `{"story": (batch, sentences, words), "question": (batch, words), "facts": (batch,
    facts)}`: numbers of words as `text.ids` makes them, 0 for padding, and the facts that are
    given, sentences by number from 1, with 0, the stop fact, after the last. It gives
    `{"answer": (batch, words of the vocabulary), "facts": (batch, facts, 1 + sentences)}`:
    logits, and the scores by which each fact is chosen after those that are given before it,
    the stop fact's first. `read` chooses facts by itself.

    `answer` takes and gives strings, and beside the answer

    - `attention`: `(batch, facts, sentences + 1)`, how likely each sentence was as each of
      the facts, the stop fact last;
    - `facts`: integers `(batch, facts)`, the sentences chosen, by number from 1, and 0 from
      the stop fact on;
    - `read`: strings `(batch, facts)`, these sentences, `""` from the stop fact on; and its
      `read_weight`, `(batch, facts)`, how likely each choice was.

    Args:
        vocabulary: The words that have numbers, in lower case, and the possible answers.
        dim: d, width of a vector.
        facts: How many facts are chosen, at most.
        ngrams: Words of the longest n-gram in a bag; with 1, words alone.
        buckets: How many vectors n-grams have; see `layers.WordNGrams`.
        nonlinear: Whether embeddings are nonlinear.
        latest: Whether the latest sentence that fits is chosen; see `layers.SupportingFacts`.
        max_ages: Ages that have a vector of their own; see `layers.SupportingFacts`.
        noise: Highest fraction of random empty memories in training; see
            `layers.SentenceAges`.
        dropout: Fraction of the entries of r that are dropped in training.
        margin: Of the loss of the facts, γ; if absent, that is the cross-entropy.
        seed: Of noise and dropout.
        name: Of the model.

    Raises:
        ValueError: A size is not a positive integer, or a fraction not from 0 to 1.

    Example:

    ```python
    from keras_memory import zoo
    import numpy as np

    model = zoo.SupportedMemoryNetwork(["mary", "john", "went", "kitchen", "garden"])
    inputs = model.text.ids(["Mary went to the kitchen. John went to the garden."], ["mary"])
    facts = np.array([[1, 0, 0]])  # the first sentence, and no other
    targets = {"answer": model.text.answer_ids(["kitchen"]), "facts": facts}
    model.fit({**inputs, "facts": facts}, targets)
    model.answer(["John went to the kitchen."], ["Where is John?"])["read"]
    ```

    Reference:
        [Weston et al., 2014](https://arxiv.org/abs/1410.3916), section 3, and
        [Weston et al., 2015](https://arxiv.org/abs/1502.05698), section 5: adaptive memory,
        n-grams and nonlinear embedding.
    """

    layouts = {"(question_)?embedding/table_[0-9]+": (None, "model")}

    def __init__(
        self,
        vocabulary: Sequence[str],
        dim: int = 50,
        facts: int = 3,
        ngrams: int = 3,
        buckets: int = 1024,
        nonlinear: bool = True,
        latest: bool = True,
        max_ages: int = 5,
        noise: float = 0.1,
        dropout: float = 0.0,
        margin: float | None = None,
        seed: int | None = None,
        name: str = "supported_memory_network",
    ) -> None:
        check_positive("dim", dim)
        check_positive("facts", facts)
        check_fraction("dropout", dropout)
        text = Stories(vocabulary)
        grams = layers.WordNGrams(text.size, ngrams, buckets, name="ngrams")
        bag = {"vocabulary_size": grams.size, "dim": dim, "encoding": "bag_of_words"}
        story = keras.Input((None, None), dtype="int32", name="story")
        question = keras.Input((None,), dtype="int32", name="question")
        given = keras.Input((facts,), dtype="int32", name="facts")
        is_sentence = ops.any(ops.not_equal(story, 0), axis=-1)
        ages = layers.SentenceAges(noise, seed, name="ages")(is_sentence)
        sentences = layers.SentenceEmbedding(**bag, tables=3, name="embedding")(grams(story))
        questions = layers.SentenceEmbedding(**bag, tables=2, name="question_embedding")(
            grams(question)
        )
        candidate, fact, evidence = ops.unstack(sentences, axis=2)
        cue, topic = ops.unstack(questions, axis=1)
        choice = layers.SupportingFacts(facts, nonlinear, latest, max_ages, name="choice")
        reader = layers.FactReader(nonlinear, name="reader")
        drop = keras.layers.Dropout(dropout, seed=seed, name="dropout")
        read_out = keras.layers.Dense(text.size, use_bias=False, name="read_out")  # W

        def read(given=None):
            scores, chosen = choice(cue, candidate, fact, ages, is_sentence, given)
            return read_out(drop(reader(topic, evidence, chosen))), scores, chosen

        logits, scores, _ = read(given)
        inputs = {"story": story, "question": question}
        super().__init__(
            {**inputs, "facts": given}, {"answer": logits, "facts": scores}, name=name
        )
        self.text = text
        self._grams = grams
        self._read = keras.Model(inputs, read())
        self.arguments = {
            "vocabulary": list(vocabulary),
            "dim": dim,
            "facts": facts,
            "ngrams": ngrams,
            "buckets": buckets,
            "nonlinear": nonlinear,
            "latest": latest,
            "max_ages": max_ages,
            "noise": noise,
            "dropout": dropout,
            "margin": margin,
            "seed": seed,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(2e-3, global_clipnorm=5.0), **self.losses_and_metrics()
        )

    def examples(
        self,
        stories: Any,
        questions: Any,
        answers: Any,
        facts: Sequence[Sequence[int]] = (),
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Inputs and targets for `fit`, of texts as `from_texts` takes them.

        Args:
            stories: As of `from_texts`.
            questions: As of `from_texts`.
            answers: As of `from_texts`.
            facts: For each question the numbers of the sentences that support its answer,
                from 1, in the order in which they are read.

        Raises:
            ValueError: There are not as many of each, a question has too many facts, or an
                answer is not in the vocabulary.
        """
        inputs, targets = super().examples(stories, questions, answers)
        numbers = numbers_of_facts(facts, len(targets), self.arguments["facts"])
        return {**inputs, "facts": numbers}, {"answer": targets, "facts": numbers}

    def losses_and_metrics(self) -> dict[str, Any]:
        """The arguments of `compile` that depend on the outputs."""
        answer = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        facts = layers.SupportingFactsLoss(self.arguments["margin"])
        return {
            "loss": {"answer": answer, "facts": facts},
            "metrics": {"answer": ["accuracy"]},
        }

    def read(self, inputs: Any) -> dict[str, Any]:
        """Answers to questions, with facts that are chosen by their scores.

        Args:
            inputs: `{"story": (batch, sentences, words), "question": (batch, words)}`.

        Returns:
            `logits`, `(batch, words of the vocabulary)`; `facts`, sentences by number, from
            1, 0 after the last, `(batch, facts)`; and the weights of each choice, softmax of
            its scores, `(batch, facts, 1 + sentences)`, the stop fact's first.
        """
        inputs = {name: inputs[name] for name in ("story", "question")}
        logits, scores, chosen = self._read(inputs, training=False)
        return {"logits": widen(logits), "facts": chosen, "weights": ops.softmax(scores)}

    @property
    def entry_names(self) -> Mapping[str, Names]:
        """Which n-grams are in a bucket depends on how many words there are."""
        words = self.arguments["vocabulary"]
        buckets = [(len(words), i) for i in range(self._grams.size - len(words))]
        tables = "(question_)?embedding/table_[0-9]+"
        return {**super().entry_names, tables: ([*words, *buckets], None)}

    def numbers_of_answer(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The logits of the answer, and what was read for it, without strings."""
        read = self.read(ids)
        weights = ops.roll(read["weights"], -1, axis=-1)  # the stop fact's last
        facts = read["facts"]
        last = ops.where(facts > 0, facts - 1, ops.shape(ids["story"])[1])
        weight = ops.take_along_axis(weights, last[..., None], axis=-1)[..., 0]
        return {
            "logits": read["logits"],
            "attention": weights,
            "facts": facts,
            "read": last,
            "read_weight": weight,
        }

    @property
    def ids_below(self) -> Mapping[str, int]:
        return {**super().ids_below, "facts": MOST_SENTENCES}

    def _check(self, x, y=None):
        super()._check(x, y)
        facts, story = (x.get(n) if isinstance(x, dict) else None for n in ("facts", "story"))
        if not (hasattr(facts, "shape") and hasattr(story, "shape")) or not len(facts):
            return
        highest = int(ops.max(facts))
        if highest > story.shape[1]:
            raise ValueError(
                f"Expected numbers of sentences up to {story.shape[1]} for facts. Received: "
                f"{highest}"
            )

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The `facts` chosen, the `weights` of each choice, and `logits`; see `read`."""
        return self.read(inputs)

    def trace_endpoints(self) -> Endpoints:
        """`trace`, of a story and a question: which facts there are is what it finds."""
        (inputs,) = self.signature()
        return {"trace": (self.traced, [{n: inputs[n] for n in ("story", "question")}])}
