"""Sequence taggers: a tag for each word of a sentence, and the intent of the whole."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers.precision import widen
from ...layers.validation import check_choice, check_fraction, check_natural, check_positive
from ..checked_model import CheckedModel
from ..metrics.tag_error import TagError
from ..saving.pretrained import Endpoints
from ..saving.transfer import Names
from ..text import UNKNOWN_ID, Words, dense, names, text_spec
from ..text.plain import sum_of
from ..text.vocabularies import check_names, listed, names_of, numbers_of, words_of_sentences
from . import through_time
from .encoders import ENCODERS, Dropout
from .rare_words import RareWords
from .word_by_word import STATES, WordByWord

# Whose hidden units see the tag of the word before: whether they also see themselves.
FED_BACK = {"jordan": False, "hybrid": True}
LETTER_ENCODINGS = {"convolution": layers.LetterConvolution, "ngrams": layers.LetterNGrams}
CODE_POINTS = 0x110000  # of Unicode


@keras.saving.register_keras_serializable(package="keras_memory")
class SequenceTagger(CheckedModel):
    """Tags the words of sentences: slots of a request, parts of speech, names.

    x_t = [E w_t; c_t], where c_t is of the letters of word t, and the words around it;
    h = encoder(x);  logits_t = W h_t + b;  intent = W' Σ_t α_t h_t + b'

    With `crf`, a linear-chain conditional random field scores the tags of a sentence as a
    whole, and the likeliest sequence is predicted.

    Takes a dictionary as `examples` makes it, of `words`, numbers `(batch, words)`, 0 for
    padding; with `letters` of these, `(batch, words, letters)`; and of encoders that feed
    back tags, or with `crf`, of `tags`, `(batch, words)`: the true ones, which are used in
    training alone, so that zeros do elsewhere. Gives logits `tags`, `(batch, words, tags)`,
    and with intents `intent`, `(batch, intents)`. `tag` takes and gives strings.

    Args:
        vocabulary: The words that have numbers.
        tags: The names of the tags.
        intents: The names of what a whole sentence may be about; none: not predicted.
        encoder: `"elman"`, `"jordan"`, `"hybrid"` (of both), `"lstm"`, `"gru"`,
            `"bidirectional"` (an LSTM in each direction), `"self_attention"` or `"conv"`.
        units: Of the encoder, in each direction.
        depth: Layers of the encoder; 1 of those that feed back tags.
        window: How many words before and after each are read with it.
        embedding_dim: Width of a word's vector.
        letters: How many letters of a word are read; 0: none.
        letter_dim: Width of a word's vector by its letters.
        letter_encoding: `"convolution"` or `"ngrams"`: what makes this vector.
        crf: Whether the tags of a sentence are scored as a whole.
        dropout: Fraction dropped of the words' vectors and of what the encoder gives: in
            training, the same numbers of all words of a sentence.
        singletons: How many words at the end of the vocabulary occur once in the training
            data; in training they are unknown words half of the time.
        cased: Whether upper case is read as such.
        seed: Of what is unknown.

    Raises:
        ValueError: A size is not a positive integer, or the encoder is unknown, or takes no
            such depth; there are no tags; or `vocabulary` is not a list of words, each once.

    Example:

    ```python
    from keras_memory import zoo

    model = zoo.SequenceTagger(["to", "from", "boston"], ["O", "B-to", "B-from"], letters=12)
    tags = ["O", "B-from", "O", "B-to"]
    inputs, targets, weights = model.examples(["from Boston to Denver"], [tags])
    model.fit(inputs, targets, sample_weight=weights)
    model.tag(["From Denver to Boston."])["tags"]
    ```

    Reference:
        [Mesnil et al., 2015](https://doi.org/10.1109/TASLP.2014.2383614) for the recurrent
        encoders; [Liu & Lane, 2016](https://arxiv.org/abs/1609.01454) for the intent;
        [Huang et al., 2015](https://arxiv.org/abs/1508.01991) for both directions under a
        random field. Ours reads a word also by its letters.
    """

    layouts = {
        "embedding/embeddings": (None, "model"),
        "letter_ngrams/table": (None, "model"),
    }

    def __init__(
        self,
        vocabulary: Sequence[str],
        tags: Sequence[str],
        intents: Sequence[str] = (),
        encoder: str = "bidirectional",
        units: int = 128,
        depth: int = 1,
        window: int = 0,
        embedding_dim: int = 100,
        letters: int = 0,
        letter_dim: int = 64,
        letter_encoding: str = "convolution",
        crf: bool = False,
        dropout: float = 0.5,
        singletons: int = 0,
        cased: bool = False,
        seed: int | None = None,
        name: str = "sequence_tagger",
    ) -> None:
        check_choice("encoder", encoder, [*ENCODERS, *FED_BACK])
        check_choice("letter_encoding", letter_encoding, LETTER_ENCODINGS)
        sizes = {
            "units": units,
            "depth": depth,
            "embedding_dim": embedding_dim,
            "letter_dim": letter_dim,
        }
        for argument, size in sizes.items():
            check_positive(argument, size)
        for argument, size in (
            ("window", window),
            ("letters", letters),
            ("singletons", singletons),
        ):
            check_natural(argument, size)
        check_fraction("dropout", dropout)
        if encoder in FED_BACK and depth > 1:
            raise ValueError(f"Expected depth=1 for {encoder}. Received: {depth}")
        check_names("tags", tags)
        check_names("intents", intents or ["none"])
        text = Words(vocabulary, letters, cased)
        vocabulary, tags, intents = list(vocabulary), list(tags), list(intents)

        inputs = {"words": keras.Input((None,), dtype="int32", name="words")}
        words = inputs["words"]
        mask = ops.not_equal(words, 0)
        known = RareWords(2 + len(vocabulary), singletons, seed=seed, name="rare_words")(
            words
        )
        x = keras.layers.Embedding(2 + len(vocabulary), embedding_dim, name="embedding")(
            known
        )
        if letters:
            inputs["letters"] = keras.Input((None, None), dtype="int32", name="letters")
            by_letters = LETTER_ENCODINGS[letter_encoding](letter_dim, name="by_letters")
            x = ops.concatenate([x, by_letters(inputs["letters"])], axis=-1)
        x = Dropout(dropout)(x)
        if window:
            x = layers.ContextWindow(window, window, name="window")(x, mask=mask)
        if encoder in FED_BACK or crf:
            inputs["tags"] = keras.Input((None,), dtype="int32", name="tags")
        if encoder in FED_BACK:
            cell = layers.JordanCell(
                units, len(tags), recurrent=FED_BACK[encoder], teacher_forcing=True
            )
            encoded = x
            true = ops.one_hot(inputs["tags"], len(tags), dtype=x.dtype)
            before = ops.pad(true, [[0, 0], [1, 0], [0, 0]])[:, :-1]
            scores = layers.MemoryRNN(cell, return_sequences=True, name="tagger")(
                ops.concatenate([x, before], axis=-1), mask=mask
            )
        else:
            encoded = ENCODERS[encoder](x, mask, units, depth, dropout)
            scores = keras.layers.Dense(len(tags), name="scores")(encoded)
        outputs = {"tags": scores}
        field = None
        if crf:
            field = layers.LinearChainCRF(name="crf")
            outputs["tags"] = field(scores, tags=inputs["tags"], mask=mask)
        if intents:
            pooling = layers.AttentionPooling(name="intent_attention")
            pooled, attention = pooling(encoded, mask=mask, return_attention_scores=True)
            pooled = keras.layers.Dropout(dropout)(pooled)
            outputs["intent"] = keras.layers.Dense(len(intents), name="intent")(pooled)
        super().__init__(inputs, outputs, name=name)
        self.text = text
        self.crf = field
        self._vectors = keras.Model({k: v for k, v in inputs.items() if k != "tags"}, x)
        self._attention = attention if intents else None
        self._with_scores = keras.Model(inputs, {**outputs, "scores": scores})
        self.arguments = {
            "vocabulary": vocabulary,
            "tags": tags,
            "intents": intents,
            "encoder": encoder,
            **sizes,
            "window": window,
            "letters": letters,
            "letter_encoding": letter_encoding,
            "crf": crf,
            "dropout": dropout,
            "singletons": singletons,
            "cased": cased,
            "seed": seed,
            "name": name,
        }
        self.compile_tagger(keras.optimizers.Adam(1e-3, global_clipnorm=1.0))

    def compile_tagger(self, optimizer: keras.optimizers.Optimizer, **kwargs: Any) -> None:
        """`compile` for targets and weights as `examples` makes them, with any optimiser."""
        cross_entropy = keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, reduction="mean_with_sample_weight"
        )
        outputs = list(self.output)
        # Keras puts the output's name before that of a metric if there are several outputs.
        error = "error" if len(outputs) > 1 else "tags_error"
        kwargs = {"jit_compile": self._xla(), **kwargs}
        self.compile(
            optimizer,
            loss=dict.fromkeys(outputs, cross_entropy),
            weighted_metrics={name: [TagError(name=error)] for name in outputs},
            **kwargs,
        )

    @classmethod
    def from_texts(
        cls,
        sentences: Any,
        tags: Any,
        intents: Any = (),
        cased: bool = False,
        **arguments: Any,
    ) -> Self:
        """A model, not trained, with the words of sentences, their tags and intents.

        Words that occur once are unknown half of the time in training.

        Args:
            sentences: Strings, or words, a list of strings for each sentence.
            tags: The tag of each word, a list of strings for each sentence.
            intents: What each sentence is about, strings, if the model is to predict it.
            cased: As of the constructor.
            **arguments: The others of the constructor.

        Raises:
            ValueError: They are not lists of strings.
        """
        counts = words_of_sentences(sentences, cased).most_common()
        return cls(
            [word for word, _ in counts],
            names_of(sum_of(listed(tags))),
            names_of(intents),
            cased=cased,
            singletons=sum(count == 1 for _, count in counts),
            **arguments,
        )

    def examples(
        self, sentences: Any, tags: Sequence[Sequence[str]], intents: Sequence[str] = ()
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """Inputs, targets and sample weights for `fit`, of sentences with their tags.

        Args:
            sentences: Strings, `(batch,)`; or words, lists of strings.
            tags: The tag of each word, lists of strings.
            intents: That of each sentence, if the model predicts them.

        Raises:
            ValueError: There are not as many tags as words, or a tag or an intent is unknown.
        """
        inputs = self._numbered(self.text.ids(sentences))
        shape = tuple(inputs["words"].shape)
        targets = {"tags": np.zeros(shape, "int32")}
        counts = np.count_nonzero(ops.convert_to_numpy(inputs["words"]), axis=1)
        if len(tags) != len(counts):
            raise ValueError(
                f"Expected tags of {len(counts)} sentences. Received: of {len(tags)}"
            )
        for row, count in enumerate(counts):
            if len(tags[row]) != count:
                raise ValueError(
                    f"Expected {count} tags in sentence {row}. Received: {len(tags[row])}"
                )
            targets["tags"][row, :count] = numbers_of(
                "tags", tags[row], self.arguments["tags"]
            )
        weights = {"tags": (np.arange(shape[1]) < counts[:, None]).astype("float32")}
        if "tags" in inputs:
            inputs["tags"] = ops.convert_to_tensor(targets["tags"])
        if self.arguments["intents"]:
            targets["intent"] = np.array(
                numbers_of("intents", intents, self.arguments["intents"]), "int32"
            )
            weights["intent"] = np.ones(len(intents), "float32")
        return inputs, targets, weights

    def sentence_inputs(self, texts: Any) -> dict[str, Any]:
        """The inputs of the model, of sentences as `tag` takes them."""
        return self._numbered(self.text.ids(texts))

    def _numbered(self, ids):
        """The inputs of words without their tags, tensors of the backend."""
        ids = {name: ops.convert_to_tensor(array) for name, array in ids.items()}
        if "tags" in self.input:
            return {**ids, "tags": ops.zeros_like(ids["words"])}
        return ids

    def tag(self, texts: Any) -> dict[str, Any]:
        """The words of each sentence with their tags, and what it is about.

        Args:
            texts: Strings, `(batch,)`; or words, strings `(batch, words)`, ragged or padded
                with `""`.

        Returns:
            A dictionary, whose strings are TensorFlow's where it is installed, else NumPy's:

            - `words`: strings `(batch, words)`, padded with `""`;
            - `tags`: strings `(batch, words)`, and the `probability` of each, 0 of padding;
            - `unknown`: strings `(batch,)`, the words that are not in the vocabulary, joined
              by commas;
            - with intents, `intent`: strings `(batch,)`, and its `intent_probability`.

        Raises:
            ValueError: `texts` are not strings of these shapes.
        """
        found = self.text.words(texts)
        numbers = self.run_compiled("numbers_of_tags", self._numbered(self.text.ids(found)))
        words = dense(found)
        width = ops.shape(words)[1]
        answer = {
            "words": words,
            "tags": names([*self.arguments["tags"], ""], numbers["tags"][:, :width]),
            "probability": numbers["probability"][:, :width],
            "unknown": self.text.unknown(found),
        }
        if self.arguments["intents"]:
            answer["intent"] = names(self.arguments["intents"], numbers["intent"])
            answer["intent_probability"] = numbers["intent_probability"]
        return answer

    def numbers_of_tags(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What `tag` gives, with numbers of tags and intents in the place of their names."""
        outputs = self._with_scores(inputs, training=False)
        mask = ops.not_equal(inputs["words"], 0)
        path = self.path(outputs["scores"], mask)
        probabilities = ops.softmax(widen(outputs["tags"]))
        probability = ops.take_along_axis(probabilities, path[..., None], axis=-1)[..., 0]
        numbers = {
            "tags": ops.where(mask, path, len(self.arguments["tags"])),
            "probability": ops.where(mask, probability, 0),
        }
        if self.arguments["intents"]:
            probabilities = ops.softmax(widen(outputs["intent"]))
            numbers["intent"] = ops.argmax(probabilities, axis=-1)
            numbers["intent_probability"] = ops.max(probabilities, axis=-1)
        return numbers

    def initial_states(self, batch_size: int) -> dict[str, Any]:
        """The states before the first word of sentences: zeros, `(batch, units)`, by name.

        Args:
            batch_size: How many sentences.

        Raises:
            ValueError: As of `tag_next`.
        """
        return self._word_by_word().initial_states(batch_size)

    def tag_next(self, words: Any, states: Mapping[str, Any]) -> dict[str, Any]:
        """Tag the next word of each sentence, as it comes in.

        Args:
            words: Strings `(batch,)`, a word of each sentence; `""` where none has come in.
            states: Those after the words before it, as this method or `initial_states` gives
                them.

        Returns:
            `tags`, strings `(batch,)`, the `probability` of each, and the states by name.

        Raises:
            ValueError: The encoder reads on both sides of a word, as with `window`, or tags
                are chosen at the end of the sentence, as with `crf`; or `words` are not
                strings.
        """
        self._word_by_word()  # or an error, whatever the words are
        ids = self.text.ids(self.text.each_alone(words))
        found = self.run_compiled("numbers_of_next_tags", (ids, dict(states)))
        return {**found, "tags": names([*self.arguments["tags"], ""], found["tags"])}

    def numbers_of_next_tags(self, inputs: tuple[Any, Any]) -> dict[str, Any]:
        """What `tag_next` gives, of the numbers of words, with numbers of tags."""
        ids, states = inputs
        scores, states = self._word_by_word()(ids, states)
        probabilities = ops.softmax(widen(scores))
        is_word = ops.not_equal(ids["words"][:, 0], 0)
        tags = ops.where(is_word, ops.argmax(scores, axis=-1), len(self.arguments["tags"]))
        probability = ops.where(is_word, ops.max(probabilities, axis=-1), 0)
        return {"tags": tags, "probability": probability, **states}

    @property
    def tags_as_they_come(self) -> bool:
        """Whether the tag of a word is known before the next word: whether `tag_next` is."""
        encoder, window, crf = (self.arguments[k] for k in ("encoder", "window", "crf"))
        return encoder in STATES and not window and not crf

    def _word_by_word(self):
        encoder, window, crf = (self.arguments[k] for k in ("encoder", "window", "crf"))
        if not self.tags_as_they_come:
            raise ValueError(
                f"Expected an encoder of one direction ({', '.join(STATES)}), window=0 and "
                f"crf=False, to tag word by word. Received: {encoder!r}, window={window} and "
                f"crf={crf}"
            )
        if encoder in FED_BACK:
            cell, tags = self.get_layer("tagger").cell, len(self.arguments["tags"])
            return WordByWord(self._vectors, [cell], STATES[encoder], None, unused=tags)
        cells = [layer.cell for layer in self._recurrent_layers]
        return WordByWord(self._vectors, cells, STATES[encoder], self.get_layer("scores"))

    @property
    def _recurrent_layers(self):
        depth = self.arguments["depth"]
        return [self.get_layer(f"encoder_{number}") for number in range(depth)]

    def path(self, scores: Any, mask: Any) -> Any:
        """The predicted tags, `(batch, words)`, of their scores before the random field."""
        if self.crf is None:
            return ops.cast(ops.argmax(scores, axis=-1), "int32")
        return self.crf.viterbi(scores, mask)

    def predict_tags(self, inputs: Mapping[str, Any], batch_size: int = 250) -> Any:
        """Predicted tags and, with intents, intents: NumPy arrays of numbers, by name."""
        outputs = self._with_scores.predict(inputs, batch_size=batch_size, verbose=0)
        mask = ops.convert_to_tensor(ops.convert_to_numpy(inputs["words"]) != 0)
        path = self.path(ops.convert_to_tensor(outputs["scores"]), mask)
        found = {"tags": ops.convert_to_numpy(path)}
        if "intent" in outputs:
            found["intent"] = outputs["intent"].argmax(axis=-1)
        return found

    @property
    def ids_below(self) -> Mapping[str, int]:
        return {
            "words": 2 + len(self.arguments["vocabulary"]),
            "letters": CODE_POINTS,
            "tags": len(self.arguments["tags"]),
        }

    @property
    def entry_names(self) -> Mapping[str, Names]:
        words = [*range(UNKNOWN_ID + 1), *self.arguments["vocabulary"]]
        tags, intents = self.arguments["tags"], self.arguments["intents"]
        return {
            "embedding/embeddings": (words, None),
            "scores/kernel": (None, tags),
            "scores/bias": (tags,),
            "crf/transitions": (tags, tags),
            "crf/(first|last)": (tags,),
            "intent/kernel": (None, intents),
            "intent/bias": (intents,),
        }

    def endpoints(self) -> Endpoints:
        """Functions of strings for a SavedModel, by name, with their signatures."""
        endpoints = {
            "serving_default": (self.tag, [text_spec("texts")]),
            "tag_words": (self.tag, [text_spec("words", rank=2)]),
        }
        if not self.tags_as_they_come:
            return endpoints
        states = {
            name: keras.InputSpec("float32", (None, state.shape[-1]), name=name)
            for name, state in self.initial_states(1).items()
        }
        batch_size = keras.InputSpec("int32", (), name="batch_size")
        return {
            **endpoints,
            "initial_states": (self.initial_states, [batch_size]),
            "tag_next": (self.tag_next, [text_spec("words"), states]),
        }

    def traced(self, inputs: Any) -> dict[str, Any]:
        """Probabilities of tags, the weights of words for the intent, and gates.

        Returns:
            `probabilities`, `(batch, words, tags)`; with intents, their
            `intent_probabilities`, `(batch, intents)`, and `intent_weights`,
            `(batch, words)`, which sum to 1. Of the encoders `"elman"`, `"lstm"` and `"gru"`
            also what is inside of their last layer, `(batch, words, units)`, as of
            `RecurrentNetwork`: of an LSTM `input_gate`, `forget_gate`, `output_gate` …
        """
        outputs = self(inputs, training=False)
        found = {"probabilities": ops.softmax(widen(outputs["tags"]))}
        if self._attention is not None:
            found["intent_probabilities"] = ops.softmax(widen(outputs["intent"]))
            found["intent_weights"] = keras.Model(self.input, self._attention)(inputs)
        encoder = self.arguments["encoder"]
        if encoder in through_time.INSIDE:
            last = self._recurrent_layers[-1]
            x = keras.Model(self.input, keras.tree.flatten(last.input)[0])(
                inputs, training=False
            )
            inside = through_time.inside(encoder, last, last.cell, x)
            found.update({name: widen(array) for name, array in inside.items()})
        return found
