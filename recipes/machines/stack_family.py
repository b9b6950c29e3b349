"""The base of recipes that teach stacks to predict the words of formal languages."""

import abc
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from ...layers.machines.stack_rnn import ACTIONS
from ...zoo import StackRNN, figures
from ..datasets import builder_of, load
from ..datasets.formal_words import LANGUAGES, Builder, test_words, training_words
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
from ..running.falling_rate import falling_rate
from ..running.fields import Integers
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass

# The structures, and the baselines.
MACHINES = *ACTIONS, "rnn", "lstm"
# Up to that n, words of every n are tested, five times; beyond, ten n, once.
EVERY = 100
# The longest continuation of a word that was begun, in lengths of what there is of it.
LONGEST = 3


@recipe_dataclass
class StackRecipe(Recipe):
    """Words of a language one after another, and a machine that predicts the next symbol.

    A subclass has a `language`, the name of its metric, and whether training counts all
    symbols or those alone that can be predicted.
    """

    epochs: PositiveInt = Field(15, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(10, description="sequences in an update")
    learning_rate: PositiveFloat = Field(6e-3, allow_inf_nan=False, description="of Adam")
    decay_epochs: NonNegativeInt = Field(
        4, description="last epochs, over which the learning rate falls to zero"
    )
    train_examples: PositiveInt = Field(20_000, description="sequences to sample from")
    max_n: int = Field(15, ge=2, le=1000, description="largest n in training")
    steps: int = Field(80, ge=10, le=10_000, description="symbols of a training sequence")
    tested: Integers = Field((60, 1000), min_length=1, description="n up to which is tested")

    machine: Literal[*MACHINES] = Field("stack", description="the machine, or a baseline")
    units: PositiveInt = Field(40, description="units of the hidden layer")
    stacks: PositiveInt = Field(10, description="how many stacks, or lists")
    top: PositiveInt = Field(2, description="cells of a stack that the units see")
    no_op: bool = Field(False, description="whether an action leaves a stack as it is")
    hard_actions: bool = Field(True, description="take the likeliest action outside training")
    action_noise: NonNegativeFloat = Field(
        1.0, allow_inf_nan=False, description="noise of actions in training"
    )

    # The names of the language and of the metric.
    language: Any = Field("an_bn", description="the language")
    counts_all: ClassVar[bool] = True
    fields_of_tests: ClassVar = ("tested",)

    def __post_init__(self):
        super().__post_init__()
        if min(self.tested) < 2:
            raise ValueError(f"Expected tested from 2. Received: {min(self.tested)}")

    @property
    @abc.abstractmethod
    def metric(self) -> str:
        """The name of the fraction of all n up to the first of `tested`."""

    @property
    def alphabet(self) -> str:
        """The symbols, in the order of their numbers."""
        return LANGUAGES[self.language].symbols

    @property
    def least(self) -> int:
        """The smallest n."""
        return 1

    @property
    def tests(self) -> dict[str, Any]:
        """The configurations that are tested, by the name of their metric."""
        names = [f"{self.metric}_n_{n}" for n in self.tested]
        names[0] = self.metric
        return {name: self._test(n) for name, n in zip(names, self.tested, strict=True)}

    def _test(self, most):
        if most <= EVERY:
            return test_words(self.language, 2, most, before=self.max_n)
        tenth = most // 10
        return test_words(self.language, tenth, most, tenth, 1, before=self.max_n)

    def examples(self, split: str) -> Arrays:
        config = training_words(
            self.language, self.max_n, self.steps, self.train_examples, self.least
        )
        return load(Builder, config, split)

    def prepare(self) -> None:
        super().prepare()
        for name in self.tests:
            self.words(name)

    def to_batch(self, examples: Arrays) -> Batch:
        symbols, counts = examples["symbols"], tf.cast(examples["counts"], tf.float32)
        if self.counts_all:
            counts = tf.ones_like(counts)
        inputs = tf.one_hot(symbols[:, :-1], len(self.alphabet))
        return inputs, tf.cast(symbols[:, 1:], tf.int32), counts[:, 1:]

    def model(self) -> keras.Model:
        model = self._build()
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=1.0),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def _build(self):
        symbols = len(self.alphabet)
        if self.machine in ACTIONS:
            return StackRNN(
                symbols=symbols,
                units=self.units,
                stacks=self.stacks,
                top=self.top,
                structure=self.machine,
                no_op=self.no_op,
                hard_actions=self.hard_actions,
                action_noise=self.action_noise,
            )
        layer = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM}[self.machine]
        hidden = layer(self.units, return_sequences=True)
        return keras.Sequential([keras.Input((None, symbols)), hidden, _logits(symbols)])

    def callbacks(self, history: History) -> Callbacks:
        """The learning rate, constant at first, then falling to zero."""
        return [falling_rate(self.learning_rate, self.epochs, self.decay_epochs)]

    def words(self, test: str, split: Split = "test") -> Arrays:
        """The words of one of the `tests`."""
        return load(Builder, self.tests[test], split)

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of n of whose words all that can be predicted is right."""
        plain = keras.Model(model.inputs, model.outputs)
        plain.compile(jit_compile=self.jit_compile)
        metrics = {}
        for name in self.tests:
            examples = self.words(name, split)
            inputs, size = self.to_batch(examples)[0], self.evaluation_batch_size
            logits = plain.predict(inputs, batch_size=size, verbose=0)
            metrics[name] = self.right(logits, examples)
        return metrics

    def right(self, logits: np.ndarray, examples: Arrays) -> float:
        """The fraction of n all of whose words are right, wherever they can be predicted."""
        counts = np.asarray(examples["counts"])[:, 1:] > 0
        targets = np.asarray(examples["symbols"])[:, 1:]
        is_wrong = ((logits.argmax(-1) != targets) & counts).any(axis=1)
        sizes = np.asarray(examples["n"])
        return float(1 - len(np.unique(sizes[is_wrong])) / len(np.unique(sizes)))

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-3, 1e-2, sampling="log"),
            "units": hp.Choice("units", [20, 40, 100]),
            "stacks": hp.Choice("stacks", [2, 5, 10]),
            "action_noise": hp.Choice("action_noise", [0.0, 0.5, 1.0, 2.0]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """The stacks while they read a word of the largest n in training."""
        if self.machine not in ACTIONS:
            return {}
        random = np.random.default_rng(self.seed)
        config = test_words(self.language, self.max_n, self.max_n, before=self.least)
        example = builder_of(Builder, config).word(random, self.max_n)
        trace = model.trace(self._one_hot(example["symbols"])[None])
        return {"stack_tape": figures.stack_tape(trace, symbols=self.alphabet)}

    def _one_hot(self, numbers):
        return np.eye(len(self.alphabet), dtype="float32")[np.atleast_1d(numbers)]

    def answer(self, model: keras.Model, word: str) -> Answer:
        """Have the machine go on with the word that the user began."""
        if not word or set(word) - set(self.alphabet):
            raise ValueError(
                f"Expected the beginning of a word of symbols out of {self.alphabet!r}. "
                f"Received: {word!r}"
            )
        end = LANGUAGES[self.language].end
        most = LONGEST * len(word) if end else len(word.partition("=")[0])
        predicted = ""
        for number in self._greedy(model, word, most):
            if number == 0 and end == self.alphabet[0]:
                break
            predicted += self.alphabet[number]
            if predicted[-1] == end:
                break
        return {"predicted": predicted, "length": len(word + predicted)}

    def _greedy(self, model, word, most):
        """The numbers of the likeliest next symbols, each after those before it."""
        symbols = [self._one_hot(self.alphabet.index(symbol)) for symbol in word]
        is_stream = getattr(model, "is_stream", False)
        if is_stream:
            state = model.initial_state(1, steps=len(word) + most)
            for symbol in symbols:
                logits, state = model.step(symbol, state)
        for _ in range(most):
            if not is_stream:
                logits = model(np.stack(symbols, axis=1), training=False)[:, -1]
            number = int(keras.ops.convert_to_numpy(logits)[0].argmax())
            yield number
            symbols.append(self._one_hot(number))
            if is_stream:
                logits, state = model.step(symbols[-1], state)


def _logits(symbols):
    return keras.layers.Dense(symbols, name="logits")
