"""The encoder-decoder with attention, from one sequence of characters to another."""

from collections.abc import Mapping
from typing import Any, Self

import keras
from keras import ops

from ... import layers
from ...layers.argument_types import ScoreLike, SelectionLike
from ...layers.masks import LOWEST
from ...layers.precision import widen
from ...layers.validation import check_positive
from ..beam_search import beam_search
from ..checked_model import CheckedModel
from ..saving.pretrained import Endpoints
from ..saving.transfer import Names
from ..text import END_ID, START_ID, UNKNOWN_ID, CharacterPairs, text_spec
from ..text.plain import composed
from ..text.vocabularies import characters_of, listed


@keras.saving.register_keras_serializable(package="keras_memory")
class EncoderDecoder(CheckedModel):
    """Encoder-decoder with attention: the decoder attends to the source at every step.

    h = [GRU→(x); GRU←(x)],  s_0 = tanh(W h←_1),  [s_t; c_t] = AttentionRNN(y_{t-1}, h),
    logits_t = V [s_t; c_t; y_{t-1}] + b

    Takes `{"source": (batch, length), "target": (batch, steps)}`, numbers of characters as
    `text.ids` makes them, 0 for padding, for teacher forcing. It gives logits
    `(batch, steps, characters)` of the next character. `translate` takes and gives strings.

    Args:
        source_characters: The characters of the source, a string.
        target_characters: Those of the target.
        target_length: Steps that `translate` takes, at most.
        embedding_dim: Width of a character's vector.
        units: Width of the decoder's state, and of each direction of the encoder's.
        score: As for `layers.Attention`, but of queries and keys that differ in width:
            `"additive"`, `"bilinear"` or a layer.
        selection: As for `layers.Attention`, but with a gradient.
        seed: Of a selection that samples.

    Raises:
        ValueError: A size is not a positive integer, score or selection is unknown or does
            not fit.

    Example:

    ```python
    from keras_memory import zoo

    model = zoo.EncoderDecoder("abc", "xyz", target_length=3, units=16)
    model.fit(*model.text.ids(["abc", "ba"], ["xyz", "yx"]))
    model.translate(["cab"], beam_width=2)
    ```

    Reference:
        [Bahdanau et al., 2014](https://arxiv.org/abs/1409.0473), sections 3 and A. The
        readout here is linear; there, it has a hidden layer of maxout units.
    """

    needs_steps = True

    def __init__(
        self,
        source_characters: str,
        target_characters: str,
        target_length: int = 100,
        embedding_dim: int = 32,
        units: int = 64,
        score: ScoreLike = "additive",
        selection: SelectionLike = "softmax",
        seed: int | None = None,
        name: str = "encoder_decoder",
    ) -> None:
        check_positive("target_length", target_length)
        check_positive("embedding_dim", embedding_dim)
        check_positive("units", units)
        text = CharacterPairs(source_characters, target_characters)
        source_size, target_size = text.sizes
        attention = layers.Attention(score, selection, seed=seed, name="attention")
        if not attention.selection.reads_have_gradients:
            raise ValueError(
                "Expected a selection with a gradient, which the decoder is trained by. "
                f"Received: {selection!r}"
            )

        source = keras.Input((None,), dtype="int32", name="source")
        embedded = keras.layers.Embedding(
            source_size, embedding_dim, mask_zero=True, name="embed_source"
        )(source)
        encoder = keras.layers.Bidirectional(
            keras.layers.GRU(
                units, return_sequences=True, return_state=True, use_cudnn=False
            ),
            name="encoder",
        )
        memory, _, backward = encoder(embedded)  # h, h←_1
        initial_state = keras.layers.Dense(units, activation="tanh", name="initial_state")(
            backward
        )

        target = keras.Input((None,), dtype="int32", name="target")
        before = keras.layers.Embedding(target_size, embedding_dim, name="embed_target")(
            target
        )
        decoder = layers.AttentionRNN(keras.layers.GRUCell(units), attention, name="decoder")
        decoded, weights = decoder(
            before, memory, initial_state=initial_state, return_attention_scores=True
        )
        logits = keras.layers.Dense(target_size, name="logits")(
            keras.layers.Concatenate(name="readout")([decoded, before])
        )
        super().__init__({"source": source, "target": target}, logits, name=name)
        self.text = text
        self._memory, self._initial_state, self._weights = memory, initial_state, weights
        self.arguments = {
            "source_characters": source_characters,
            "target_characters": target_characters,
            "target_length": target_length,
            "embedding_dim": embedding_dim,
            "units": units,
            "score": attention.score,
            "selection": attention.selection,
            "seed": seed,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0),
        )

    @classmethod
    def from_texts(
        cls, sources: Any, targets: Any, target_length: int | None = None, **arguments: Any
    ) -> Self:
        """A model, not trained, with the characters of sources and targets.

        Args:
            sources: Strings; a list, an array, or a column of a frame.
            targets: Strings, one for each source.
            target_length: As of the constructor; that of the longest target if absent.
            **arguments: The others of the constructor.

        Raises:
            ValueError: They are not lists of strings.
        """
        sources, targets = composed(listed(sources)), listed(targets)
        return cls(
            characters_of(sources),
            characters_of(targets),
            target_length or max(1, *map(len, targets)),
            **arguments,
        )

    def examples(self, sources: Any, targets: Any) -> tuple[dict[str, Any], Any]:
        """Inputs and targets for `fit`, of texts as `from_texts` takes them.

        Raises:
            ValueError: There are not as many of each.
        """
        sources, targets = listed(sources), listed(targets)
        if len(sources) != len(targets):
            raise ValueError(
                f"Expected as many targets as sources. Received: {len(targets)} targets, "
                f"{len(sources)} sources"
            )
        return self.text.ids(sources, targets)

    def translate(self, sources: Any, beam_width: int = 1) -> dict[str, Any]:
        """The likeliest target of each source: greedily, or by beam search.

        Args:
            sources: Strings, `(batch,)`.
            beam_width: How many beams are kept.

        Returns:
            A dictionary, whose strings are TensorFlow's where it is installed, else NumPy's:

            - `text`: strings `(batch,)`, and its `log_probability`, `(batch,)`;
            - `unknown`: strings `(batch,)`, characters of the source that have no number.

        Raises:
            ValueError: `sources` are not strings `(batch,)`, or `beam_width` is not a
                positive integer.
        """
        check_positive("beam_width", beam_width)
        ids = self.text.source.ids(sources)
        tokens, scores = self.run_compiled("_search", ids, beam_width=beam_width)
        return {
            "text": self.text.target.texts(tokens[:, 0]),
            "log_probability": scores[:, 0],
            "unknown": self.text.source.unknown(sources),
        }

    def _search(self, source, beam_width):
        """Targets `(batch, beams, length)` and their log probabilities, of the numbers of
        sources."""
        memory, state = self._part(self._memory, self._initial_state)(source)
        memory, mask = (ops.repeat(x, beam_width, axis=0) for x in (memory, source != 0))
        embed, decoder, logits = map(self.get_layer, ("embed_target", "decoder", "logits"))
        reader = decoder.reader(memory, mask)

        def step(last, states):
            before = embed(ops.reshape(last, (-1,)))
            states = [ops.reshape(state, (-1, state.shape[-1])) for state in states]
            decoded, states, _ = decoder.step(before, states, reader)
            gains = widen(logits(ops.concatenate([decoded, before], axis=-1)))
            gains = ops.log_softmax(gains)
            # Padding, unknown characters and START are not text.
            gains = ops.where(ops.arange(gains.shape[-1]) < END_ID, LOWEST, gains)
            beams = (-1, beam_width)
            return (
                ops.reshape(gains, (*beams, gains.shape[-1])),
                [ops.reshape(state, (*beams, state.shape[-1])) for state in states],
            )

        length = self.arguments["target_length"]
        return beam_search(step, [state], START_ID, END_ID, beam_width, length)

    @property
    def ids_below(self) -> Mapping[str, int]:
        return dict(zip(("source", "target"), self.text.sizes, strict=True))

    @property
    def entry_names(self) -> Mapping[str, Names]:
        source = [*range(UNKNOWN_ID + 1), *self.arguments["source_characters"]]
        target = [*range(END_ID + 1), *self.arguments["target_characters"]]
        return {
            "embed_source/embeddings": (source, None),
            "embed_target/embeddings": (target, None),
            "logits/kernel": (None, target),
            "logits/bias": (target,),
        }

    def endpoints(self) -> Endpoints:
        """Functions of strings for a SavedModel, by name, with their signatures."""
        return {
            "serving_default": (self.translate, [text_spec("texts")]),
            "beam_search": (
                lambda sources: self.translate(sources, beam_width=5),
                [text_spec("texts")],
            ),
        }

    def _part(self, *outputs):
        return keras.Model(self.get_layer("source").output, outputs)

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The weights of each step, `weights`, `(batch, steps, length)`; and the `logits`."""
        weights, logits = keras.Model(self.input, [self._weights, self.output])(inputs)
        return {"weights": weights, "logits": logits}

    def trace_endpoints(self) -> Endpoints:
        """Besides `trace`, the search for a target, `solve`, of numbers of characters."""
        source = keras.InputSpec("int32", (None, None), name="source")

        def solve(source):
            target, log_probability = self._search(source, beam_width=1)
            return {"target": target[:, 0], "log_probability": log_probability[:, 0]}

        return {**super().trace_endpoints(), "solve": (solve, [source])}
