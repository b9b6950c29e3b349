"""Pointer networks: the answer to a question about points is a list of the points."""

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers.masks import LOWEST
from ...layers.precision import widen
from ...layers.validation import check_choice, check_positive
from ..beam_search import beam_search
from ..saving.pretrained import PretrainedModel
from .points import by_angle, standardized
from .rules import RULES, number_of

END = 0  # the pointer that ends an answer, and starts the decoder
ORDERS = "given", "angle"
# With Keras's own, gates of many units would hardly see two coordinates at first.
WIDE = "lecun_uniform"
ARRAYS = list, tuple, np.ndarray
FARTHEST = 1e18  # a coordinate; the rules multiply two of them


@keras.saving.register_keras_serializable(package="keras_memory")
class PointerNetwork(PretrainedModel):
    """Which of the points, and in which order? An encoder reads them, a decoder points.

    e = LSTM(x);  d_t = LSTM(x_{p_{t-1}}),  p_t ~ softmax_j v · tanh(W_1 e_j + W_2 d_t)

    where x are the points about their mean, in units of their spread: but for rounding,
    answers stay the same wherever the points are moved, and however large they are drawn.
    x_0, a learned vector, starts the decoder, and pointing at e_0, another, ends the answer.
    The decoder starts where the encoder ended.

    Takes `{"points": (batch, n, dim), "length": (batch,), "pointers": (batch, steps)}`:
    points padded at the end, how many there are, and the answer, by numbers from 1, with END
    (0) at its end and -1 for padding. It gives logits `(batch, steps, 1 + n)` of the same
    answer, each of which depends on the pointers before it alone. `solve` finds answers.

    Args:
        dim: Coordinates of a point.
        units: Width of the states of encoder and decoder.
        rule: What answers may be, when they are searched for: `"anything"`,
            `"permutation"`, `"simple_polygon"` or `"triangles"`.
        glimpse: Whether the decoder reads all of e, by attention, before it points.
        order: In which order the encoder reads points: `"given"`, or that of their `"angle"`
            about their mean, counter-clockwise; of two coordinates. Numbers stay as given.
        bidirectional: Whether two encoders read, each of half the width, one from the end.
        places: If given, the answer to each step is a class out of so many, with the end,
            instead of a pointer: the baselines of the paper, without and with attention.

    Raises:
        ValueError: A size is not a positive integer, `units` cannot be halved, the rule or
            the order is unknown, or there is no angle, as `dim` is not 2.

    Example:

    ```python
    model = keras_memory.zoo.PointerNetwork(rule="simple_polygon")
    inputs = {"points": points, "length": length, "pointers": pointers}
    model.fit(inputs, pointers)
    model.solve(points, beam_width=3)["indices"]
    ```

    Reference:
        [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134).
    """

    def __init__(
        self,
        dim=2,
        units=256,
        rule="anything",
        glimpse=False,
        order="given",
        bidirectional=False,
        places=None,
        name="pointer_network",
    ):
        check_positive("dim", dim)
        check_positive("units", units)
        check_choice("rule", rule, RULES)
        check_choice("order", order, ORDERS)
        if order == "angle" and dim != 2:
            raise ValueError(f"Expected dim=2 for order='angle'. Received: dim={dim}")
        if bidirectional and units % 2:
            raise ValueError(f"Expected even units, to be halved. Received: units={units}")
        points = keras.Input((None, dim), name="points")
        length = keras.Input((), dtype="int32", name="length")
        pointers = keras.Input((None,), dtype="int32", name="pointers")
        small = keras.initializers.RandomUniform(-0.08, 0.08)
        is_point = (
            ops.cumsum(ops.ones_like(points[..., 0], "int32"), axis=1) <= length[:, None]
        )
        seen = standardized(points, is_point)  # x
        encoder = _encoder(units, bidirectional)
        if order == "angle":
            read = by_angle(seen, is_point)[..., None]
            encoded, *state = encoder(ops.take_along_axis(seen, read, axis=1), mask=is_point)
            encoded = ops.take_along_axis(encoded, ops.argsort(read, axis=1), axis=1)
        else:
            encoded, *state = encoder(seen, mask=is_point)
        memory = layers.LearnedFirst(small.clone(), name="end")(encoded)  # e_0, e
        known = layers.LearnedFirst(small.clone(), name="start")(seen)  # x_0, x
        may = ops.pad(is_point, [[0, 0], [1, 0]], constant_values=True)
        before = ops.maximum(ops.pad(pointers, [[0, 0], [1, 0]])[:, :-1], END)
        decoder = layers.PointerRNN(
            keras.layers.LSTMCell(units, kernel_initializer=WIDE),
            pointer=None if places is None else layers.IndexLogits(places),
            glimpse=layers.Attention("additive") if glimpse else None,
            name="decoder",
        )
        logits = decoder(
            ops.take_along_axis(known, before[..., None], axis=1),
            memory,
            memory_mask=may,
            initial_state=state,
        )
        inputs = {"points": points, "length": length, "pointers": pointers}
        super().__init__(inputs, logits, name=name)
        self._read = keras.Model([points, length], [known, memory, may, *state])
        self.arguments = {
            "dim": dim,
            "units": units,
            "rule": rule,
            "glimpse": glimpse,
            "order": order,
            "bidirectional": bidirectional,
            "places": places,
            "name": name,
        }
        self.compile(
            keras.optimizers.Adam(1e-3, global_clipnorm=2.0),
            loss=keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, ignore_class=-1
            ),
            jit_compile=keras.backend.backend() != "torch",
        )

    def solve(self, points, length=None, beam_width=1, rule=None):
        """The likeliest answer to each set of points that a search finds under the rule.

        At each step, points that the rule forbids leave their probability to the others.

        Args:
            points: Shape `(batch, n, dim)`.
            length: How many of them there are, `(batch,)`; all of them if absent.
            beam_width: How many beginnings are kept; with 1, each step takes the likeliest.
            rule: A rule other than the model's. Under `"anything"`, an answer has at most
                2 n points.

        Returns:
            `{"indices": (batch, steps), "log_probability": (batch,)}`: places of points,
            from 0, with -1 after the end.

        Raises:
            ValueError: Points or lengths have another shape, there is no point, arrays or
                lists have coordinates that are not finite or beyond 1e18, or more points
                than they have, `beam_width` is not a positive integer, or the rule is
                unknown. Of tensors the values are not looked at; to what is not finite, the
                answer is empty.
        """
        check_positive("beam_width", beam_width)
        rule = self.arguments["rule"] if rule is None else rule
        check_choice("rule", rule, RULES)
        points = self._checked(points)
        n = ops.shape(points)[1]
        if length is None:
            length = n + ops.zeros_like(points[:, 0, 0], "int32")
        length = _checked_length(length, points)
        rule = RULES[rule]
        known, memory, may, *state = self._read([points, length])
        # A rule looks at the points as they are, not as a mixed policy rounds them.
        corners, known, memory, may, most = (
            ops.repeat(x, beam_width, axis=0)
            for x in (points, known, memory, may, rule.longest(length)[:, None])
        )
        decoder = self.get_layer("decoder")
        reader = decoder.reader(memory, may)
        longest = rule.longest(n)
        place = ops.arange(longest)

        def step(last, states):
            last = ops.reshape(last, (-1,))
            path, *states = [ops.reshape(s, (-1, ops.shape(s)[-1])) for s in states]
            path = ops.where(place == number_of(path)[:, None], last[:, None], path)
            inputs = ops.take_along_axis(known, last[:, None, None], axis=1)[:, 0]
            logits, states = decoder.step(inputs, states, reader)
            allowed = rule.allowed(path, corners, may[:, 1:])
            is_room = number_of(path)[:, None] < most - 1
            allowed = ops.where(is_room, allowed, ops.arange(n + 1) == END)
            # Below what a baseline says of places that it does not know.
            said = ops.log_softmax(ops.where(allowed, logits, 2 * LOWEST))
            beams = (-1, beam_width)
            return (
                ops.reshape(said, (*beams, ops.shape(said)[-1])),
                [ops.reshape(s, (*beams, ops.shape(s)[-1])) for s in (path, *states)],
            )

        path = ops.zeros_like(place) + ops.zeros_like(length)[:, None]
        tokens, scores = beam_search(step, [path, *state], END, END, beam_width, longest)
        return {"indices": tokens[:, 0] - 1, "log_probability": scores[:, 0]}

    def _checked(self, points):
        is_array = isinstance(points, ARRAYS)
        if is_array:
            points = np.asarray(points, "float64")
        else:
            points = widen(ops.convert_to_tensor(points))
        shape = tuple(points.shape)
        if len(shape) != 3 or shape[-1] != self.arguments["dim"] or 0 in shape:
            raise ValueError(
                f"Expected points (batch, n, {self.arguments['dim']}), one or more. "
                f"Received: shape {shape}"
            )
        if is_array and not (np.abs(points) <= FARTHEST).all():
            raise ValueError(
                f"Expected finite coordinates, up to {FARTHEST:g}. Received: others"
            )
        # About the first of them, before what is far from the origin is rounded.
        return ops.cast(points - points[:, :1], "float32")

    def endpoints(self):
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

    def trace(self, inputs):
        """Where each step points: `{"weights": (batch, steps, 1 + n)}`, a NumPy array."""
        weights = ops.softmax(self(inputs, training=False))
        return {"weights": ops.convert_to_numpy(weights)}


def _encoder(units, bidirectional):
    """A function of points and their mask: what is read, and the last states h and c."""
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


def _checked_length(length, points):
    sets, n = points.shape[:2]
    is_array = isinstance(length, ARRAYS)
    array = np.asarray(length) if is_array else ops.convert_to_tensor(length)
    fits = len(array.shape) == 1 and (array.shape[0] == sets or None in (*array.shape, sets))
    if is_array and fits:
        fits = array.dtype != bool and np.isin(array, np.arange(n + 1)).all()
    if not fits:
        raise ValueError(
            f"Expected lengths of {sets} sets, whole numbers from 0 to {n}. "
            f"Received: {length}"
        )
    return ops.cast(array, "int32")
