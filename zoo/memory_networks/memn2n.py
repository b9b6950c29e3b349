"""End-to-end memory networks: questions about stories, answered hop by hop."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.argument_types import ScoreLike, SelectionLike
from ...layers.precision import widen
from ...layers.validation import check_choice, check_positive
from ..saving.transfer import Names
from ..text import Stories
from .stories import StoryModel, sentences_read
from .tying import TYINGS, hop_by_hop, sgd_of_sum


@keras.saving.register_keras_serializable(package="keras_memory")
class MemN2N(StoryModel):
    """End-to-end memory network: the answer to a question about a story, after K hops.

    u_1 = B q;  u_{k+1} = u_k + Σ_i w_i c_i,  w = softmax(u_k · m_i);  logits = W u_{K+1}

    with m_i = Σ_j l_j ∘ A_k x_ij + T_A(i), c_i the same by C_k. With adjacent tying
    A_{k+1} = C_k, B = A_1, Wᵀ = C_K; with layer-wise tying, all hops have one A and one C,
    and u_{k+1} = H u_k + Σ_i w_i c_i.

    Takes `{"story": (batch, sentences, words), "question": (batch, words)}`, numbers of words
    as `text.ids` makes them, 0 for padding, and gives logits `(batch, words of the
    vocabulary)`.

    `answer` takes and gives strings, and beside the answer

    - `attention`: `(batch, hops, slots)`, the weights of each hop over the sentences, and
      over the empty slots after them;
    - `read`: strings `(batch, hops)`, the sentence of the largest weight in each hop, `""` if
      the empty slots together have more; and its `read_weight`, `(batch, hops)`.

    Args:
        vocabulary: The words that have numbers, in lower case, and the possible answers.
        dim: d, width of a vector.
        hops: K, how often it reads the story.
        tying: `"adjacent"` or `"layer_wise"`.
        encoding: `"position"` or `"bag_of_words"`.
        memory_size: Slots of the memory. Of a shorter story, some are empty; a longer one has
            more, and all sentences older than this have the same age.
        noise: Highest fraction of random empty memories in training; see
            `layers.SentenceAges`.
        score: As for `layers.Attention`; a layer is shared by the hops.
        selection: As for `layers.Attention`; a layer is shared by the hops.
        activation: Of the state after each hop; linear if absent.
        seed: Of the noise, and of a selection that samples.

    Raises:
        ValueError: A size is not a positive integer, or a name is unknown.

    Example:

    ```python
    from keras_memory import zoo

    model = zoo.MemN2N(["mary", "john", "went", "to", "kitchen", "garden"])
    inputs = model.text.ids(["Mary went to the kitchen. John went to the garden."], ["mary"])
    model.fit(inputs, model.text.answer_ids(["kitchen"]))
    model.answer(["John went to the kitchen."], ["Where is John?"])["answer"]
    ```

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), sections 2 to 4.
    """

    layouts = {"(question_)?embedding/table_[0-9]+": (None, "model")}

    def __init__(
        self,
        vocabulary: Sequence[str],
        dim: int = 50,
        hops: int = 3,
        tying: str = "adjacent",
        encoding: str = "position",
        memory_size: int = 50,
        noise: float = 0.1,
        score: ScoreLike = "dot",
        selection: SelectionLike = "softmax",
        activation: str | Callable[..., Any] | None = None,
        seed: int | None = None,
        name: str = "memn2n",
    ) -> None:
        sizes = {"dim": dim, "hops": hops, "memory_size": memory_size}
        for argument, size in sizes.items():
            check_positive(argument, size)
        check_choice("tying", tying, TYINGS)
        text = Stories(vocabulary)
        sentences = {"vocabulary_size": text.size, "dim": dim, "encoding": encoding}
        selection = layers.selections.get(selection, keras.config.dtype_policy(), seed)

        def new_hop(**arguments):
            return layers.MemoryHop(
                score, selection, activation=activation, seed=seed, **arguments
            )

        story = keras.Input((None, None), dtype="int32", name="story")
        question = keras.Input((None,), dtype="int32", name="question")
        tied = TYINGS[tying](hops, new_hop, sentences, memory_size)
        is_sentence = ops.any(ops.not_equal(story, 0), axis=-1)
        ages = layers.SentenceAges(noise, seed, name="ages")(is_sentence)
        memories, mask = layers.MemorySlots(memory_size, name="slots")(
            tied.embedding(story, ages), is_sentence
        )
        state, attention = hop_by_hop(tied.question(question), memories, tied.hops, mask)
        logits = tied.read_out(state)
        super().__init__({"story": story, "question": question}, logits, name=name)
        self.text = text
        self.selection = selection
        self._with_attention = keras.Model(self.input, (self.output, attention))
        self.arguments = {
            "vocabulary": list(vocabulary),
            **sizes,
            "tying": tying,
            "encoding": encoding,
            "noise": noise,
            "score": score,
            "selection": selection,
            "activation": activation,
            "seed": seed,
            "name": name,
        }
        self.compile_default(
            sgd_of_sum(0.01, batch_size=32, clipnorm=40.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    @property
    def entry_names(self) -> Mapping[str, Names]:
        words, ages = self.arguments["vocabulary"], range(self.arguments["memory_size"])
        return {"embedding/table_[0-9]+": ([*words, *ages], None), **super().entry_names}

    def numbers_of_answer(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The logits of the answer, and what was read for it, without strings."""
        logits, attention = self._with_attention(ids, training=False)
        weights = _by_sentence(widen(attention), ids["story"])
        return {"logits": logits, "attention": attention, **sentences_read(weights)}

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The weights of each hop, `weights`, `(batch, hops, slots)`; and the `logits`."""
        logits, weights = self._with_attention(inputs, training=False)
        return {"weights": weights, "logits": logits}


def _by_sentence(attention, story):
    """Weights `(batch, hops, sentences + 1)`: of each sentence, and of all empty slots.

    A sentence without a known word is an empty slot.
    """
    count = ops.shape(story)[1]
    filled, empty = attention[..., :count], attention[..., count:]
    is_known = ops.any(ops.not_equal(story, 0), axis=-1)[:, None]
    unknown = ops.sum(ops.where(is_known, 0.0, filled), axis=-1, keepdims=True)
    nothing = unknown + ops.sum(empty, axis=-1, keepdims=True)
    return ops.concatenate([ops.where(is_known, filled, 0.0), nothing], axis=-1)
