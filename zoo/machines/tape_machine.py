"""The machine that acts, as a model: symbols on a tape in, symbols out."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ...layers import TapeRNN
from ...layers.machines.tape_heads import largest_index
from ...layers.validation import check_choice, check_positive
from ..metrics.episodes import EpisodeCost, EpisodeReinforce, WrongSymbols, split_answer
from ..saving.pretrained import Endpoints, PretrainedModel

CONTROLLERS = "direct_access", "lstm"


@keras.saving.register_keras_serializable(package="keras_memory")
class TapeMachine(PretrainedModel):
    """A controller whose heads move over tapes: it reads symbols, and predicts others.

    Takes `{"symbols": (batch, steps), "length": (batch,)}`: the input tape, symbols from 1
    with 0 (∅, the end) on both sides, and how many symbols to predict. An episode has as many
    steps as the tape has cells, so zeros at its end are time. Gives `answer`
    `(batch, steps, symbols + 2)`: of each step logits of ∅ and the symbols, and whether it
    predicts, 1 or 0; and `policy`, the same with log π and the baseline of each step, for
    REINFORCE. Targets are the symbols to predict, `(batch, length)`, for both.

    It samples its actions in training and takes the likeliest otherwise. `solve` gives the
    symbols that are predicted.

    Args:
        symbols: How many symbols there are, without ∅.
        controller: `"direct_access"`, which may add what it reads to what it predicts and
            writes; or `"lstm"`, which may not.
        controller_units: Units of the LSTM.
        input_moves: By how many cells the input head may move in a step.
        memory_moves: By how many the memory head may; none for a machine without memory.
        width: Reals of a cell; more than there are symbols.
        window: How many cells a head reads on either side of its own.
        inverse_temperature: Of the policy: the smaller, the nearer it is to uniform.
        init_scale: Standard deviation of all weights at first.

    Raises:
        ValueError: A size is not a positive integer, the controller is unknown, a move is not
            an integer, or cells are too narrow for the symbols.

    Example:

    ```python
    import numpy as np
    from keras_memory import zoo

    symbols = np.random.default_rng(0).integers(1, 31, (32, 3))
    tape = np.pad(symbols, ((0, 0), (1, 4)))  # ∅ a b c ∅ ∅ ∅ ∅: eight steps
    model = zoo.TapeMachine()
    inputs = {"symbols": tape, "length": np.full(32, 3)}
    model.fit(inputs, {"answer": symbols, "policy": symbols})
    model.solve(tape, 3)  # (32, 3)
    zoo.figures.tapes(model.trace(inputs)).savefig("tapes.png")
    ```

    Reference:
        [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521). Unlike there, the
        baseline of a step is a linear function of h_t, times the symbols that remain.
    """

    needs_steps = True

    def __init__(
        self,
        symbols: int = 30,
        controller: str = "direct_access",
        controller_units: int = 100,
        input_moves: Any = (-1, 0, 1),
        memory_moves: Any = (),
        width: int = 35,
        window: int = 1,
        inverse_temperature: float = 0.01,
        init_scale: float = 0.1,
        name: str = "tape_machine",
    ) -> None:
        check_positive("symbols", symbols)
        check_positive("controller_units", controller_units)
        check_positive("width", width)
        check_choice("controller", controller, CONTROLLERS)
        if width <= symbols:
            raise ValueError(
                f"Expected a width above the number of symbols, {symbols}. Received: {width}"
            )
        normal = keras.initializers.RandomNormal(stddev=init_scale)
        tapes = TapeRNN(
            keras.layers.LSTMCell(
                controller_units,
                kernel_initializer=normal.clone(),
                recurrent_initializer=normal.clone(),
            ),
            input_moves=input_moves,
            memory_moves=memory_moves,
            window=window,
            direct_access=controller == "direct_access",
            inverse_temperature=inverse_temperature,
            kernel_initializer=normal.clone(),
            name="tapes",
        )
        to_logits = keras.layers.Dense(
            symbols + 1, kernel_initializer=normal.clone(), name="logits"
        )
        baseline = keras.layers.Dense(1, name="baseline")  # of the cost of a symbol
        inputs = {
            "symbols": keras.Input((None,), dtype="int32", name="symbols"),
            "length": keras.Input((), dtype="int32", name="length"),
        }
        episode = tapes(ops.one_hot(inputs["symbols"], width), inputs["length"])
        logits = to_logits(episode["outputs"])
        answer = ops.concatenate([logits, episode["predicts"][..., None]], axis=-1)
        expected = baseline(ops.stop_gradient(episode["hidden"]))
        expected = expected * episode["remaining"][..., None]
        policy = [ops.stop_gradient(answer), episode["log_policy"][..., None], expected]
        outputs = {"answer": answer, "policy": ops.concatenate(policy, axis=-1)}
        super().__init__(inputs, outputs, name=name)
        self._episode = keras.Model(inputs, {"logits": logits, **episode})
        self.arguments = {
            "symbols": symbols,
            "controller": controller,
            "controller_units": controller_units,
            "input_moves": list(input_moves),
            "memory_moves": list(memory_moves),
            "width": width,
            "window": window,
            "inverse_temperature": inverse_temperature,
            "init_scale": init_scale,
            "name": name,
        }
        self.compile_default(
            keras.optimizers.SGD(0.05, momentum=0.9, global_clipnorm=5.0),
            loss={"answer": EpisodeCost(), "policy": EpisodeReinforce()},
            metrics={"answer": WrongSymbols()},
        )

    def solve(self, symbols: Any, length: Any) -> np.ndarray:
        """The symbols that are predicted from tapes, with the likeliest actions.

        Args:
            symbols: Tapes `(batch, steps)`, with ∅ (0) on both sides.
            length: How many symbols to predict: a number for all, or one for each tape.

        Returns:
            Symbols, `(batch, largest length)`, 0 after the end.

        Raises:
            ValueError: A symbol is unknown, or more are to be predicted than there are steps.
        """
        tape = self._tape(symbols)
        lengths = np.asarray(length)
        is_whole = lengths.dtype.kind in "iu" and lengths.shape in ((), (len(tape),))
        if not is_whole or lengths.min() < 1 or lengths.max() > tape.shape[1]:
            raise ValueError(
                f"Expected length, a whole number from 1 to the steps, {tape.shape[1]}, or "
                f"one for each of {len(tape)} tapes. Received: {length!r:.80}"
            )
        lengths = np.broadcast_to(lengths, len(tape))
        inputs = {"symbols": tape, "length": lengths.astype("int32")}
        predicted = self.run_compiled("_predicted", inputs)
        return ops.convert_to_numpy(predicted)[:, : lengths.max()]

    def _tape(self, symbols):
        tape, most = np.asarray(symbols), self.arguments["symbols"]
        is_whole = tape.ndim == 2 and tape.size and tape.dtype.kind in "iu"
        if not is_whole or tape.min() < 0 or tape.max() > most:
            numbers = f", from {tape.min()} to {tape.max()}" if is_whole else ""
            raise ValueError(
                f"Expected symbols (batch, steps), whole numbers from 0 to {most}. Received: "
                f"{tape.dtype} of shape {tape.shape}{numbers}"
            )
        return tape.astype("int32")

    def _predicted(self, inputs):
        """`(batch, steps)`: what is predicted first, then next; 0 after the end."""
        answer = self(inputs, training=False)["answer"]
        logits, predicts, before = split_answer(answer)
        largest = ops.cast(largest_index(logits), predicts.dtype) * predicts
        places = ops.one_hot(ops.cast(before, "int32"), ops.shape(before)[1])
        return ops.cast(ops.einsum("bt,btj->bj", largest, places), "int32")

    def endpoints(self) -> Endpoints:
        """Of a SavedModel: from tapes and lengths to the symbols that are predicted."""

        def solve(inputs):
            return {"predicted": self._predicted(inputs)}

        return {"serving_default": (solve, self.signature())}

    def traced(self, inputs: Any) -> dict[str, Any]:
        """What the machine does, step by step, with the likeliest actions.

        Args:
            inputs: A dictionary of `symbols` and `length`.

        Returns:
            `symbols`, the tape; and of every step, `(batch, steps)`:
            `predicted`, the symbol that is predicted, or -1; `log_policy`; and where the
            heads are, `input_head` and, of a machine with a memory, `memory_head`.
        """
        episode = self._episode(inputs, training=False)
        largest = ops.cast(largest_index(episode["logits"]), "int32")
        heads = ["input_head"] + ["memory_head"] * bool(self.arguments["memory_moves"])
        return {
            "symbols": ops.cast(inputs["symbols"], "int32"),
            "predicted": ops.where(episode["predicts"] > 0.5, largest, -1),
            "log_policy": episode["log_policy"],
            **{name: ops.cast(ops.round(episode[name]), "int32") for name in heads},
        }
