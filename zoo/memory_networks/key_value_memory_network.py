"""Key-value memory networks: a question finds a key, and its value is read."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from ... import layers
from ...layers.precision import widen
from ...layers.validation import check_choice, check_positive
from ..saving.transfer import Names
from ..text import Stories, names
from .stories import StoryModel, sentences_read, with_a_sentence

KEYS = ("sentence", "window", "fact")


@keras.saving.register_keras_serializable(package="keras_memory")
class KeyValueMemoryNetwork(StoryModel):
    """Key-value memory network: hop by hop, a question finds keys, and their values are read.

    q_1 = A Φ_Q(q);  p_i = softmax(q_j · A Φ_K(k_i));  o = Σ_i p_i A Φ_V(v_i);
    q_{j+1} = R_j (q_j + o);  logits = B q_{H+1}

    Φ are sums of the words' vectors in A, which has two for each word: one of a second
    dictionary, for what is to be answered. What keys and values are, `keys` says:

    - `"sentence"`: each sentence of the story is a key, and in the second dictionary a value;
    - `"window"`: a window of words around each word is a key, and that word the value, as
      `layers.WordWindows` has it;
    - `"fact"`: of a sentence "subject relation object", subject and relation are the key and
      the object is the value, and inversely, as `layers.FactKeys` has it.

    Takes `{"story": (batch, sentences, words), "question": (batch, words)}`, numbers of words
    as `text.ids` makes them, 0 for padding, and gives logits `(batch, words of the
    vocabulary)`.

    `answer` takes and gives strings; with the keys `"fact"`, each sentence is a fact. Beside
    the answer it gives

    - `attention`: `(batch, hops, sentences + 1)`, the weight of each sentence, that of all
      its memories, in each hop, and after them that of nothing;
    - `read`: strings `(batch, hops)`, the sentence of the largest weight in each hop, `""`
      for nothing; and its `read_weight`, `(batch, hops)`;
    - `value`: strings `(batch, hops)`, what the memory of the largest weight has for its
      value: a word, or with the keys `"sentence"` that of `read`.

    Args:
        vocabulary: The words that have numbers, in lower case, and the possible answers.
        dim: d, width of a vector.
        hops: H, how often it reads the memory.
        keys: `"sentence"`, `"window"` or `"fact"`.
        encoding: Φ of questions, sentences and windows, `"position"` or `"bag_of_words"`.
        width: Words in a window, an odd number.
        common: Words of the vocabulary that do not count where keys are hashed: what is read
            has another word in common with the question. If absent, all is read.
        max_ages: Ages of sentences, the latest is 0, that have a vector of their own, one in
            keys and one in values; all older sentences have the same. If absent, the order of
            sentences does not matter.
        noise: Highest fraction of random empty memories in training; see
            `layers.SentenceAges`.
        seed: Of the noise.
        name: Of the model.

    Raises:
        ValueError: A size is not a positive integer, `width` is even, a name is unknown, or a
            word of `common` is not in the vocabulary.

    Example:

    ```python
    from keras_memory import zoo

    words = ["ridley_scott", "blade_runner", "alien", "directed_by", "who", "directed"]
    model = zoo.KeyValueMemoryNetwork(words, keys="fact", max_ages=None, common=["who"])
    facts = ["Blade_Runner directed_by Ridley_Scott. Alien directed_by Ridley_Scott."]
    inputs = model.text.ids(facts, ["Who directed Alien?"])
    model.fit(inputs, model.text.answer_ids(["Ridley_Scott"]))
    model.answer(facts, ["Who directed Alien?"])["read"]
    ```

    Reference:
        [Miller et al., 2016](https://arxiv.org/abs/1606.03126), section 3. Ages are those of
        `MemN2N`: the paper's memories have no order.
    """

    needs_steps = True
    layouts = {"embedding/table_[0-9]+": (None, "model")}

    def __init__(
        self,
        vocabulary: Sequence[str],
        dim: int = 50,
        hops: int = 2,
        keys: str = "sentence",
        encoding: str = "position",
        width: int = 5,
        common: Sequence[str] | None = None,
        max_ages: int | None = 50,
        noise: float = 0.0,
        seed: int | None = None,
        name: str = "key_value_memory_network",
    ) -> None:
        sizes = {"dim": dim, "hops": hops}
        for argument, size in sizes.items():
            check_positive(argument, size)
        if max_ages is not None:
            check_positive("max_ages", max_ages)
        check_choice("keys", keys, KEYS)
        text = Stories(vocabulary)
        numbers = [_number(word, vocabulary) for word in common or ()]
        story = keras.Input((None, None), dtype="int32", name="story")
        question = keras.Input((None,), dtype="int32", name="question")
        embedding = layers.SentenceEmbedding(  # A
            2 * text.size,
            dim,
            encoding=encoding,
            max_ages=max_ages and 2 * max_ages,
            name="embedding",
        )
        key, value = _memories(story, keys, text.size, width)
        is_memory = ops.any(ops.not_equal(key, 0), axis=-1)
        if common is not None:
            hashing = layers.KeyHashing(sorted(numbers), name="hashing")
            is_memory = ops.logical_and(is_memory, hashing(key, question))
        key_ages = value_ages = None
        if max_ages:
            ages = layers.SentenceAges(noise, seed, name="ages")
            is_sentence = ops.any(ops.not_equal(story, 0), axis=-1)
            key_ages = ops.minimum(ages(is_sentence), max_ages - 1)[..., None]
            value_ages = key_ages + max_ages
        flat = keras.layers.Reshape((-1, dim), name="memories")
        keyed = flat(embedding(key, key_ages))  # A Φ_K(k)
        valued = flat(embedding(value, value_ages))  # A Φ_V(v)
        mask = keras.layers.Reshape((-1,), name="mask")(is_memory)
        q = embedding(question)  # A Φ_Q(q)
        weights = []
        for j in range(1, hops + 1):
            read, p = layers.MemoryHop(name=f"hop_{j}")(
                q, valued, keyed, value_mask=mask, return_attention_scores=True
            )
            q = keras.layers.Dense(  # R_j
                dim,
                use_bias=False,
                kernel_initializer=keras.initializers.Orthogonal(),
                name=f"projection_{j}",
            )(read)
            weights.append(p)
        read_out = keras.layers.Dense(  # B
            text.size,
            use_bias=False,
            kernel_initializer=keras.initializers.RandomNormal(stddev=0.1),
            name="read_out",
        )
        logits = read_out(q)
        super().__init__({"story": story, "question": question}, logits, name=name)
        self.text = text
        self._with_reads = keras.Model(
            self.input, (logits, ops.stack(weights, axis=1), value)
        )
        self.arguments = {
            "vocabulary": list(vocabulary),
            **sizes,
            "keys": keys,
            "encoding": encoding,
            "width": width,
            "common": None if common is None else list(common),
            "max_ages": max_ages,
            "noise": noise,
            "seed": seed,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=10.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    @property
    def entry_names(self) -> Mapping[str, Names]:
        """A table has each word twice, and then ages of keys and of values."""
        words = [(copy, w) for copy in range(2) for w in self.arguments["vocabulary"]]
        most = self.arguments["max_ages"] or 0
        ages = [(copy, age) for copy in range(2) for age in range(most)]
        return {"embedding/table_[0-9]+": ([*words, *ages], None), **super().entry_names}

    def numbers_of_answer(self, ids: Mapping[str, Any]) -> dict[str, Any]:
        """The logits of the answer, and what was read for it, without strings."""
        question = ops.convert_to_tensor(ids["question"])
        inputs = {"story": with_a_sentence(ids["story"]), "question": question}
        logits, weights, values = self._with_reads(inputs, training=False)
        attention = _with_nothing(
            _by_sentence(weights, values)[..., : ops.shape(ids["story"])[1]]
        )
        found = {"logits": logits, "attention": attention, **sentences_read(attention)}
        if self.arguments["keys"] == "sentence":
            return found
        return {**found, "value": self._words_read(weights, values)}

    def texts_of(self, found: Mapping[str, Any], sentences: Any) -> dict[str, Any]:
        texts = super().texts_of(found, sentences)
        words = ["", *self.arguments["vocabulary"]]
        value = names(words, found["value"]) if "value" in found else texts["read"]
        return {**texts, "value": value}

    def _words_read(self, weights, values):
        """The number of the word that is the value of the largest weight of each hop."""
        batch, hops, count = ops.shape(weights)
        words = ops.pad(ops.reshape(values, (batch, count)), [[0, 0], [0, 1]])
        first = ops.argmax(_with_nothing(widen(weights)), axis=-1)
        words = ops.take_along_axis(words, ops.cast(first, "int32"), axis=1)
        return ops.maximum(words - self.text.size, 0)  # 0: of nothing

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The weights of each hop, `weights`, `(batch, hops, memories)`; and the `logits`."""
        logits, weights, _ = self._with_reads(inputs, training=False)
        return {"weights": weights, "logits": logits}


def _number(word, vocabulary):
    """The number of a word of the vocabulary, from 1."""
    if word not in vocabulary:
        raise ValueError(f"Expected words of the vocabulary for common. Received: {word!r}")
    return 1 + list(vocabulary).index(word)


def _memories(story, keys, size, width):
    """Keys and values `(batch, sentences, memories of a sentence, words)` of a story."""
    if keys == "window":
        return layers.WordWindows(size, width, name="windows")(story)
    if keys == "fact":
        return layers.FactKeys(size, name="facts")(story)
    key = story[..., None, :]
    return key, ops.where(ops.not_equal(key, 0), key + size, 0)


def _by_sentence(weights, values):
    """Weights `(batch, hops, sentences)`: of all memories that a sentence has."""
    batch, hops, _ = ops.shape(weights)
    sentences, memories = ops.shape(values)[1:3]
    weights = ops.reshape(widen(weights), (batch, hops, sentences, memories))
    return ops.sum(weights, axis=-1)


def _with_nothing(weights):
    """Weights with a last one, of nothing: what is missing to a sum of 1."""
    nothing = 1 - ops.sum(weights, axis=-1, keepdims=True)
    return ops.concatenate([weights, ops.maximum(nothing, 0)], axis=-1)
