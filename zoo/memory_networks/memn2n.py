"""Memory networks trained end to end: they read a story, hop by hop, and answer."""

import keras
from keras import ops

from ... import layers
from ...layers.precision import widen
from ...layers.validation import check_choice, check_positive
from ..saving.pretrained import PretrainedModel
from ..text.stories import Stories
from ..text.strings import names, text_spec


def adjacent_tying(hops, new_hop, sentences, max_ages):
    """A_{k+1} = C_k, B = A_1 and Wᵀ = C_K: one table more than there are hops.

    Returns:
        The embedding of the story in all tables; that of the question; the hops, each with
        the places of its A and C among the tables; and W.
    """
    embedding = layers.SentenceEmbedding(
        **sentences, tables=hops + 1, max_ages=max_ages, name="embedding"
    )
    looks = [(new_hop(name=f"hop_{k + 1}"), k, k + 1) for k in range(hops)]
    return (
        embedding,
        lambda question: embedding(question)[:, 0],
        looks,
        lambda state: embedding(state, reverse=True),
    )


def layer_wise_tying(hops, new_hop, sentences, max_ages):
    """One A, one C and one H for all hops, and B and W of their own; as above."""
    embedding = layers.SentenceEmbedding(
        **sentences, tables=2, max_ages=max_ages, name="embedding"
    )
    asked = layers.SentenceEmbedding(**sentences, name="question_embedding")
    hop = new_hop(mapped=True, name="hop")
    read_out = keras.layers.Dense(
        sentences["vocabulary_size"],
        use_bias=False,
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.1),
        name="read_out",
    )
    return embedding, asked, [(hop, 0, 1)] * hops, read_out


TYINGS = {"adjacent": adjacent_tying, "layer_wise": layer_wise_tying}


def sgd_of_sum(learning_rate, batch_size, clipnorm=40.0):
    """Gradient descent as the paper's, whose loss is summed over the batch, for one that is
    its mean. The gradient of each table is clipped by itself.
    """
    return keras.optimizers.SGD(learning_rate * batch_size, clipnorm=clipnorm / batch_size)


def hop_by_hop(state, memories, looks, mask=None):
    """The state after all hops, and the weights of each, `(batch, hops, slots)`."""
    attention = []
    # Taken apart once: each slice would have a gradient of the size of the whole.
    tables = ops.unstack(memories, axis=2)
    for hop, keys, values in looks:
        state, weights = hop(
            state,
            tables[values],  # c
            tables[keys],  # m
            value_mask=mask,
            return_attention_scores=True,
        )
        attention.append(weights)
    return state, ops.stack(attention, axis=1)


@keras.saving.register_keras_serializable(package="keras_memory")
class MemN2N(PretrainedModel):
    """What is the answer to a question about a story? A word, after several hops.

    u_1 = B q;  u_{k+1} = u_k + Σ_i w_i c_i,  w = softmax(u_k · m_i);  logits = W u_{K+1}

    with m_i = Σ_j l_j ∘ A_k x_ij + T_A(i), c_i the same by C_k. With adjacent tying
    A_{k+1} = C_k, B = A_1, Wᵀ = C_K; with layer-wise tying, all hops have one A and one C,
    and u_{k+1} = H u_k + Σ_i w_i c_i.

    Takes `{"story": (batch, sentences, words), "question": (batch, words)}`, numbers of words
    as `text.ids` makes them, 0 for padding, and gives logits `(batch, words of the
    vocabulary)`. `answer` takes and gives strings.

    Args:
        vocabulary: The words it knows, in lower case, and the answers it can give.
        dim: d, width of a vector.
        hops: K, how often it looks into the story.
        tying: `"adjacent"` or `"layer_wise"`.
        encoding: `"position"` or `"bag_of_words"`.
        memory_size: Slots of the memory. Of a shorter story, some are empty; a longer one has
            more, and all sentences older than this have the same age.
        noise: Highest share of random empty memories in training; see
            `layers.SentenceAges`.
        score: As for `layers.Attention`; a layer is shared by the hops.
        selection: As for `layers.Attention`; a layer is shared by the hops.
        activation: Of the state after each hop; linear if absent.
        seed: Of the noise, and of a selection that draws.

    Raises:
        ValueError: A size is not a positive integer, or a name is unknown.

    Example:

    ```python
    model = keras_memory.zoo.MemN2N(["mary", "john", "went", "to", "kitchen", "garden"])
    inputs = model.text.ids(["Mary went to the kitchen. John went to the garden."], ["mary"])
    model.fit(inputs, model.text.answer_ids(["kitchen"]))
    model.answer(["John went to the kitchen."], ["Where is John?"])["answer"]
    ```

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), sections 2 to 4.
    """

    def __init__(
        self,
        vocabulary,
        dim=50,
        hops=3,
        tying="adjacent",
        encoding="position",
        memory_size=50,
        noise=0.1,
        score="dot",
        selection="softmax",
        activation=None,
        seed=None,
        name="memn2n",
    ):
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
        embedding, asked, looks, read_out = TYINGS[tying](
            hops, new_hop, sentences, memory_size
        )
        is_sentence = ops.any(ops.not_equal(story, 0), axis=-1)
        ages = layers.SentenceAges(noise, seed, name="ages")(is_sentence)
        memories, mask = layers.MemorySlots(memory_size, name="slots")(
            embedding(story, ages), is_sentence
        )
        state, attention = hop_by_hop(asked(question), memories, looks, mask)
        super().__init__({"story": story, "question": question}, read_out(state), name=name)
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
        self.compile(
            sgd_of_sum(0.01, batch_size=32),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
            jit_compile=keras.backend.backend() != "torch",
        )

    def answer(self, stories, questions):
        """The likeliest answer to each question, a string, and how it was found.

        Words that are not in the vocabulary are left out, as is a sentence that has no other;
        of an empty story all slots are empty, and the question alone decides.

        Args:
            stories: Strings, `(batch,)`, whose sentences end with `.`, `!`, `?` or a line; or
                sentences, strings `(batch, sentences)`, ragged or filled up with `""`.
            questions: Strings, `(batch,)`.

        Returns:
            `{"answer": strings (batch,), "probability": (batch,), "probabilities": (batch,
            words of the vocabulary), "attention": (batch, hops, slots)}`; strings are
            TensorFlow's. Slots after those of the sentences are empty.

        Raises:
            ValueError: Stories or questions are no strings of these shapes.
        """
        logits, attention = self._with_attention(
            self.text.ids(stories, questions), training=False
        )
        probabilities = ops.softmax(widen(logits))
        return {
            "answer": names(self.arguments["vocabulary"], ops.argmax(probabilities, axis=-1)),
            "probability": ops.max(probabilities, axis=-1),
            "probabilities": probabilities,
            "attention": attention,
        }

    def endpoints(self):
        """Functions of strings for a SavedModel, by name, with their signatures."""
        question = text_spec("question")
        return {
            "serving_default": (self.answer, [text_spec("story"), question]),
            "answer_sentences": (self.answer, [text_spec("story", rank=2), question]),
        }

    def trace(self, inputs):
        """Where each hop looks: `{"weights": (batch, hops, slots)}`, a NumPy array."""
        _, weights = self._with_attention(inputs, training=False)
        return {"weights": ops.convert_to_numpy(weights)}
