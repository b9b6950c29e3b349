"""Dynamic memory networks: facts are passed over several times, and answer a question."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.memory_networks.episodic_memory import VARIANTS
from ...layers.validation import (
    check_choice,
    check_fraction,
    check_not_negative,
    check_positive,
)
from ..text import Stories
from .stories import StoryModel, numbers_of_facts, sentences_read, with_a_sentence


@keras.saving.register_keras_serializable(package="keras_memory")
class DynamicMemoryNetwork(StoryModel):
    """Dynamic memory network: in each episode, gates let some facts of the story through.

    c = fusion(Σ_j l_j ∘ L x_ij), by recurrent units over the sentences;  q = GRU(L question);
    m, by episodes, as `layers.EpisodicMemory`;  logits = W [m; q] + b

    The units read in both directions, and the sums of their outputs are the facts: so a fact
    knows whether another one comes later. With the variant `"dmn"`, a fact that means
    "nothing more" comes before all others.

    Takes `{"story": (batch, sentences, words), "question": (batch, words)}`, numbers of words
    as `text.ids` makes them, 0 for padding, and gives logits `(batch, words of the
    vocabulary)`. With `supports` it gives `{"answer": logits, "supports": scores}`, the
    latter `(batch, passes, 1 + sentences)`, and `fit` takes targets under both names: for
    each pass the number of the sentence that it is to attend to, from 1, or 0 for nothing
    more.

    `answer` takes and gives strings, and beside the answer

    - `attention`: `(batch, passes, sentences + 1)`, the gate of each sentence in each
      episode, and after them that of nothing more;
    - `read`: strings `(batch, passes)`, the sentence of the widest gate in each episode, `""`
      for nothing more; and its `read_weight`, `(batch, passes)`.

    Args:
        vocabulary: The words that have numbers, in lower case, and the possible answers.
        dim: Width of a vector, and of all recurrent units.
        passes: How many episodes there are.
        variant: `"dmn"` or `"dmn_plus"`.
        supports: Whether the gates are trained, too; of `"dmn"`.
        dropout: Fraction of facts and of what is read out that is dropped in training.
        l2: By how much the squares of all kernels of gates, updates and outputs count.
        name: Of the model.

    Raises:
        ValueError: A size is not a positive integer, the variant is unknown, or there are
            supports with `"dmn_plus"`.

    Example:

    ```python
    from keras_memory import zoo

    model = zoo.DynamicMemoryNetwork(["mary", "john", "went", "to", "kitchen", "garden"])
    inputs = model.text.ids(["Mary went to the kitchen. John went to the garden."], ["mary"])
    model.fit(inputs, model.text.answer_ids(["kitchen"]))
    model.answer(["John went to the kitchen."], ["Where is John?"])["answer"]
    ```

    Reference:
        [Kumar et al., 2015](https://arxiv.org/abs/1506.07285), whose units read the story
        forwards, word by word, and [Xiong et al., 2016](https://arxiv.org/abs/1603.01417).
    """

    needs_steps = True
    layouts = {"embedding/table_[0-9]+": (None, "model")}

    def __init__(
        self,
        vocabulary: Sequence[str],
        dim: int = 80,
        passes: int = 3,
        variant: str = "dmn_plus",
        supports: bool = False,
        dropout: float = 0.0,
        l2: float = 0.0,
        name: str = "dynamic_memory_network",
    ) -> None:
        sizes = {"dim": dim, "passes": passes}
        for argument, size in sizes.items():
            check_positive(argument, size)
        check_choice("variant", variant, VARIANTS)
        check_fraction("dropout", dropout)
        check_not_negative("l2", l2)
        is_plus = variant == "dmn_plus"
        if supports and is_plus:
            raise ValueError(f"Expected variant='dmn' with supports. Received: {variant!r}")
        text = Stories(vocabulary)
        regularizer = keras.regularizers.L2(l2) if l2 else None
        story = keras.Input((None, None), dtype="int32", name="story")
        question = keras.Input((None,), dtype="int32", name="question")
        embedding = layers.SentenceEmbedding(  # L
            text.size,
            dim,
            embeddings_initializer=keras.initializers.RandomUniform(-(3**0.5), 3**0.5),
            name="embedding",
        )
        drop = keras.layers.Dropout(dropout, name="dropout")
        is_sentence = ops.any(ops.not_equal(story, 0), axis=-1)
        units = keras.layers.Bidirectional(
            keras.layers.GRU(dim, return_sequences=True), merge_mode="sum", name="fusion"
        )
        facts = units(drop(embedding(story)), mask=is_sentence)  # c
        q = keras.layers.GRU(dim, name="question_units")(
            embedding(question[..., None]), mask=ops.not_equal(question, 0)
        )
        if not is_plus:
            facts, is_sentence = NothingMore(name="nothing_more")(facts, is_sentence)
        episodes = layers.EpisodicMemory(passes, variant, regularizer, name="episodes")
        memory, scores, gates = episodes(facts, q, mask=is_sentence)
        read_out = keras.layers.Dense(  # W, b
            text.size, kernel_regularizer=regularizer, name="read_out"
        )
        logits = read_out(drop(ops.concatenate([memory, q], axis=-1)))
        outputs = {"answer": logits, "supports": scores} if supports else logits
        super().__init__({"story": story, "question": question}, outputs, name=name)
        self.text = text
        self._with_gates = keras.Model(self.input, (logits, gates))
        self.arguments = {
            "vocabulary": list(vocabulary),
            **sizes,
            "variant": variant,
            "supports": supports,
            "dropout": dropout,
            "l2": l2,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=10.0), **self.losses_and_metrics()
        )

    def examples(
        self,
        stories: Any,
        questions: Any,
        answers: Any,
        facts: Sequence[Sequence[int]] = (),
    ) -> tuple[dict[str, Any], Any]:
        """Inputs and targets for `fit`, of texts as `from_texts` takes them.

        Args:
            stories: As of `from_texts`.
            questions: As of `from_texts`.
            answers: As of `from_texts`.
            facts: With supports, for each question the numbers of the sentences that support
                its answer, from 1, in the order in which they are read.

        Raises:
            ValueError: There are not as many of each, a question has more facts than there
                are passes, or an answer is not in the vocabulary.
        """
        inputs, targets = super().examples(stories, questions, answers)
        if not self.arguments["supports"]:
            return inputs, targets
        numbers = numbers_of_facts(facts, len(targets), self.arguments["passes"])
        return inputs, {"answer": targets, "supports": numbers}

    def losses_and_metrics(self) -> dict[str, Any]:
        """The arguments of `compile` that depend on the outputs."""
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        if not self.arguments["supports"]:
            return {"loss": loss, "metrics": ["accuracy"]}
        metrics = {name: ["accuracy"] for name in ("answer", "supports")}
        return {"loss": {"answer": loss, "supports": loss}, "metrics": metrics}

    def logits(self, inputs: Any) -> Any:
        """The answer alone, with supports and without."""
        return self._with_gates(inputs, training=False)[0]

    def numbers_of_answer(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The logits of the answer, and what was read for it, without strings."""
        question = ops.convert_to_tensor(ids["question"])
        inputs = {"story": with_a_sentence(ids["story"]), "question": question}
        logits, gates = self._with_gates(inputs, training=False)
        gates = self._by_sentence(gates, ops.shape(ids["story"])[1])
        return {"logits": logits, "attention": gates, **sentences_read(gates)}

    def _by_sentence(self, gates, count):
        """Gates `(batch, passes, count + 1)`: that of nothing more comes last."""
        if self.arguments["variant"] == "dmn":
            gates = gates[..., 1:]
        gates = gates[..., :count]
        nothing = 1 - ops.sum(gates, axis=-1, keepdims=True)
        return ops.concatenate([gates, ops.maximum(nothing, 0)], axis=-1)

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The gates of each episode, `gates`, `(batch, passes, sentences + 1)`; `logits`."""
        logits, gates = self._with_gates(inputs, training=False)
        gates = self._by_sentence(gates, ops.shape(inputs["story"])[1])
        return {"gates": gates, "logits": logits}


class NothingMore(keras.layers.Layer):
    """Facts with a learned one before them, which is attended to where no other is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, facts, is_fact, previous_mask=None):
        return None

    def build(self, facts_shape, is_fact_shape):
        self.fact = self.add_weight(shape=(facts_shape[-1],), name="fact")

    def call(self, facts, is_fact):
        fact = ops.zeros_like(facts[:, :1]) + ops.cast(self.fact, facts.dtype)
        facts = ops.concatenate([fact, facts], axis=1)
        return facts, ops.concatenate([ops.ones_like(is_fact[:, :1]), is_fact], axis=1)
