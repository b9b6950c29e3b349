"""Tapes: a machine that acts learns to move its heads over tapes, by trial and error.

The network reads an input tape through a window about its head. At each step it moves the
head, and may predict the next symbol of its answer; both are actions, which are sampled and
trained by REINFORCE, while what it predicts is trained by back-propagation. What it learns is
a procedure: does it hold for sequences longer than those of training?

    step      0    1    2    3    4    5    6    7      reverse, of three symbols
    tape      ∅    a    b    c    ∅    ∅    ∅    ∅
    head      0    1    2    3    3    2    1    0
    predicts                      c    b    a
"""

import functools
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import EpisodeCost, EpisodeReinforce, TapeMachine, WrongSymbols, figures
from ...zoo.machines.tape_machine import CONTROLLERS
from ..datasets import load
from ..datasets.symbol_sequences import Builder, symbol_config
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Callbacks,
    Fields,
    Figures,
    History,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.batches import part, training_batches
from ..running.fields import Integers
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .curriculum import level, sampled_length
from .rl_tapes_study import STUDY
from .tape_tasks import TASKS, tape_of, tapes

# In an answer and a picture.
REPEATS = 2
# Lengths of batches are rounded up to multiples of it: XLA compiles anew for each.
ROUNDED = 5
OPTIMIZERS = {
    "sgd": functools.partial(keras.optimizers.SGD, momentum=0.9),
    "adam": keras.optimizers.Adam,
}


@recipe_dataclass
class RLTapes(Recipe):
    """Section 5 of [Zaremba & Sutskever, 2015](https://arxiv.org/abs/1505.00521).

    Defaults are the paper's: batches, optimiser, clipping, weights and temperature at first,
    and the curriculum.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("rl_tapes", task="reverse", max_length=6)
    >>> type(recipe.model()).__name__
    'TapeMachine'
    """

    epochs: PositiveInt = Field(200, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(
        100, description="updates in an epoch, after which the curriculum may go on"
    )
    batch_size: PositiveInt = Field(200, description="episodes in an update, of one length")
    optimizer: Literal[*OPTIMIZERS] = Field("sgd", description="SGD has a momentum of 0.9")
    learning_rate: PositiveFloat = Field(0.05, allow_inf_nan=False, description="its rate")
    clipping: PositiveFloat = Field(5.0, description="norm that gradients are clipped to")

    task: Literal[*TASKS] = Field("copy", description="what is to be predicted")
    symbols: int = Field(30, ge=3, description="how many symbols there are")
    max_length: PositiveInt = Field(10, description="longest training sequence")
    train_examples: PositiveInt = Field(100_000, description="sequences to sample from")
    curriculum: bool = Field(True, description="short sequences first; or all lengths")
    length: Integers = Field((5, 10, 20, 50), min_length=1, description="test lengths")
    test_sequences: int = Field(
        1000, gt=0, le=1000, description="sequences tested at each length"
    )

    controller: Literal[*CONTROLLERS] = Field(
        "direct_access", description="whether what is read is added to what is predicted"
    )
    controller_units: PositiveInt = Field(50, description="units of the LSTM")
    width: PositiveInt = Field(35, description="reals of a cell")
    window: int = Field(1, ge=0, description="cells read on either side of a head")
    inverse_temperature: PositiveFloat = Field(0.01, description="of the policy")
    init_scale: PositiveFloat = Field(0.1, description="standard deviation of weights")

    monitor: ClassVar = "val_answer_loss"
    fields_of_tests: ClassVar = ("length", "test_sequences")
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.width <= self.symbols:
            raise ValueError(
                f"Expected a width above symbols={self.symbols}. Received: {self.width}"
            )

    def examples(self, split: str) -> Arrays:
        size = self.train_examples if split == "train" else 0
        examples = self._of_length(self.max_length, split, size)
        if split == "train":
            chances = np.random.default_rng(self.seed).random((size, 3), dtype="float32")
            examples |= {"chances": chances}
        return examples

    def _of_length(self, length, split, train_examples=0):
        examples = load(Builder, symbol_config(length, self.symbols, train_examples), split)
        if split == "test":
            examples = {k: array[: self.test_sequences] for k, array in examples.items()}
        return {**examples, "length": np.full(len(examples["symbols"]), length, "int32")}

    def prepare(self) -> None:
        super().prepare()
        for length in self.length:
            self._of_length(length, "test")

    def dataset(self, split: Split, epoch: Any = None) -> Any:
        """As of every recipe. What is trained on are lengths of the curriculum's level,
        which the callback sets at each epoch."""
        if split != "train":
            return super().dataset(split, epoch)
        return training_batches(
            self.examples("train"),
            self._of_one_length,
            self.batch_size,
            self.steps_per_epoch,
            self.seed,
            tf.Variable(0, dtype=tf.int64) if epoch is None else epoch,
            part=part(),
            cut=True,
        )

    def _of_one_length(self, examples):
        """A batch of sequences cut to a length that the first of them decides."""
        length = sampled_length(self._level, self.max_length, examples["chances"][0])
        rounded = tf.minimum(-(-length // ROUNDED) * ROUNDED, self.max_length)
        lengths = tf.fill(tf.shape(examples["repeats"]), length)
        symbols = examples["symbols"][:, :rounded]
        return self.to_batch({**examples, "symbols": symbols, "length": lengths})

    @functools.cached_property
    def _level(self):
        """C, which batches read while they are made."""
        with tf.device("CPU"):
            return tf.Variable(self._level_after([]), dtype=tf.int32)

    def _level_after(self, history):
        return level(history, self.max_length) if self.curriculum else self.max_length

    def to_batch(self, examples: Arrays) -> Batch:
        inputs, targets = tapes(
            TASKS[self.task],
            tf.cast(examples["symbols"], tf.int32),
            tf.cast(examples["length"], tf.int32),
            tf.cast(examples["repeats"], tf.int32),
        )
        return inputs, {"answer": targets, "policy": targets}

    def callbacks(self, history: History) -> Callbacks:
        """The curriculum."""

        def begin(epoch, logs=None):
            self._level.assign(self._level_after(history))

        return [keras.callbacks.LambdaCallback(on_epoch_begin=begin)]

    def model(self) -> keras.Model:
        task = TASKS[self.task]
        model = TapeMachine(
            symbols=self.symbols,
            controller=self.controller,
            controller_units=self.controller_units,
            input_moves=task.input_moves,
            memory_moves=task.memory_moves,
            width=self.width,
            window=self.window,
            inverse_temperature=self.inverse_temperature,
            init_scale=self.init_scale,
        )
        model.compile(
            OPTIMIZERS[self.optimizer](self.learning_rate, global_clipnorm=self.clipping),
            loss={"answer": EpisodeCost(), "policy": EpisodeReinforce()},
            metrics={"answer": WrongSymbols()},
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Fraction of the sequences wholly right, and of wrong symbols, at each length."""
        metrics = {}
        for length in self.length:
            solved, wrong = self.errors(model, self._of_length(length, split))
            metrics[f"solved_length_{length}"] = solved
            metrics[f"wrong_symbols_length_{length}"] = wrong
        return metrics

    def errors(self, model: keras.Model, examples: Arrays) -> tuple[float, float]:
        """Fraction of the sequences wholly right, and of the symbols that are wrong."""
        inputs, targets = self.to_batch(examples)
        targets, lengths = np.asarray(targets["answer"]), np.asarray(inputs["length"])
        targets = targets[:, : lengths.max()]
        is_target = np.arange(targets.shape[1]) < lengths[:, None]
        wrong = (model.solve(inputs["symbols"], lengths) != targets) & is_target
        return float(1 - wrong.any(1).mean()), float(wrong.sum() / is_target.sum())

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "optimizer": hp.Choice("optimizer", list(OPTIMIZERS)),
            "learning_rate": hp.Float("learning_rate", 3e-4, 0.1, sampling="log"),
            "inverse_temperature": hp.Choice("inverse_temperature", [0.01, 0.1, 1.0]),
            "controller_units": hp.Choice("controller_units", [30, 50, 100, 200]),
            "window": hp.Choice("window", [0, 1, 2]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """What the heads do, of one sequence of the longest length trained on."""
        random = np.random.default_rng(self.seed)
        symbols = random.integers(1, self.symbols + 1, self.max_length)
        inputs, _ = tape_of(TASKS[self.task], symbols, REPEATS)
        return {"tapes": figures.tapes(model.trace(inputs))}

    def answer(self, model: keras.Model, symbols: str) -> Answer:
        """Have the machine do its task with the symbols that the user typed."""
        inputs, targets = tape_of(TASKS[self.task], self._parse(symbols), REPEATS)
        predicted = model.solve(inputs["symbols"], len(targets))[0]
        is_predicted = model.trace(inputs)["predicted"][0] >= 0
        return {
            "predicted": " ".join(map(str, predicted)),
            "wrong_symbols": int((predicted != targets).sum()),
            "steps": int(np.flatnonzero(is_predicted).max()) + 1,
        }

    def _parse(self, text):
        numbers = text.replace(",", " ").split()
        known = {str(number) for number in range(1, self.symbols + 1)}
        if not numbers or set(numbers) - known:
            raise ValueError(
                f"Expected symbols, numbers from 1 to {self.symbols}, as in "
                f"{self.questions['symbols']!r}. Received: {text!r}"
            )
        return np.array(numbers, int)
