"""Recurrent entity networks: a story is read once, sentence by sentence, into slots."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.argument_types import Tensor
from ...layers.precision import widen
from ...layers.validation import check_fraction, check_positive
from ..saving.pretrained import Endpoints
from ..text import Stories, text_spec
from .stories import StoryModel, with_a_sentence


@keras.saving.register_keras_serializable(package="keras_memory")
class EntityNetwork(StoryModel):
    """Recurrent entity network: slots keep track of a story, and a question is put to them.

    s_t = Σ_j f_j ∘ E x_tj;  h_j, by gate and candidate, as `layers.EntityMemoryCell`;
    p = softmax(q · h_j);  logits = R φ(q + H Σ_j p_j h_j)

    The question is not known while the story is read: what a later question may be about has
    to be in the slots. So a story may go on, sentence by sentence, with questions in between.

    Takes `{"story": (batch, sentences, words), "question": (batch, words)}`, numbers of words
    as `text.ids` makes them, 0 for padding, and gives logits `(batch, words of the
    vocabulary)`. `answer` takes and gives strings; `read_sentences` reads on.

    Beside the answer, `answer` gives

    - `gates`: `(batch, sentences, slots)`, how far each sentence updates each slot;
    - `entities`: `(batch, slots, dim)`, the slots after the story, for `read_sentences` and
      `answer_from`;
    - `attention`: `(batch, slots)`, the weights of the question over the slots.

    Args:
        vocabulary: The words that have numbers, in lower case, and the possible answers.
        dim: d, width of a vector.
        slots: How many entities.
        max_words: Words of a sentence whose positions have factors f of their own.
        dropout: Fraction of each word's vector that is dropped in training.
        name: Of the model.

    Raises:
        ValueError: A size is not a positive integer.

    Example:

    ```python
    from keras_memory import zoo

    model = zoo.EntityNetwork(["mary", "john", "went", "to", "kitchen", "garden"])
    inputs = model.text.ids(["Mary went to the kitchen. John went to the garden."], ["mary"])
    model.fit(inputs, model.text.answer_ids(["kitchen"]))
    state = model.initial_entities(1)
    for sentence in ("Mary went to the kitchen", "Mary went to the garden"):
        state = model.read_sentences([sentence], state)["entities"]
    model.answer_from(state, ["Where is Mary?"])["answer"]
    ```

    Reference:
        [Henaff et al., 2016](https://arxiv.org/abs/1612.03969), sections 2 and 4.
    """

    layouts = {"embedding/table_[0-9]+": (None, "model")}

    def __init__(
        self,
        vocabulary: Sequence[str],
        dim: int = 100,
        slots: int = 20,
        max_words: int = 16,
        dropout: float = 0.0,
        name: str = "entity_network",
    ) -> None:
        sizes = {"dim": dim, "slots": slots, "max_words": max_words}
        for argument, size in sizes.items():
            check_positive(argument, size)
        check_fraction("dropout", dropout)
        text = Stories(vocabulary)
        normal = keras.initializers.RandomNormal(stddev=0.1)
        story = keras.Input((None, None), dtype="int32", name="story")
        question = keras.Input((None,), dtype="int32", name="question")
        embedding = layers.SentenceEmbedding(  # E
            text.size, dim, encoding="bag_of_words", name="embedding"
        )
        drop = keras.layers.Dropout(dropout, name="dropout")

        def encoded(ids, name):
            encoding = layers.LearnedSentenceEncoding(max_words, name=name)  # f
            words = drop(embedding(ids[..., None]))
            return encoding(words, mask=ops.not_equal(ids, 0))

        sentences = encoded(story, "story_encoding")  # s
        cell = layers.EntityMemoryCell(slots, dim, name="cell")
        rnn = layers.MemoryRNN(cell, return_sequences=True, return_state=True, name="slots")
        gates, entities = rnn(sentences)
        entities = keras.layers.Reshape((slots, dim), name="entities")(entities)  # h
        q = encoded(question, "question_encoding")
        read, attention = layers.Attention("dot", name="attention")(  # Σ_j p_j h_j, p
            q[:, None], entities, return_attention_scores=True
        )
        project = keras.layers.Dense(  # H
            dim, use_bias=False, kernel_initializer=normal.clone(), name="projection"
        )
        activation = keras.layers.PReLU("ones", name="activation")  # φ
        read_out = keras.layers.Dense(  # R
            text.size, use_bias=False, kernel_initializer=normal.clone(), name="read_out"
        )
        logits = read_out(activation(q + project(read[:, 0])))
        super().__init__({"story": story, "question": question}, logits, name=name)
        self.text = text
        self.cell = cell
        self._read_story = keras.Model(story, (sentences, gates, entities))
        self._encode_story = keras.Model(story, sentences)
        self._answer = keras.Model((entities, question), (logits, attention[:, 0]))
        self.arguments = {
            "vocabulary": list(vocabulary),
            **sizes,
            "dropout": dropout,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-2, global_clipnorm=40.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    def initial_entities(self, batch_size: int) -> Tensor:
        """The slots before the first sentence, `(batch, slots, dim)`."""
        (flat,) = self.cell.get_initial_state(batch_size)
        return ops.reshape(flat, self._slots_shape)

    def read_sentences(self, sentences: Any, entities: Any) -> dict[str, Any]:
        """Read one sentence more of each story.

        Words that are not in the vocabulary are left out; a sentence without any other leaves
        the slots as they are.

        Args:
            sentences: Strings, `(batch,)`.
            entities: The slots before them, `(batch, slots, dim)`.

        Returns:
            `entities`, the slots after them, `(batch, slots, dim)`, and `gates`, `(batch,
            slots)`.
        """
        return self.run_compiled("_read", (self.text.question_ids(sentences), entities))

    def _read(self, inputs):
        ids, entities = inputs
        vectors = self._encode_story(ids[:, None], training=False)[:, 0]
        flat = ops.reshape(entities, (-1, self.cell.state_size[0]))
        gates, (flat,) = self.cell(vectors, [flat])
        return {"entities": ops.reshape(flat, self._slots_shape), "gates": widen(gates)}

    def answer_from(self, entities: Any, questions: Any) -> dict[str, Any]:
        """As `answer`, of slots after the sentences of a story, `(batch, slots, dim)`."""
        inputs = entities, self.text.question_ids(questions)
        logits, attention = self.run_compiled("_answer_from", inputs)
        return {**self.answers_of(logits), "attention": widen(attention)}

    def _answer_from(self, inputs):
        return self._answer(list(inputs), training=False)

    def numbers_of_answer(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The logits of the answer, and what was read for it, without strings."""
        _, gates, entities = self._read_story(with_a_sentence(ids["story"]), training=False)
        logits, attention = self._answer([entities, ops.convert_to_tensor(ids["question"])])
        return {
            "logits": logits,
            "gates": widen(gates)[:, : ops.shape(ids["story"])[1]],
            "entities": widen(entities),
            "attention": widen(attention),
        }

    def endpoints(self) -> Endpoints:
        """Functions of strings for a SavedModel, by name, with their signatures."""
        question, sizes = text_spec("question"), (self.arguments["slots"], self.cell.dim)
        entities = keras.InputSpec("float32", (None, *sizes), name="entities")
        batch_size = keras.InputSpec("int32", (), name="batch_size")
        return {
            **super().endpoints(),
            "initial_entities": (
                lambda batch_size: {"entities": self.initial_entities(batch_size)},
                [batch_size],
            ),
            "read_sentences": (self.read_sentences, [text_spec("sentence"), entities]),
            "answer_from": (self.answer_from, [entities, question]),
        }

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What each slot takes in and contains, sentence by sentence.

        Returns:
            `gates`, `(batch, sentences, slots)`; `entities`, with an axis more, of their
            contents; `answers`, `(batch, sentences, slots, vocabulary)`, the logits of the
            question if that slot alone were read; `attention`, `(batch, slots)`; and the
            `logits` of the question, `(batch, vocabulary)`.
        """
        story, question = (ops.convert_to_tensor(inputs[n]) for n in ("story", "question"))
        gates, states = self.cell.trace(
            self._encode_story(with_a_sentence(story), training=False)
        )
        entities = states["entities"]
        answer, attention = self._answer([entities[:, -1], question])
        count, slots = entities.shape[1:3]
        # The same in all slots.
        alone = ops.repeat(ops.reshape(entities, (-1, 1, self.cell.dim)), slots, axis=1)
        questions = ops.repeat(question, count * slots, axis=0)
        logits, _ = self._answer([alone, questions])
        traced = {
            "gates": gates,
            "entities": entities,
            "answers": ops.reshape(logits, (-1, count, slots, self.text.size)),
            "attention": attention,
            "logits": answer,
        }
        return {name: widen(value) for name, value in traced.items()}

    @property
    def _slots_shape(self):
        return -1, *self.cell.state_shapes["entities"]
