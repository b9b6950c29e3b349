"""Pointer networks: the answer to a question about points is a list of the points."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers import masks
from ...layers.validation import check_choice, check_positive
from ..saving.pretrained import Endpoints, PretrainedModel
from .examples import check_examples
from .points import by_angle, checked_sets, standardized
from .rules import END, RULES
from .search import search

ORDERS = "given", "angle"
# With Keras's own, gates of many units would hardly respond to two coordinates at first.
WIDE = "lecun_uniform"


@keras.saving.register_keras_serializable(package="keras_memory")
class PointerNetwork(PretrainedModel):
    """Pointer network: an encoder reads points, a decoder's attention points at the answer.

    e = LSTM(x);  d_t = LSTM(x_{p_{t-1}}),  p_t ~ softmax_j v · tanh(W_1 e_j + W_2 d_t)

    where x are the points about their mean, in units of their spread: but for rounding,
    answers stay the same wherever the points are moved, and whatever their scale is.
    x_0, a learned vector, starts the decoder, and pointing at e_0, another, ends the answer.
    The decoder starts from the last state of the encoder.

    Takes `{"points": (batch, n, dim), "length": (batch,), "pointers": (batch, steps)}`:
    points padded at the end, how many there are, and the target, by numbers from 1, with END
    (0) at its end and -1 for padding, for teacher forcing. It gives logits
    `(batch, steps, 1 + n)`, each of which depends on the pointers before it alone. `solve`
    finds answers.

    Args:
        dim: Coordinates of a point.
        units: Width of the states of encoder and decoder.
        rule: What answers `solve` allows: `"anything"`, `"permutation"`,
            `"simple_polygon"` or `"triangles"`.
        glimpse: Whether the decoder attends to all of e before it points.
        order: In which order the encoder reads points: `"given"`, or that of their `"angle"`
            about their mean, counter-clockwise; of two coordinates. Numbers stay as given.
        bidirectional: Whether two encoders read, each of half the width, one from the end.
        places: If given, each step chooses a class out of so many, with the end, instead of
            a pointer: the baselines of the paper, without and with attention.

    `fit`, `evaluate` and `predict` refuse arrays that are something else, as pointers counted
    from 0; values of data sets are not checked.

    Raises:
        ValueError: A size is not a positive integer, `units` cannot be halved, the rule or
            the order is unknown, there is no angle, as `dim` is not 2, or `scale` is not a
            positive number for each coordinate.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    points = np.random.default_rng(0).random((32, 4, 2), dtype="float32")
    by_x = 1 + np.argsort(points[..., 0], axis=1)  # points by number, from 1
    pointers = np.pad(by_x, ((0, 0), (0, 1)))  # with 0 at the end
    model = zoo.PointerNetwork(units=32, rule="permutation")
    model.fit({"points": points, "length": np.full(32, 4), "pointers": pointers}, pointers)
    model.solve(points, beam_width=3)["indices"]
    ```

    Reference:
        [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).
    """

    needs_steps = True

    def __init__(
        self,
        dim: int = 2,
        units: int = 256,
        rule: str = "anything",
        glimpse: bool = False,
        order: str = "given",
        bidirectional: bool = False,
        places: int | None = None,
        scale: Sequence[float] = (),
        name: str = "pointer_network",
    ) -> None:
        check_positive("dim", dim)
        check_positive("units", units)
        check_choice("rule", rule, RULES)
        check_choice("order", order, ORDERS)
        if order == "angle" and dim != 2:
            raise ValueError(f"Expected dim=2 for order='angle'. Received: dim={dim}")
        if bidirectional and units % 2:
            raise ValueError(f"Expected even units, to be halved. Received: units={units}")
        if scale and (len(scale) != dim or not all(0 < unit < math.inf for unit in scale)):
            raise ValueError(
                f"Expected scale as {dim} positive numbers, one for each coordinate. "
                f"Received: {scale}"
            )
        points = keras.Input((None, dim), name="points")
        length = keras.Input((), dtype="int32", name="length")
        pointers = keras.Input((None,), dtype="int32", name="pointers")
        small = keras.initializers.RandomUniform(-0.08, 0.08)
        is_point = masks.of_length(length, points)
        in_units = points / np.array(scale, "float32") if scale else points
        x = standardized(in_units, is_point)
        encoder = _encoder(units, bidirectional)
        if order == "angle":
            indices = by_angle(x, is_point)[..., None]
            encoded, *state = encoder(ops.take_along_axis(x, indices, axis=1), mask=is_point)
            encoded = ops.take_along_axis(encoded, ops.argsort(indices, axis=1), axis=1)
        else:
            encoded, *state = encoder(x, mask=is_point)
        memory = layers.LearnedFirst(small.clone(), name="end")(encoded)  # e_0, e
        x = layers.LearnedFirst(small.clone(), name="start")(x)  # x_0, x
        # ONNX pads no Booleans.
        is_end = ops.ones_like(length, dtype="bool")[:, None]
        memory_mask = ops.concatenate([is_end, is_point], axis=1)
        before = ops.maximum(ops.pad(pointers, [[0, 0], [1, 0]])[:, :-1], END)
        decoder = layers.PointerRNN(
            keras.layers.LSTMCell(units, kernel_initializer=WIDE),
            pointer=None if places is None else layers.IndexLogits(places),
            glimpse=layers.Attention("additive") if glimpse else None,
            name="decoder",
        )
        logits = decoder(
            ops.take_along_axis(x, before[..., None], axis=1),
            memory,
            memory_mask=memory_mask,
            initial_state=state,
        )
        inputs = {"points": points, "length": length, "pointers": pointers}
        super().__init__(inputs, logits, name=name)
        self._read = keras.Model([points, length], [x, memory, memory_mask, *state])
        self.arguments = {
            "dim": dim,
            "units": units,
            "rule": rule,
            "glimpse": glimpse,
            "order": order,
            "bidirectional": bidirectional,
            "places": places,
            "scale": list(scale),
            "name": name,
        }
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=2.0),
            loss=keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, ignore_class=-1
            ),
        )

    def fit(
        self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any
    ) -> keras.callbacks.History:
        """`keras.Model.fit`, of arrays that are checked first.

        Raises:
            ValueError: Points in arrays are not finite, or pointers are not as stated
                above.
        """
        self._check(x, y)
        held_out = kwargs.get("validation_data")
        if isinstance(held_out, (list, tuple)) and len(held_out) > 1:
            self._check(*held_out[:2])
        return super().fit(x, y, *args, **kwargs)

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """`keras.Model.evaluate`, of arrays that are checked first, as by `fit`."""
        self._check(x, y)
        return super().evaluate(x, y, *args, **kwargs)

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """`keras.Model.predict`, of arrays that are checked first; pointers need no end."""
        self._check(x, ended=False)
        return super().predict(x, *args, **kwargs)

    def _check(self, x, y=None, ended=True):
        if isinstance(x, dict):
            check_examples(x, y, self.arguments["dim"], self.arguments["places"], ended)

    def solve(
        self,
        points: Any,
        length: Any = None,
        beam_width: int = 1,
        rule: str | None = None,
    ) -> dict[str, Any]:
        """The likeliest answer to each set of points that a beam search finds under the rule.

        Of one point, of two, and of points that are all one or on one line, no polygon is
        made: under `"simple_polygon"` their answer is one index, or two.

        Args:
            points: Shape `(batch, n, dim)`.
            length: How many of them there are, `(batch,)`; all of them if absent.
            beam_width: How many beams are kept; with 1, each step takes the likeliest.
            rule: A rule other than the model's. Under `"anything"`, an answer has at most
                2 n points.

        Returns:
            `{"indices": (batch, steps), "log_probability": (batch,)}`: indices of points,
            from 0, with -1 after the end.

        Raises:
            ValueError: Points or lengths have another shape, there is no point, arrays or
                lists have coordinates that are not finite or beyond 1e18, or more points
                than they have, `beam_width` is not a positive integer, or the rule is
                unknown. Values of tensors are not checked; of points that are not finite,
                the answer is empty.
        """
        check_positive("beam_width", beam_width)
        rule = self.arguments["rule"] if rule is None else rule
        check_choice("rule", rule, RULES)
        sets = checked_sets(points, length, self.arguments["dim"])
        return self.run_compiled("_found", tuple(sets), rule=rule, beam_width=beam_width)

    def _found(self, sets, rule, beam_width):
        points, length = sets
        reading = self._read([points, length])
        # A rule takes the points as they are, not as a mixed policy rounds them.
        return search(self.get_layer("decoder"), reading, points, length, rule, beam_width)

    def endpoints(self) -> Endpoints:
        """Functions of points for a SavedModel, by name, with their signatures."""
        points = keras.InputSpec(
            "float32", (None, None, self.arguments["dim"]), name="points"
        )
        length = keras.InputSpec("int32", (None,), name="length")
        return {
            "serving_default": (self.solve, [points]),
            "padded": (self.solve, [points, length]),
            "beam_search": (
                lambda points, length: self.solve(points, length, beam_width=3),
                [points, length],
            ),
        }

    def traced(self, inputs: Any) -> dict[str, Any]:
        """The pointer's weights: `{"weights": (batch, steps, 1 + n)}`."""
        return {"weights": ops.softmax(self(inputs, training=False))}

    def trace_endpoints(self) -> Endpoints:
        """Besides `trace`, the likeliest answer under the rule, `solve`."""
        return {**super().trace_endpoints(), "solve": self.endpoints()["padded"]}


def _encoder(units, bidirectional):
    """A function of points and their mask: encoded points, and the last states h and c."""
    settings = {
        "return_sequences": True,
        "return_state": True,
        "use_cudnn": False,
        "kernel_initializer": WIDE,
    }
    if not bidirectional:
        return keras.layers.LSTM(units, **settings, name="encoder")
    both = keras.layers.Bidirectional(
        keras.layers.LSTM(units // 2, **settings), name="encoder"
    )

    def encode(points, mask):
        encoded, *states = both(points, mask=mask)  # h and c of one, then of the other
        h, c = (ops.concatenate(states[i::2], axis=-1) for i in (0, 1))
        return encoded, h, c

    return encode
