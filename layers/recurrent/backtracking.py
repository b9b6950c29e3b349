"""Sparse attentive backtracking: a recurrent layer that is reminded of a few of its past
states, and learns through those alone."""

import keras
from keras import ops

from ..attention import scores
from ..attention.selections import Softmax
from ..masks import check_mask, mask_scores
from ..precision import widen
from ..sublayers import build_once, deserialized
from ..time_loop import check_cell, first_states, over_time, weights_read_once
from ..validation import check_natural, check_positive
from .microstates import recall, store


@keras.saving.register_keras_serializable(package="keras_memory")
class SparseAttentiveBacktracking(keras.layers.Layer):
    """A recurrent layer that retrieves a few of its past states at every step.

    ĥ_t, c_t = cell(x_t, h_{t-1}, c_{t-1})
    s_t = Σ_i w_{t,i} m_i,  w_t the soft-max of the k_top largest of score(ĥ_t, m_i)
    h_t = ĥ_t + s_t,  output [h_t; s_t],  m_{t / k_att} = h_t where k_att divides t

    h is the first of the cell's states, c are the others; t counts from 1.

    Forward, every microstate m_i is compared with the state (sparse retrieval). Backward,
    the gradient reaches the few that were retrieved, and from each goes on through the
    steps before it (sparse replay): h and c pass gradients on within stretches of k_trunc
    steps, from one stretch to the next nothing but the microstates does.

    With `k_top=0` nothing is retrieved, the output is h_t, and learning is truncated
    back-propagation through time; with `k_trunc=None`, too, the full one. With
    `k_top=None`, `k_att=1` and `k_trunc=None` it is self-attention over all the past.

    What the backward pass needs is kept for each step. Compiled, that is k_top microstates
    and what the cell keeps, not the memory; with `k_top=None` it is the memory.

    Masked steps are passed over, wherever they are: nothing is computed, counted or stored,
    and the output is that of the step before.

    Args:
        cell: A cell without dropout, as `keras.layers.LSTMCell(units)`. GRU cells are for
            short sequences alone: see the reference.
        k_top: How many microstates are retrieved; `None`: all.
        k_trunc: Length of the stretches that gradients pass; `None`: that of the sequence.
        k_att: Every how many steps the state is stored.
        score: Of ĥ and microstates: a layer or its name, as for `Attention`.
        return_sequences: Whether to return the output of every step, or of the last.

    Call arguments:
        inputs: x, shape `(batch, steps, dim)`.
        mask: Booleans of shape `(batch, steps)`; `True`: a step.
        inputs_mask: The same, as Keras calls its implicit mask beside an `initial_state`.
        initial_state: h_0 and c_0, a tensor or a list of them; the cell's own if absent.
        return_attention_scores: Whether to return the weights w, too.
        training: Handed on to the cell.

    Returns:
        Shape `(batch, 2 * units)`, with `return_sequences=True` `(batch, steps, 2 * units)`;
        `units` wide with `k_top=0`. With `return_attention_scores=True` also the weights,
        `(batch, steps, steps // k_att)`: column i is that of the state after step
        (i + 1) · k_att. At masked steps they are 0.

    Raises:
        ValueError: The cell is no cell, is a stack of cells, has dropout or states that are
            no vectors; `k_top` is no integer of 0 or more, `k_trunc` or `k_att` none above
            0; the inputs have another rank, or are known to have no steps, or fewer than
            `k_att` (where the number is not known, nothing is retrieved then); the mask has
            another shape, or initial states are more, fewer, or wider or narrower than the
            cell's.

    Example:

    >>> layer = SparseAttentiveBacktracking(keras.layers.LSTMCell(4), k_top=2, k_att=2)
    >>> keras.ops.shape(layer(keras.ops.ones((2, 6, 3))))
    (2, 8)

    Reference:
        [Ke et al., 2018](https://arxiv.org/abs/1809.03702), section 3 and algorithm 1. There
        a weight is what a score exceeds the (k_top + 1)-th largest by, over the sum of
        these; here it is the soft-max, which is normalised while fewer are stored, too. The
        published code compares ĥ and m in two separate terms, of which that of ĥ cancels
        out; here the score sees both together. As there, h is a sum, and nothing bounds it: a
        GRU cell, which carries h on as it is, can double it at every step.
    """

    def __init__(
        self,
        cell,
        k_top=5,
        k_trunc=5,
        k_att=1,
        score="additive",
        return_sequences=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.supports_masking = True
        check_cell(cell)
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

    @property
    def units(self):
        """Width of h."""
        size = self.cell.state_size
        return size if isinstance(size, int) else size[0]

    def build(self, inputs_shape):
        self._check_shape(inputs_shape)
        build_once(self.cell, (inputs_shape[0], inputs_shape[-1]))
        if self.k_top != 0:
            build_once(
                self.score,
                (inputs_shape[0], 1, self.units),
                (inputs_shape[0], None, self.units),
            )

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
        batch, steps = ops.shape(inputs)[:2]
        state, *others = first_states(self.cell, batch, initial_state)
        state = ops.cast(state, self.compute_dtype)
        there = ops.ones((batch, steps, 1), inputs.dtype)
        mask = inputs_mask if mask is None else mask
        if mask is not None:
            check_mask("mask", mask, inputs.shape[:2])
            there = there * ops.cast(mask, inputs.dtype)[..., None]
            inputs = ops.where(there > 0, inputs, 0)  # else their NaN would reach gradients
        slots = steps // self.k_att
        zero = ops.zeros((batch, 1), "int32")
        # Outputs are written to a memory, too: kept by the loop, those of all steps would be
        # copied at each step of the backward pass under TensorFlow and XLA.
        kept = steps if self.return_sequences else 0
        kept = ops.zeros((batch, kept, self._width), self.compute_dtype)

        def step(inputs, states):
            kept, position, *states = states
            output, weights, states = self._step(inputs, states, slots, training)
            if self.return_sequences:
                kept = store(kept, position, output[:, None])
            shown = weights if return_attention_scores else position
            return shown, [kept, position + 1, *states]

        shown, (kept, _, _, *states) = weights_read_once(
            self,
            lambda: over_time(
                step,
                ops.concatenate([inputs, there], axis=-1),
                [kept, zero, zero, state, *others, *self._nothing(batch, slots)],
            ),
        )
        output = kept if self.return_sequences else self._output(states)
        return (output, shown) if return_attention_scores else output

    @property
    def _width(self):
        return self.units if self.k_top == 0 else 2 * self.units

    def _output(self, states):
        """[h; s], of which s is the last state but two."""
        if self.k_top == 0:
            return states[0]
        return ops.concatenate([states[0], states[-3]], axis=-1)

    def _nothing(self, batch, slots):
        """s, the memory, and what the score needs of it, before the first step."""
        if self.k_top == 0:
            return []
        # A row more takes what is not stored. There are k_top to choose from at any time.
        empty = ops.zeros((batch, slots + (self.k_top or 1), self.units), self.compute_dtype)
        # What a score adds to keys of its own, as a bias, is learned from what is stored.
        return [empty[:, 0], empty, ops.stop_gradient(self.score.prepare(empty))]

    def _step(self, inputs, states, slots, training):
        """Output, weights and states."""
        inputs, there = inputs[:, :-1], inputs[:, -1:] > 0
        done, *states = states  # done: t - 1
        now = done + ops.cast(there, "int32")
        past, reminded = (states, []) if self.k_top == 0 else (states[:-3], states[-3:])
        new = self._advance(inputs, past, done, training)
        weights = ops.zeros((ops.shape(inputs)[0], slots), self.compute_dtype)
        if self.k_top != 0:
            summary, *memory = reminded
            read, weights, memory = self._retrieve(new[0], *memory, done // self.k_att)
            new[0] = new[0] + read  # h_t = ĥ_t + s_t
            is_stored = there & (now % self.k_att == 0)
            slot = ops.where(is_stored, done // self.k_att, slots)
            h = new[0][:, None]
            rows = h, self.score.prepare(h)
            memory = [store(m, slot, row) for m, row in zip(memory, rows, strict=True)]
            reminded = [ops.where(there, read, summary), *memory]
            weights = ops.where(there, weights[:, :slots], 0)
        new = [ops.where(there, n, p) for n, p in zip(new, past, strict=True)]
        states = [*new, *reminded]
        return self._output(states), weights, [now, *states]

    def _advance(self, inputs, past, done, training):
        """The cell's states after a step: ĥ_t and c_t."""
        if self.k_trunc is not None:
            is_cut = (done > 0) & (done % self.k_trunc == 0)
            past = [ops.where(is_cut, ops.stop_gradient(p), p) for p in past]
        _, new = self.cell(inputs, past, training=training)
        new = new if isinstance(new, (list, tuple)) else [new]
        return [ops.cast(n, p.dtype) for n, p in zip(new, past, strict=True)]

    def _retrieve(self, state, memory, keys, stored):
        """s_t, w_t for all rows of the memory, and memory and keys to go on with."""
        query, rows = state[:, None], ops.arange(ops.shape(memory)[1], dtype="int32")
        scores = self.score.compare(query, keys)
        is_stored = (rows < stored)[:, None]
        if self.k_top is None:
            weights = self.selection(scores, is_stored)
            return ops.matmul(weights, memory)[:, 0], weights[:, 0], [memory, keys]
        # What is chosen among passes no gradient on; what is chosen is compared again.
        scores = mask_scores(widen(ops.stop_gradient(scores)), is_stored)[:, 0]
        indices = ops.top_k(scores, self.k_top)[1]
        found, memory = recall(memory, indices)
        found_keys, keys = recall(keys, indices)
        scores = self.score.compare(query, found_keys)
        weights = self.selection(scores, (indices < stored)[:, None])[:, 0, :, None]
        read = ops.sum(weights * found, axis=1)
        weights = ops.sum(ops.where(indices[..., None] == rows, weights, 0), axis=1)
        return read, weights, [memory, keys]

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
        }

    @classmethod
    def from_config(cls, config):
        return cls(**deserialized(config, "cell"))
