"""Universal transformers: sentences attend to one another, each for as long as it takes."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.memory_networks.adaptive_halting import sinusoids
from ...layers.precision import widen
from ...layers.validation import check_fraction, check_not_negative, check_positive
from ..text import Stories
from .stories import StoryModel, sentences_read


@keras.saving.register_keras_serializable(package="keras_memory")
class UniversalTransformer(StoryModel):
    """Universal transformer: question and sentences attend to one another, step by step.

    s_0 = Σ_j f_j ∘ E x_j;  s_n = step(s_{n-1} + P + τ(n));  logits = W Σ_n p_n s_n + b

    of the question and of each sentence, with the same weights at every step: as
    `layers.TransformerStep`, until that position halts, `layers.AdaptiveHalting`. P is the
    signal of a position, by sines and cosines of how many sentences came after it; the
    question is first. The answer is read out at the question.

    Takes `{"story": (batch, sentences, words), "question": (batch, words)}`, numbers of words
    as `text.ids` makes them, 0 for padding, and gives logits `(batch, words of the
    vocabulary)`.

    `answer` takes and gives strings, and beside the answer

    - `attention`: `(batch, max_steps, sentences + 1)`, the weights of the question over the
      sentences at each step, in the mean over the heads, and after them that over itself;
      zeros after it halted;
    - `read`: strings `(batch, max_steps)`, the sentence of the largest weight at each step,
      `""` if the question itself has more, or halted; and its `read_weight`, `(batch,
      max_steps)`;
    - `updates`: `(batch, sentences + 1)`, how many steps each sentence took, and after them
      the question;
    - `remainders`: of the same shape, the weight of the last of these steps.

    Args:
        vocabulary: The words that have numbers, in lower case, and the possible answers.
        dim: Width of a vector.
        num_heads: Heads of the attention, which divide `dim`.
        hidden_dim: Units of the transition.
        max_steps: How many steps a position takes at most.
        ponder_weight: By how much steps count in the loss; see `layers.AdaptiveHalting`.
        max_words: Words of a sentence whose positions have factors f of their own.
        dropout: Fraction that is dropped in training: of words, of what a step adds, and of
            what is read out.
        noise: Highest fraction of empty sentences in training, as if a sentence were more
            before the question; see `layers.SentenceAges`.
        seed: Of noise and dropout.
        name: Of the model.

    Raises:
        ValueError: A size is not a positive integer, a number is out of range, or the heads
            do not divide `dim`.

    Example:

    ```python
    from keras_memory import zoo

    model = zoo.UniversalTransformer(["mary", "john", "went", "to", "kitchen", "garden"])
    inputs = model.text.ids(["Mary went to the kitchen. John went to the garden."], ["mary"])
    model.fit(inputs, model.text.answer_ids(["kitchen"]))
    result = model.answer(["John went to the kitchen."], ["Where is John?"])
    result["answer"], result["updates"]
    ```

    Reference:
        [Dehghani et al., 2018](https://arxiv.org/abs/1807.03819), sections 2 and 3.1,
        whose positions have no noise.
    """

    layouts = {"embedding/table_[0-9]+": (None, "model")}

    def __init__(
        self,
        vocabulary: Sequence[str],
        dim: int = 64,
        num_heads: int = 4,
        hidden_dim: int = 128,
        max_steps: int = 6,
        ponder_weight: float = 0.001,
        max_words: int = 16,
        dropout: float = 0.1,
        noise: float = 0.1,
        seed: int | None = None,
        name: str = "universal_transformer",
    ) -> None:
        sizes = {
            "dim": dim,
            "num_heads": num_heads,
            "hidden_dim": hidden_dim,
            "max_steps": max_steps,
            "max_words": max_words,
        }
        for argument, size in sizes.items():
            check_positive(argument, size)
        check_not_negative("ponder_weight", ponder_weight)
        check_fraction("dropout", dropout)
        text = Stories(vocabulary)
        story = keras.Input((None, None), dtype="int32", name="story")
        question = keras.Input((None,), dtype="int32", name="question")
        embedding = layers.SentenceEmbedding(  # E
            text.size,
            dim,
            encoding="bag_of_words",
            embeddings_initializer=keras.initializers.RandomNormal(stddev=0.5),
            name="embedding",
        )
        drop = keras.layers.Dropout(dropout, seed=seed, name="dropout")

        def encoded(ids, name):
            encoding = layers.LearnedSentenceEncoding(max_words, name=name)  # f
            words = drop(embedding(ids[..., None]))
            return encoding(words, mask=ops.not_equal(ids, 0))

        q = encoded(question, "question_encoding")[:, None]
        states = ops.concatenate([q, encoded(story, "story_encoding")], axis=1)  # s_0
        is_sentence = ops.any(ops.not_equal(story, 0), axis=-1)
        ages = layers.SentenceAges(noise, seed, name="ages")(is_sentence)
        positions = ops.pad(1 + ages, [[0, 0], [1, 0]])
        mask = ops.pad(is_sentence, [[0, 0], [1, 0]], constant_values=True)
        step = layers.TransformerStep(num_heads, hidden_dim, dropout, seed, name="step")
        halting = layers.AdaptiveHalting(
            step, max_steps, ponder_weight=ponder_weight, name="halting"
        )
        outputs, weights, updates, remainders, attention = halting(
            states, signals=sinusoids(positions, dim), mask=mask
        )
        read_out = keras.layers.Dense(text.size, name="read_out")  # W, b
        logits = read_out(drop(outputs[:, 0]))
        super().__init__({"story": story, "question": question}, logits, name=name)
        self.text = text
        read = ops.mean(attention[..., 0, :], axis=2)
        self._with_trace = keras.Model(
            self.input, (logits, read, weights, updates, remainders)
        )
        self.arguments = {
            "vocabulary": list(vocabulary),
            **sizes,
            "ponder_weight": ponder_weight,
            "dropout": dropout,
            "noise": noise,
            "seed": seed,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=5.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    def numbers_of_answer(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The logits of the answer, and what was read for it, without strings."""
        logits, attention, _, updates, remainders = self._outputs_and_halting(ids)
        return {
            "logits": logits,
            "attention": attention,
            **sentences_read(attention),
            "updates": updates,
            "remainders": remainders,
        }

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What the question reads and how positions halt, step by step; and the `logits`.

        Returns:
            `attention`, `(batch, max_steps, sentences + 1)`; `weights`, of each step,
            `(batch, sentences + 1, max_steps)`; `updates` and `remainders`, `(batch,
            sentences + 1)`. The question is last.
        """
        names = "logits", "attention", "weights", "updates", "remainders"
        return dict(zip(names, self._outputs_and_halting(inputs), strict=True))

    def _outputs_and_halting(self, inputs):
        """Logits, and what `traced` gives: with the question last, as sentences are first."""
        logits, attention, weights, updates, remainders = self._with_trace(
            inputs, training=False
        )
        steps = ops.arange(self.arguments["max_steps"])
        is_running = ops.cast(steps, updates.dtype) < updates[:, :1]
        attention = ops.where(is_running[..., None], widen(attention), 0.0)
        return (
            logits,
            ops.roll(attention, -1, axis=2),
            *(ops.roll(x, -1, axis=1) for x in (weights, updates, remainders)),
        )
