"""The transducer, as a model: a source of symbols in, a target of symbols out."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ... import layers
from ...layers.machines.tape_heads import largest_index
from ...layers.time_loop import over_time
from ...layers.validation import check_choice, check_positive
from ..saving.pretrained import Endpoints, PretrainedModel

STRUCTURES = {
    "stack": layers.NeuralStack,
    "queue": layers.NeuralQueue,
    "deque": layers.NeuralDeQue,
}
END, PADDING = 0, -1  # of targets
# Deviation of a symbol's vector at first: of Keras's own, far smaller, little is stored.
EMBEDDED = 1.0


@keras.saving.register_keras_serializable(package="keras_memory")
class MemoryTransducer(PretrainedModel):
    """A recurrent network with a stack, queue or deque that reads a source, writes a target.

    [h_t, r_t] = StructuredMemoryCell(embed(x_t)),  logits_t = W [h_t, r_t] + b

    The x_t are the source, a mark of its end, and then the target so far, all read by one
    cell. Takes `{"source": (batch, n), "target": (batch, m)}` for teacher forcing: symbols
    from 1, after which a source has 0, and a target its end, 0, and then -1. It gives logits
    `(batch, m, target_symbols + 1)` of the end and the symbols, each of which depends on the
    source and the target before it. `solve` takes sources alone, and reads what it wrote.

    Args:
        source_symbols: How many symbols a source has.
        target_symbols: How many a target has.
        structure: `"stack"`, `"queue"`, `"deque"`, or `"lstm"` for the controller alone.
        structures: How many of them.
        controller_units: Units of each LSTM of the controller.
        controller_layers: How many LSTMs the controller has, one above the other.
        embedding_units: Width of a symbol's vector.
        memory_width: Width of a value in the structure.

    Raises:
        ValueError: A size is not a positive integer, or the structure is unknown.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    source = np.random.default_rng(0).integers(1, 9, (32, 6))
    target = np.pad(source[:, ::-1], ((0, 0), (0, 1)))  # reversed, and the end
    model = zoo.MemoryTransducer(8, 8, structure="stack", controller_units=32)
    model.fit({"source": source, "target": target}, target)
    model.solve(source)  # (32, 12)
    ```

    Reference:
        [Grefenstette et al., 2015](https://arxiv.org/abs/1506.02516). There, what is read
        reaches the output a step later than here.
    """

    needs_steps = True

    def __init__(
        self,
        source_symbols: int = 128,
        target_symbols: int = 128,
        structure: str = "queue",
        structures: int = 1,
        controller_units: int = 256,
        controller_layers: int = 1,
        embedding_units: int = 64,
        memory_width: int = 256,
        name: str = "memory_transducer",
    ) -> None:
        arguments = {
            "source_symbols": source_symbols,
            "target_symbols": target_symbols,
            "structure": structure,
            "structures": structures,
            "controller_units": controller_units,
            "controller_layers": controller_layers,
            "embedding_units": embedding_units,
            "memory_width": memory_width,
        }
        check_choice("structure", structure, [*STRUCTURES, "lstm"])
        for argument, value in arguments.items():
            if argument != "structure":
                check_positive(argument, value)
        cell = _controller(controller_units, controller_layers)
        if structure != "lstm":
            several = [STRUCTURES[structure](memory_width) for _ in range(structures)]
            cell = layers.StructuredMemoryCell(cell, several, name="cell")
        source = keras.Input((None,), dtype="int32", name="source")
        target = keras.Input((None,), dtype="int32", name="target")
        # The symbols of the source, from 1; the mark, which is the end; those of the target.
        embed = keras.layers.Embedding(
            source_symbols + target_symbols + 2,
            embedding_units,
            embeddings_initializer=keras.initializers.RandomNormal(stddev=EMBEDDED),
            name="embedding",
        )
        memory = layers.MemoryRNN(cell, return_sequences=True, name="memory")
        to_logits = keras.layers.Dense(target_symbols + 1, name="logits")
        length = _length(source)
        outputs = memory(embed(_read(source, target, length, source_symbols + 1)))
        logits = to_logits(_of_target(outputs, length, target))
        super().__init__({"source": source, "target": target}, logits, name=name)
        self.embed, self.memory, self.to_logits = embed, memory, to_logits
        self.arguments = {**arguments, "name": name}
        self.compile_default(
            keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
            loss=keras.losses.SparseCategoricalCrossentropy(
                from_logits=True, ignore_class=PADDING
            ),
        )

    def solve(self, source: Any, steps: Any = None) -> Any:
        """The target of each source, the likeliest symbol at each step.

        Args:
            source: Symbols `(batch, n)` from 1, after which there are zeros.
            steps: How many symbols are written at most; twice as many as n if absent.

        Returns:
            Symbols, `(batch, steps)`, 0 after the end.

        Raises:
            ValueError: Arrays or lists have a symbol that is unknown, or zeros before one, or
                another shape; or `steps` is not a positive integer.
        """
        if steps is not None:
            check_positive("steps", steps)
        if isinstance(source, (list, tuple, np.ndarray)):
            source = self._checked(source)
        return self.run_compiled("_target", ops.cast(source, "int32"), steps=steps)

    def _target(self, source, steps):
        batch, n = ops.shape(source)
        steps = 2 * n if steps is None else steps
        length = _length(source)
        target = ops.zeros((batch, steps), "int32")
        symbols = ops.concatenate([source, target], axis=1)[..., None]
        first = self.memory.get_initial_state(batch, n + steps)
        flat = keras.tree.flatten(first)
        mark = self.arguments["source_symbols"] + 1

        def step(symbol, states):
            last, *states = states
            inputs = self.embed(ops.where(symbol > 0, symbol, last + mark)[:, 0])
            states = keras.tree.pack_sequence_as(first, states)
            outputs, states = self.memory.cell(inputs, states, training=False)
            largest = largest_index(self.to_logits(outputs))[..., None]
            last = ops.where(symbol > 0, last, ops.cast(largest, "int32"))
            return last, [last, *keras.tree.flatten(states)]

        states = [ops.zeros((batch, 1), "int32"), *flat]
        written, _ = over_time(step, symbols, states, layer=self)
        written = _of_target(written, length, target)[..., 0]
        is_end = ops.cast(written == END, "int32")
        return ops.where(ops.cumsum(is_end, axis=1) > 0, END, written)

    def _checked(self, source):
        symbols, most = np.asarray(source), self.arguments["source_symbols"]
        fits = symbols.ndim == 2 and symbols.size and symbols.dtype.kind in "iu"
        is_padded = fits and not ((symbols[:, :-1] == 0) & (symbols[:, 1:] != 0)).any()
        if not is_padded or symbols.min() < 0 or symbols.max() > most:
            numbers = f", from {symbols.min()} to {symbols.max()}" if fits else ""
            raise ValueError(
                f"Expected a source (batch, n), whole numbers from 1 to {most}, then zeros. "
                f"Received: {symbols.dtype} of shape {symbols.shape}{numbers}"
            )
        return symbols

    def endpoints(self) -> Endpoints:
        """Of a SavedModel: from sources to targets."""
        source = keras.InputSpec("int32", (None, None), name="source")
        return {
            "serving_default": (lambda source: {"target": self.solve(source)}, [source]),
            "teacher_forced": (
                lambda inputs: self(inputs, training=False),
                self.signature(),
            ),
        }

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What the cell does while it reads a source and its target, step by step.

        Args:
            inputs: A dictionary of `source` and `target`, as above.

        Returns:
            Tensors, each `(batch, n + m, ...)`: `symbols`, numbers of the embedding; and
            of each structure, of number i, `values_i`, `strengths_i`, and what is read,
            `reads`.
        """
        source, target = (ops.cast(inputs[k], "int32") for k in ("source", "target"))
        mark = self.arguments["source_symbols"] + 1
        symbols = _read(source, target, _length(source), mark)
        trace = {"symbols": symbols}
        if self.arguments["structure"] != "lstm":
            _, states = self.memory.cell.trace(self.embed(symbols))
            trace |= {k: v for k, v in states.items() if not k.startswith("controller")}
        return trace

    def trace_endpoints(self) -> Endpoints:
        """Besides `trace`, the target that the model writes, `solve`."""
        return {**super().trace_endpoints(), "solve": self.endpoints()["serving_default"]}


def _controller(units, count):
    cells = [keras.layers.LSTMCell(units) for _ in range(count)]
    return cells[0] if count == 1 else keras.layers.StackedRNNCells(cells)


def _length(source):
    """How many symbols there are before the zeros, `(batch, 1)`."""
    return ops.sum(ops.cast(source > 0, "int32"), axis=1, keepdims=True)


def _positions(symbols):
    """0, 1, 2 … of each row, `(batch, n)`."""
    return ops.cumsum(ops.ones_like(symbols, "int32"), axis=1) - 1


def _read(source, target, length, mark):
    """All that is read, `(batch, n + m)`: source, mark, and the target but for its end."""
    last = ops.pad(ops.maximum(target, END), [[0, 0], [1, 0]])[:, :-1]
    symbols = ops.concatenate([source, last + mark], axis=1)
    position, padding = _positions(symbols), _positions(source)[:, -1:] + 1 - length
    index = ops.where(position < length, position, position + padding)
    end = position[:, -1:]
    read = ops.take_along_axis(symbols, ops.minimum(index, end), axis=1)
    return ops.where(index <= end, read, 0)


def _of_target(outputs, length, target):
    """Of outputs `(batch, n + m, size)` those after the source, `(batch, m, size)`."""
    index = length + _positions(target)
    return ops.take_along_axis(outputs, index[..., None], axis=1)
