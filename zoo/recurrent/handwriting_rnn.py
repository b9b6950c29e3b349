"""Handwriting out of text: a recurrent network whose window moves along the letters."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers.validation import check_above_zero, check_not_negative, check_positive
from ..checked_model import CheckedModel
from ..saving.pretrained import Endpoints
from ..saving.transfer import Names
from ..text import Characters, text_spec
from ..text.plain import END, UNKNOWN_ID, composed
from ..text.vocabularies import listed
from .handwriting_writer import NOISE, POINT, READ, Writer

POINTS_AT_ONCE = 50
WIDTH = 8  # texts are padded to multiples of it, so that few lengths are compiled
WRITTEN = "text", "noise", "bias"
END_NUMBER = UNKNOWN_ID + 1  # the first character


@keras.saving.register_keras_serializable(package="keras_memory")
class HandwritingRNN(CheckedModel):
    """Writes a text by hand: the next point of the pen, by those before and a window.

    [h¹_t; w_t] = WindowRNN(x_t, text),  hⁿ_t = LSTMⁿ([x_t; w_t; hⁿ⁻¹_t]),
    ŷ_t = StrokeMixture([h¹_t; …; hᴺ_t])

    x_t is the point before, `(Δx, Δy, end)`: the way from the one before it, and 1 where the
    pen leaves the paper after it. The text is read as one-hot vectors of its characters and
    a last one, its end. The window never goes back, and when it is at the end, the text is
    written.

    Takes a dictionary as `examples` makes it, of `points`, `(batch, steps, 3)`, and `text`,
    numbers `(batch, characters)`, 0 for padding; without a window, of `points` alone. Gives
    the parameters ŷ of a `layers.StrokeMixture`, `(batch, steps, 1 + 6 components)`. `write`
    takes strings and gives strokes.

    Args:
        characters: A string of those that it writes, each once.
        units: Width of each h.
        depth: N.
        num_windows: Gaussians of the window.
        components: Gaussians of the mixture.
        window: Whether there is a window; without one, it reads no text, and `write` is of no
            use: a network to compare with.
        speed: How many characters a point the window moves before training, about.

    Raises:
        ValueError: A size is not a positive integer, `speed` is not above 0, or `characters`
            is not a string of characters, each once.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    model = zoo.HandwritingRNN("abc", units=16)
    strokes = [np.array([[0.5, 1.5, 0], [1, 0, 0], [0, -1, 1], [1, 0, 1]])]
    inputs, targets, weights = model.examples(["ab"], strokes)
    model.fit(inputs, targets, sample_weight=weights)
    points = model.write(["abba"], bias=1.0, seed=0, most_points=20)["points"][0]
    ```

    Reference:
        [Graves, 2013](https://arxiv.org/abs/1308.0850), sections 4 and 5, with three layers
        of 400 units, 10 windows and 20 components. There, the text has no end, and what is
        written ends when the window is beyond the text.
    """

    needs_steps = True

    def __init__(
        self,
        characters: str,
        units: int = 64,
        depth: int = 2,
        num_windows: int = 3,
        components: int = 10,
        window: bool = True,
        speed: float = 0.1,
        name: str = "handwriting_rnn",
    ) -> None:
        sizes = {
            "units": units,
            "depth": depth,
            "num_windows": num_windows,
            "components": components,
        }
        for argument, size in sizes.items():
            check_positive(argument, size)
        check_above_zero("speed", speed)
        is_text = isinstance(characters, str) and characters and END not in characters
        if not is_text or len(set(characters)) != len(characters):
            raise ValueError(
                "Expected a string of characters, each once, for characters. Received: "
                f"{characters!r}"
            )
        text = Characters(END + characters)
        inputs = {"points": keras.Input((None, POINT), name="points")}
        points = inputs["points"]
        cells = [keras.layers.LSTMCell(units, name=f"cell_{n}") for n in range(1, depth + 1)]
        if window:
            inputs["text"] = keras.Input((None,), dtype="int32", name="text")
            first = layers.WindowRNN(
                cells[0],
                layers.GaussianWindowAttention(num_windows, speed, name="window"),
                name="layer_1",
            )
            outputs, weights, positions = first(
                points,
                ops.one_hot(inputs["text"], text.size),
                memory_mask=ops.not_equal(inputs["text"], 0),
                return_attention_scores=True,
                return_position=True,
            )
            hidden, read = [outputs[..., :units]], [outputs[..., units:]]
        else:
            first = layers.MemoryRNN(cells[0], return_sequences=True, name="layer_1")
            hidden, read = [first(points)], []
        for number, cell in enumerate(cells[1:], start=2):
            rnn = layers.MemoryRNN(cell, return_sequences=True, name=f"layer_{number}")
            hidden.append(rnn(ops.concatenate([points, *read, hidden[-1]], axis=-1)))
        mixture = layers.StrokeMixture(components, name="mixture")
        super().__init__(inputs, mixture(ops.concatenate(hidden, axis=-1)), name=name)
        self.text = text
        self.first, self.cells, self.mixture = first, cells, mixture
        seen = {"weights": weights, "positions": positions} if window else {}
        self._seen = keras.Model(inputs, {"parameters": self.output, **seen})
        self.arguments = {
            "characters": characters,
            **sizes,
            "window": window,
            "speed": speed,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=10.0), loss=layers.StrokeMixtureLoss()
        )

    def examples(
        self, texts: Any, points: Sequence[Any]
    ) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
        """Inputs, targets and sample weights for `fit`, of texts and how they were written.

        Args:
            texts: Strings, `(batch,)`.
            points: Of each text an array `(points, 3)`: the way from the point before, and 1
                where a stroke ends, else 0. The last point is where the pen goes after the
                text. Lengths are to be about 1.

        Raises:
            ValueError: There are not as many texts, or an array has another shape, or
                numbers that are not finite, or anything but 0 and 1 as the end of a stroke.
        """
        texts = listed(texts)
        points = [_checked(array, row) for row, array in enumerate(points)]
        if len(texts) != len(points) or not points:
            raise ValueError(
                f"Expected points of {len(texts)} texts. Received: of {len(points)}"
            )
        lengths = np.array([len(array) for array in points])
        targets = np.zeros((len(points), lengths.max(), POINT), "float32")
        for row, array in enumerate(points):
            targets[row, : len(array)] = array
        weights = (np.arange(targets.shape[1]) < lengths[:, None]).astype("float32")
        return self.inputs_of(texts, targets), targets, weights

    def inputs_of(self, texts: Any, targets: Any) -> dict[str, Any]:
        """The inputs of the model: of each step the point before, and the numbers of texts.

        Args:
            texts: Strings, `(batch,)`.
            targets: Points, `(batch, steps, 3)`.
        """
        before = ops.pad(ops.convert_to_tensor(targets), [[0, 0], [1, 0], [0, 0]])
        inputs = {"points": before[:, :-1]}
        if self.arguments["window"]:
            inputs["text"] = self.text_ids(texts)
        return inputs

    def text_ids(self, texts: Any) -> Any:
        """Numbers `(batch, characters)` of texts and their end, 0 for padding."""
        if not keras.ops.is_tensor(texts):
            texts = composed(listed(texts))
        ids = ops.pad(ops.convert_to_tensor(self.text.ids(texts)), [[0, 0], [0, 1]])
        length = ops.sum(ops.cast(ops.not_equal(ids, 0), "int32"), axis=-1)
        end = ops.one_hot(length, ids.shape[1] or ops.shape(ids)[1], dtype=ids.dtype)
        return ids + END_NUMBER * end

    def nats(self, inputs: Any, targets: Any, batch_size: int = 250) -> np.ndarray:
        """How surprising each next point is, in nats, `(batch, steps)`; of padding, anything.

        Args:
            inputs: As of the model.
            targets: The next points, `(batch, steps, 3)`.
            batch_size: Of examples at once.
        """
        parameters = self.predict(inputs, batch_size=batch_size, verbose=0)
        nats = layers.StrokeMixtureLoss(reduction=None)
        return ops.convert_to_numpy(nats(ops.convert_to_tensor(targets), parameters))

    def predict_letters(self, inputs: Any, batch_size: int = 250) -> np.ndarray:
        """The number of the letter that the window is at as each point is written.

        It is at the letter of the largest weight; on its way to the next one, where all
        weights are below a half, at the one that was read last.

        Args:
            inputs: As of the model, which is to have a window.
            batch_size: Of examples at once.

        Returns:
            Integers from 0, `(batch, steps)`.
        """
        seen = self._seen.predict(inputs, batch_size=batch_size, verbose=0)
        weights = seen["weights"]
        steps = np.arange(weights.shape[1])
        last = np.maximum.accumulate(np.where(weights.max(axis=-1) >= READ, steps, 0), axis=1)
        return np.take_along_axis(weights.argmax(axis=-1), last, axis=1)

    def write(
        self, texts: Any, bias: float = 0.0, seed: int | None = None, most_points: int = 400
    ) -> dict[str, Any]:
        """Write texts by hand: points are sampled until the window is at the end of the text.

        Args:
            texts: Strings, `(batch,)`.
            bias: b of the `StrokeMixture`: 0 samples as the writers wrote; the larger, the
                neater.
            seed: Of the samples; others each time if absent.
            most_points: Where a text ends that the network does not end itself.

        Returns:
            A dictionary of lists, an array for each text:

            - `points`: `(points, 3)`, the way from the point before, and 1 where a stroke
              ends;
            - `letters`: `(points,)`, the number, from 0, of the letter that the window was
              at, as each point was written, as of `predict_letters`;
            - `weights`: `(points, characters + 1)`, those of the window;
            - `positions`: `(points, num_windows)`, κ;

            and `unknown`: strings `(batch,)`, characters of the text that have no number.

        Raises:
            ValueError: There is no window; `texts` are not strings, or one is empty; `bias`
                is below 0, or `most_points` is not a positive integer.
        """
        if not self.arguments["window"]:
            raise ValueError(
                "Expected a network with a window, which reads texts. Received: window=False"
            )
        check_not_negative("bias", bias)
        check_positive("most_points", most_points)
        texts = composed(listed(texts))
        if not texts or not all(texts):
            raise ValueError(f"Expected texts of characters. Received: {texts!r}")
        seeds = [None if seed is None else (seed, row) for row in range(len(texts))]
        random = [np.random.default_rng(of_row) for of_row in seeds]
        noise = np.stack([rng.random((most_points, NOISE)) for rng in random])
        found = self._written_in_parts(texts, noise.astype("float32"), bias)
        by_name = {name: [] for name in found}
        for row, text in enumerate(texts):
            is_open = np.logical_and.accumulate(found["letters"][row] < len(text))
            for name, arrays in by_name.items():
                arrays.append(found[name][row, is_open])
            by_name["weights"][-1] = by_name["weights"][-1][:, : len(text) + 1]
        return {**by_name, "unknown": self.text.unknown(texts)}

    def _written_in_parts(self, texts, noise, bias):
        """As `written`, as arrays, until all texts are at their ends."""
        ids = ops.convert_to_numpy(self.text_ids(texts))
        ids = np.pad(ids, [[0, 0], [0, -ids.shape[1] % WIDTH]])
        states, parts, ends = (
            Writer(self, ids).first_states(),
            [],
            np.array([*map(len, texts)]),
        )
        is_open = np.ones(len(texts), bool)
        for start in range(0, noise.shape[1], POINTS_AT_ONCE):
            part = noise[:, start : start + POINTS_AT_ONCE]
            seen, states = self.compiled_function("_next_part").arrays(
                (ids, part, bias, states)
            )
            parts.append(seen)
            is_open &= (seen["letters"] < ends[:, None]).all(axis=1)
            if not is_open.any():
                break
        return {name: np.concatenate([p[name] for p in parts], axis=1) for name in parts[0]}

    def _next_part(self, inputs):
        ids, noise, bias, states = inputs
        return Writer(self, ids).write(noise, ops.cast(bias, "float32"), states)

    def written(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """As `write`, of numbers alone: in a graph, too.

        Args:
            inputs: `text`, numbers `(batch, characters)` as `text_ids` gives them; `noise`,
                `(batch, points, 4)`, sampled evenly from 0 to below 1: of each point which
                Gaussian it is of, its place there, and whether a stroke ends; and `bias`, b,
                a number.

        Returns:
            `points`, `(batch, points, 3)`; `letters`, `(batch, points)`; `weights`, `(batch,
            points, characters)`; `positions`, `(batch, points, num_windows)`; and `count`,
            `(batch,)`, how many of the points are before the end of the text: the rest is of
            no use.
        """
        ids, noise, bias = (ops.convert_to_tensor(inputs[n]) for n in WRITTEN)
        noise, bias = (ops.cast(x, "float32") for x in (noise, bias))
        writer = Writer(self, ids)
        seen, _ = writer.write(noise, bias, writer.first_states())
        return {**seen, "count": writer.count(seen["letters"])}

    def endpoints(self) -> Endpoints:
        """Functions for a SavedModel, by name: texts are written, or points are expected."""
        expected = super().endpoints()
        if not self.arguments["window"]:
            return expected

        def write(texts, noise, bias):
            return self.written({"text": self.text_ids(texts), "noise": noise, "bias": bias})

        signature = [text_spec("texts"), *_noise_and_bias()]
        return {
            "serving_default": (write, signature),
            "next_points": expected["serving_default"],
        }

    def trace_endpoints(self) -> Endpoints:
        """`trace`; and with a window, `write`, as `written`."""
        traced = super().trace_endpoints()
        if not self.arguments["window"]:
            return traced
        noise, bias = _noise_and_bias()
        text = keras.InputSpec("int32", (None, None), name="text")
        inputs = {"text": text, "noise": noise, "bias": bias}
        return {**traced, "write": (self.written, [inputs])}

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What the network reads at each point, and what it expects there.

        Args:
            inputs: As of the model: the points before, and the text.

        Returns:
            `end`, `(batch, steps)`, the probability that a stroke ends;
            `deviations`, `(batch, steps, 2)`, the standard deviations of the next point; with
            a window, its `weights`, `(batch, steps, characters)`, and `positions`, κ,
            `(batch, steps, num_windows)`.
        """
        seen = self._seen(inputs, training=False)
        found = self.mixture.distribution(seen.pop("parameters"))
        weights = found["weights"][..., None]
        mean = ops.sum(weights * found["means"], axis=-2, keepdims=True)
        squares = ops.square(found["deviations"]) + ops.square(found["means"] - mean)
        seen["deviations"] = ops.sqrt(ops.sum(weights * squares, axis=-2))
        seen["end"] = found["end"]
        return seen

    def _check(self, x, y=None):
        super()._check(x)
        if hasattr(y, "shape"):
            for row, array in enumerate(ops.convert_to_numpy(y)):
                _checked(array, row)

    @property
    def ids_below(self) -> Mapping[str, int]:
        return {"text": self.text.size}

    @property
    def entry_names(self) -> Mapping[str, Names]:
        read = []
        if self.arguments["window"]:
            read = [*map(str, range(UNKNOWN_ID + 1)), END, *self.arguments["characters"]]
        first = [*range(POINT), *read]
        hidden = [("hidden", n) for n in range(self.arguments["units"])]
        return {
            "layer_1/(cell_1/)?kernel": (first, None),
            r"layer_\d+/(cell_\d+/)?kernel": ([*first, *hidden], None),
        }


def _noise_and_bias():
    noise = keras.InputSpec("float32", (None, None, NOISE), name="noise")
    return noise, keras.InputSpec("float32", (), name="bias")


def _checked(points, row):
    """The points of a text as an array, if they are such."""
    try:
        points = np.asarray(points, "float32")
    except (TypeError, ValueError):
        points = np.zeros(0)
    if points.ndim != 2 or points.shape[1] != POINT or not len(points):
        raise ValueError(
            f"Expected points ({POINT} numbers each) for text {row}. Received: an array of "
            f"shape {points.shape}"
        )
    if not np.isfinite(points).all():
        raise ValueError(f"Expected finite numbers for text {row}. Received: others")
    if not np.isin(points[:, -1], (0, 1)).all():
        raise ValueError(
            f"Expected 0 or 1 as the end of a stroke in text {row}. Received: others"
        )
    return points
