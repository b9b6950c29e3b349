"""Hierarchical attention networks: words make sentences, sentences the document."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers.precision import widen
from ...layers.validation import check_positive
from ..checked_model import CheckedModel
from ..saving.pretrained import Endpoints
from ..saving.transfer import Names
from ..text import ASCII_LETTERS, LETTERS, UNKNOWN_ID, Sentences, names, text_spec
from ..text.vocabularies import listed, names_of, numbers_of, words_of_documents


@keras.saving.register_keras_serializable(package="keras_memory")
class HierarchicalAttention(CheckedModel):
    """Hierarchical attention network: classifies documents by their words and sentences.

    s_i = Σ_t α_it h_it,  h_i = BiGRU(words of sentence i);  v = Σ_i α_i h_i,
    h = BiGRU(s);  logits = W v + b

    Takes numbers of words as `text.ids` makes them, `(batch, sentences, words)`, 0 for
    padding, and gives logits `(batch, labels)`. `classify` takes and gives strings.

    Args:
        vocabulary: The words that have numbers, in lower case.
        labels: The names of the classes.
        sentences: Sentences of a document; of more, the last are read.
        words: Words of a sentence; a longer one becomes several.
        embedding_dim: Width of a word's vector.
        units: Of each direction of both encoders.
        dropout: Fraction dropped of the words' vectors, and of what the encoders read.
        letters: What words are of beside digits and apostrophes, a class of RE2: those of any
            language. A model of version 0.1.0 has `"A-Za-z"`, as has its vocabulary.

    Raises:
        ValueError: A size is not a positive integer, `labels` is a string, or `vocabulary` is
            not a list of words as texts are read.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    labels = ["negative", "positive"]
    model = zoo.HierarchicalAttention(["good", "bad"], labels, sentences=3, words=5)
    model.fit(model.text.ids(["Good!", "Bad. Bad."]), np.array([1, 0]))
    model.classify(["Not bad."])
    ```

    Reference:
        [Yang et al., 2016](https://aclanthology.org/N16-1174), section 2.2.
    """

    layouts = {"embedding/embeddings": (None, "model")}

    def __init__(
        self,
        vocabulary: Sequence[str],
        labels: Sequence[str],
        sentences: int = 36,
        words: int = 28,
        embedding_dim: int = 64,
        units: int = 50,
        dropout: float = 0.5,
        letters: str = LETTERS,
        name: str = "hierarchical_attention",
    ) -> None:
        sizes = {
            "sentences": sentences,
            "words": words,
            "embedding_dim": embedding_dim,
            "units": units,
        }
        for argument, size in sizes.items():
            check_positive(argument, size)
        for argument, strings in (("vocabulary", vocabulary), ("labels", labels)):
            if isinstance(strings, str):
                raise ValueError(
                    f"Expected a list of strings for {argument}. Received: {strings!r}"
                )
        vocabulary, labels = list(vocabulary), list(labels)
        text = Sentences(vocabulary, sentences, words, letters)

        def encode(x, mask, level):
            gru = keras.layers.GRU(units, return_sequences=True, use_cudnn=False)
            encoded = keras.layers.Bidirectional(gru, name=f"{level}_encoder")(x, mask=mask)
            pooling = layers.AttentionPooling(name=f"{level}_attention")
            return pooling(encoded, mask=mask, return_attention_scores=True)

        ids = keras.Input((sentences, words), dtype="int32", name="ids")
        flat = ops.reshape(ids, (-1, words))
        embedding = keras.layers.Embedding(
            len(vocabulary) + 2, embedding_dim, name="embedding"
        )
        embedded = keras.layers.SpatialDropout1D(dropout)(embedding(flat))
        sentence, word_weights = encode(embedded, ops.not_equal(flat, 0), "word")
        sentence = ops.reshape(sentence, (-1, sentences, 2 * units))
        document, sentence_weights = encode(
            keras.layers.Dropout(dropout)(sentence),
            ops.any(ops.not_equal(ids, 0), axis=-1),
            "sentence",
        )
        logits = keras.layers.Dense(len(labels), name="logits")(
            keras.layers.Dropout(dropout)(document)
        )
        super().__init__(ids, logits, name=name)
        self.text = text
        self._attention = (
            ops.reshape(word_weights, (-1, sentences, words)),
            sentence_weights,
        )
        self.arguments = {
            "vocabulary": vocabulary,
            "labels": labels,
            **sizes,
            "dropout": dropout,
            "letters": letters,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    @classmethod
    def from_texts(
        cls,
        documents: Any,
        labels: Any,
        sentences: int = 36,
        words: int = 28,
        vocabulary_size: int = 20_000,
        letters: str = LETTERS,
        **arguments: Any,
    ) -> Self:
        """A model, not trained, with the most frequent words of documents, and their labels.

        Args:
            documents: Strings; a list, an array, or a column of a frame.
            labels: The label of each, strings.
            sentences: As of the constructor.
            words: As of the constructor.
            vocabulary_size: How many words it knows at most.
            letters: As of the constructor.
            **arguments: The others of the constructor.

        Raises:
            ValueError: They are not lists of strings, or a size is not a positive integer.
        """
        sizes = {"sentences": sentences, "words": words, "vocabulary_size": vocabulary_size}
        for argument, size in sizes.items():
            check_positive(argument, size)
        vocabulary = words_of_documents(documents, sentences, words, letters, vocabulary_size)
        names = names_of(labels)
        return cls(vocabulary, names, sentences, words, letters=letters, **arguments)

    def examples(self, documents: Any, labels: Any) -> tuple[Any, np.ndarray]:
        """Inputs and targets for `fit`, of texts as `from_texts` takes them.

        Raises:
            ValueError: There are not as many of each, or the model has no such label.
        """
        ids = self.text.ids(listed(documents))
        targets = numbers_of("labels", listed(labels), self.arguments["labels"])
        if len(targets) != len(ids):
            raise ValueError(
                f"Expected as many labels as documents. Received: {len(targets)} labels, "
                f"{len(ids)} documents"
            )
        return ids, np.array(targets, "int32")

    def classify(self, documents: Any) -> dict[str, Any]:
        """The likeliest label of each document, a string, with its probability.

        Args:
            documents: Strings, `(batch,)`.

        Returns:
            A dictionary, whose strings are TensorFlow's where it is installed, else NumPy's:

            - `label`: strings `(batch,)`, and its `probability`, `(batch,)`;
            - `known_words`: `(batch,)`, how many words of the document are in the vocabulary:
              without any, the label says nothing of it;
            - `unknown`: strings `(batch,)`, the words that are not, joined by commas.

        Raises:
            ValueError: `documents` are not strings `(batch,)`.
        """
        ids = self.text.ids(documents)
        probabilities = ops.softmax(widen(self.run_compiled("answered", ids)))
        label = ops.argmax(probabilities, axis=-1)
        return {
            "label": names(self.arguments["labels"], label),
            "probability": ops.max(probabilities, axis=-1),
            "known_words": self.text.known_words(ids),
            "unknown": self.text.unknown(documents),
        }

    @property
    def ids_below(self) -> Mapping[str, int]:
        return {"ids": 2 + len(self.arguments["vocabulary"])}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        return super().from_config({"letters": ASCII_LETTERS, **config})

    @property
    def entry_names(self) -> Mapping[str, Names]:
        words = [*range(UNKNOWN_ID + 1), *self.arguments["vocabulary"]]
        labels = self.arguments["labels"]
        return {
            "embedding/embeddings": (words, None),
            "logits/kernel": (None, labels),
            "logits/bias": (labels,),
        }

    def endpoints(self) -> Endpoints:
        """Functions of strings for a SavedModel, by name, with their signatures."""
        return {"serving_default": (self.classify, [text_spec("texts")])}

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The attention weights, and the `logits`.

        Returns:
            `word_weights`, `(batch, sentences, words)`, which sum to 1 in each sentence, and
            `sentence_weights`, `(batch, sentences)`.
        """
        names = "word_weights", "sentence_weights", "logits"
        found = keras.Model(self.input, [*self._attention, self.output])(inputs)
        return dict(zip(names, found, strict=True))
