"""Sparse attentive backtracking: a recurrent layer that retrieves the k best matching of its
past states, and learns through those alone."""

from typing import Unpack

import keras
from keras import ops, tree

from ..argument_types import LayerOptions, ScoreLike
from ..attention import scores
from ..attention.selections import Softmax
from ..layer import Layer
from ..masks import check_mask, mask_scores
from ..memory_rows import recall, store
from ..precision import widen
from ..sublayers import build_sublayer, deserialized
from ..time_loop import cell_step, check_vector_cell, first_states, over_time, units_of
from ..validation import check_natural, check_not_empty, check_positive


@keras.saving.register_keras_serializable(package="keras_memory")
class SparseAttentiveBacktracking(Layer):
    """A recurrent layer that attends to the k_top best matching of its past states.

    ĥ_t, c_t = cell(x_t, h_{t-1}, c_{t-1})
    s_t = Σ_i w_{t,i} m_i,  w_t the soft-max of the k_top largest of score(ĥ_t, m_i)
    h_t = ĥ_t + s_t,  output [h_t; s_t],  m_{t / k_att} = h_t where k_att divides t

    h is the first of the cell's states, c are the others; t counts from 1.

    Forward, every microstate m_i is compared with the state (sparse retrieval). Backward,
    the gradient reaches the k_top that were retrieved, and from each continues through
    the steps before it (sparse replay): h and c pass gradients on within segments of k_trunc
    steps, from one segment to the next the microstates alone do.

    With `k_top=0` nothing is retrieved, the output is h_t, and learning is truncated
    back-propagation through time; with `k_trunc=None`, too, the full one. With
    `k_top=None`, `k_att=1` and `k_trunc=None` it is self-attention over all the past.

    The backward pass needs some tensors of each step. Compiled, they are k_top microstates
    and those of the cell, not the memory; with `k_top=None` they are the memory.

    Masked steps are skipped, wherever they are: nothing is computed, counted or stored, and
    the output is that of the step before.

    Args:
        cell: A cell, as `keras.layers.LSTMCell(units)`. GRU cells are for short sequences
            alone: see the reference.
        k_top: How many microstates are retrieved; `None`: all.
        k_trunc: Length of the segments that gradients pass; `None`: that of the sequence.
        k_att: Every how many steps the state is stored.
        score: Of ĥ and microstates: a layer or a name, as for `Attention`.
        return_sequences: Whether to return the output of every step, or of the last.
        go_backwards: Whether to take the last step first, and return outputs in that order,
            as `keras.layers.Bidirectional` needs.

    Call arguments:
        inputs: x, shape `(batch, steps, dim)`.
        mask: Booleans of shape `(batch, steps)`; `True`: a step.
        inputs_mask: The same, as Keras calls its implicit mask beside an `initial_state`.
        initial_state: h_0 and c_0, a tensor or a list of them; the cell's own if absent.
        return_attention_scores: Whether to return the weights w, too.
        training: Passed on to the cell.

    Returns:
        Shape `(batch, 2 * units)`, with `return_sequences=True` `(batch, steps, 2 * units)`;
        `units` wide with `k_top=0`. With `return_attention_scores=True` also the weights,
        `(batch, steps, steps // k_att)`: column i is that of the state after step
        (i + 1) · k_att. At masked steps they are 0.

    Raises:
        ValueError: The cell is not a cell, is a stack of cells, or has states that are not
            vectors; `k_top` is not an integer of 0 or more, `k_trunc` or `k_att` not one
            above 0; the inputs have another rank, or are known to have no steps, or fewer
            than `k_att` (where the number is not known, nothing is retrieved then); the mask
            has another shape, or initial states are more, fewer, or wider or narrower than
            the cell's.

    Cost:
        T² / `k_att` comparisons for T steps, of which gradients pass `k_top` a step;
        memory grows with T, and with T² / `k_att` if all are retrieved.

    Example:

    >>> layer = SparseAttentiveBacktracking(keras.layers.LSTMCell(4), k_top=2, k_att=2)
    >>> keras.ops.shape(layer(keras.ops.ones((2, 6, 3))))
    (2, 8)

    Reference:
        [Ke et al., 2018](https://arxiv.org/abs/1809.03702), section 3 and algorithm 1. There
        a weight is what a score exceeds the (k_top + 1)-th largest by, over the sum of
        these; here it is the soft-max, which is normalised while fewer are stored, too. The
        published code compares ĥ and m in two separate terms, of which that of ĥ cancels
        out; here the score compares the two. As there, h is a sum, and nothing bounds it: a
        GRU cell, which carries h on as it is, can double it at every step.
    """

    stateful = return_state = False  # which `Bidirectional` reads

    def __init__(
        self,
        cell: keras.layers.Layer,
        k_top: int | None = 5,
        k_trunc: int | None = 5,
        k_att: int = 1,
        score: ScoreLike = "additive",
        return_sequences: bool = False,
        go_backwards: bool = False,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        check_vector_cell(cell)
        if k_top is not None:
            check_natural("k_top", k_top)
        if k_trunc is not None:
            check_positive("k_trunc", k_trunc)
        check_positive("k_att", k_att)
        self.cell = cell
        self.k_top = k_top
        self.k_trunc = k_trunc
        self.k_att = k_att
        self.score = scores.get(score, self.dtype_policy)
        self.selection = Softmax(dtype=self.dtype_policy)
        self.return_sequences = return_sequences
        self.go_backwards = go_backwards

    @property
    def units(self) -> int:
        """Width of h."""
        return units_of(self.cell)

    def build(self, inputs_shape):
        self._check_shape(inputs_shape)
        build_sublayer(self, self.cell, (inputs_shape[0], inputs_shape[-1]))
        if self.k_top != 0:
            build_sublayer(
                self,
                self.score,
                (inputs_shape[0], 1, self.units),
                (inputs_shape[0], None, self.units),
            )
            build_sublayer(self, self.selection, (inputs_shape[0], 1, None))

    def _check_shape(self, shape):
        if len(shape) != 3:
            raise ValueError(
                f"Expected inputs (batch, steps, dim) for {self.name}. Received: "
                f"{tuple(shape)}"
            )
        needed, steps = self.k_att, f"k_att={self.k_att} steps"
        if self.k_top == 0:
            needed, steps = 1, "1 step"
        if shape[1] is not None and shape[1] < needed:
            raise ValueError(
                f"Expected at least {steps} for {self.name}. Received: {shape[1]}"
            )

    def call(
        self,
        inputs,
        mask=None,
        initial_state=None,
        return_attention_scores=False,
        training=False,
        inputs_mask=None,
    ):
        self._check_shape(inputs.shape)
        check_not_empty(self.name, inputs=inputs)
        batch, steps = ops.shape(inputs)[:2]
        step_mask = ops.ones((batch, steps, 1), inputs.dtype)
        mask = inputs_mask if mask is None else mask
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:2])
            step_mask = step_mask * ops.cast(mask, inputs.dtype)[..., None]
            inputs = ops.where(step_mask > 0, inputs, 0)  # their NaN would reach gradients
        if self.go_backwards:
            inputs, step_mask = (ops.flip(x, axis=1) for x in (inputs, step_mask))
        slots = steps // self.k_att
        first = self._first_state(batch, steps, slots, initial_state)

        def step(inputs, flat):
            state = tree.pack_sequence_as(first, flat)
            weights, state = self._step(inputs, state, slots, training)
            # The loop stacks what is returned: something small, unless weights are requested.
            stacked = weights if return_attention_scores else state["position"]
            return stacked, tree.flatten(state)

        stacked, flat = over_time(
            step,
            ops.concatenate([inputs, step_mask], axis=-1),
            tree.flatten(first),
            layer=self,
        )
        last = tree.pack_sequence_as(first, flat)
        output = last["outputs"] if self.return_sequences else self._output(last)
        return (output, stacked) if return_attention_scores else output

    @property
    def _width(self):
        return self.units if self.k_top == 0 else 2 * self.units

    def _output(self, state):
        """[h; s]."""
        h = state["cell"][0]
        return h if self.k_top == 0 else ops.concatenate([h, state["retrieved"]], axis=-1)

    def _first_state(self, batch, steps, slots, initial_state):
        """What the loop carries from step to step, by name."""
        h, *others = first_states(self.cell, batch, initial_state)
        zero = ops.zeros((batch, 1), "int32")
        state = {
            "cell": [ops.cast(h, self.compute_dtype), *others],
            "position": zero,  # in the sequence, masked steps included
            "step_count": zero,  # of steps that are not masked
        }
        if self.return_sequences:
            # Written to a memory, too: stacked by the loop, the outputs of all steps would be
            # copied at each step of the backward pass under TensorFlow and XLA.
            state["outputs"] = ops.zeros((batch, steps, self._width), self.compute_dtype)
        if self.k_top != 0:
            # One more row takes what is not stored; there are always k_top to choose from.
            rows = slots + (self.k_top or 1)
            memory = ops.zeros((batch, rows, self.units), self.compute_dtype)
            state["retrieved"] = memory[:, 0]  # s
            state["memory"] = memory  # m
            # What a score adds to keys of its own, as a bias, is learned from stored states.
            state["keys"] = ops.stop_gradient(self.score.prepare(memory))
        return state

    def _step(self, inputs, state, slots, training):
        """Weights, and the state after a step."""
        inputs, is_step = inputs[:, :-1], inputs[:, -1:] > 0
        before = state["step_count"]  # t - 1
        step_count = before + ops.cast(is_step, "int32")  # t
        next_state = {"position": state["position"] + 1, "step_count": step_count}
        cell_state = self._advance(inputs, state["cell"], before, training)  # ĥ_t, c_t
        weights = ops.zeros((ops.shape(inputs)[0], slots), self.compute_dtype)
        if self.k_top != 0:
            retrieved, weights, memory, keys = self._retrieve(
                cell_state[0], state["memory"], state["keys"], before // self.k_att
            )
            cell_state[0] = cell_state[0] + retrieved  # h_t = ĥ_t + s_t
            is_stored = is_step & (step_count % self.k_att == 0)
            slot = ops.where(is_stored, before // self.k_att, slots)
            h = cell_state[0][:, None]
            next_state["retrieved"] = ops.where(is_step, retrieved, state["retrieved"])
            next_state["memory"] = store(memory, slot, h)
            next_state["keys"] = store(keys, slot, self.score.prepare(h))
            weights = ops.where(is_step, weights[:, :slots], 0)
        next_state["cell"] = [
            ops.where(is_step, new, old)
            for new, old in zip(cell_state, state["cell"], strict=True)
        ]
        if self.return_sequences:
            output = self._output(next_state)[:, None]
            next_state["outputs"] = store(state["outputs"], state["position"], output)
        return weights, next_state

    def _advance(self, inputs, cell_state, before, training):
        """The cell's states after a step: ĥ_t and c_t."""
        if self.k_trunc is not None:
            is_cut = (before > 0) & (before % self.k_trunc == 0)
            cell_state = [ops.where(is_cut, ops.stop_gradient(s), s) for s in cell_state]
        _, new = cell_step(self.cell, inputs, cell_state, training)
        return [ops.cast(n, s.dtype) for n, s in zip(new, cell_state, strict=True)]

    def _retrieve(self, state, memory, keys, stored):
        """s_t, w_t for all rows of the memory, and memory and keys to continue with."""
        query, rows = state[:, None], ops.arange(ops.shape(memory)[1], dtype="int32")
        scores = self.score.compare(query, keys)
        is_stored = (rows < stored)[:, None]
        if self.k_top is None:
            weights = self.selection(scores, is_stored)
            return ops.matmul(weights, memory)[:, 0], weights[:, 0], memory, keys
        # The choice has no gradient; the microstates that it chose are compared again.
        scores = mask_scores(widen(ops.stop_gradient(scores)), is_stored)[:, 0]
        indices = ops.top_k(scores, self.k_top)[1]
        retrieved, memory = recall(memory, indices)
        retrieved_keys, keys = recall(keys, indices)
        scores = self.score.compare(query, retrieved_keys)
        weights = self.selection(scores, (indices < stored)[:, None])[:, 0, :, None]
        summary = ops.sum(weights * retrieved, axis=1)
        weights = ops.sum(ops.where(indices[..., None] == rows, weights, 0), axis=1)
        return summary, weights, memory, keys

    def compute_output_spec(
        self,
        inputs,
        mask=None,
        initial_state=None,
        return_attention_scores=False,
        training=False,
        inputs_mask=None,
    ):
        batch, steps, _ = inputs.shape
        shape = (batch, steps, self._width) if self.return_sequences else (batch, self._width)
        output = keras.KerasTensor(shape, self.compute_dtype)
        slots = None if steps is None else steps // self.k_att
        weights = keras.KerasTensor((batch, steps, slots), self.compute_dtype)
        return (output, weights) if return_attention_scores else output

    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask if self.return_sequences else None

    def get_config(self):
        serialize = keras.saving.serialize_keras_object
        return {
            **super().get_config(),
            "cell": serialize(self.cell),
            "k_top": self.k_top,
            "k_trunc": self.k_trunc,
            "k_att": self.k_att,
            "score": serialize(self.score),
            "return_sequences": self.return_sequences,
            "go_backwards": self.go_backwards,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "cell"))
