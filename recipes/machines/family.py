"""The base of recipes that teach a memory machine an algorithm, by episodes."""

import abc
import warnings
from typing import Annotated, Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...layers.machines.dnc import CORRECTIONS
from ...layers.validation import check_at_most
from ...zoo import DNC, NTM, SAM, BitsPerSequence, WrongBitsPerSequence, figures
from ...zoo.machines.controllers import CONTROLLERS
from ...zoo.machines.ntm import clipped_rmsprop
from ..datasets import builder_of, load
from ..datasets.episodes import EpisodeConfig
from ..running.argument_types import (
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
from ..running.fields import COMMA_LIST
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .family_study import machine_study

# The last is the baseline: three stacked LSTMs.
MACHINES = "ntm", "dnc", "sam", "lstm"
Corrections = Annotated[tuple[Literal[*CORRECTIONS], ...], COMMA_LIST]


@recipe_dataclass
class MachineRecipe(Recipe):
    """Episodes of a task, and a memory machine that is trained on them.

    A subclass has a `builder` of episodes, the configurations of the `training` and of the
    `tests`, and the paper's sizes as defaults of its fields.
    """

    batch_size: PositiveInt = Field(4, description="episodes in an update")
    learning_rate: PositiveFloat = Field(1e-4, allow_inf_nan=False, description="of RMSProp")
    # The paper's rate is constant.
    decay_epochs: NonNegativeInt = Field(
        0, description="last epochs, over which the learning rate falls to zero"
    )
    train_examples: PositiveInt = Field(100_000, description="episodes to sample from")
    test_episodes: int = Field(1000, gt=0, le=1000, description="episodes of each test")

    machine: Literal[*MACHINES] = Field("ntm", description="the machine, or the baseline")
    controller: Literal[*CONTROLLERS] = Field("lstm", description="the machine's controller")
    controller_units: PositiveInt = Field(100, description="units of the controller")
    memory_slots: PositiveInt = Field(128, description="rows of the memory")
    memory_width: PositiveInt = Field(20, description="columns of the memory")
    num_heads: PositiveInt = Field(
        1, description="read heads; but for the DNC, as many write heads"
    )
    k_top: PositiveInt = Field(4, description="slots that a head of the SAM reads")
    links_per_slot: NonNegativeInt = Field(
        0, description="links of a slot of the DNC that are stored; 0: all"
    )
    corrections: Corrections = Field((), description=f"of the DNC: {', '.join(CORRECTIONS)}")
    lstm_units: PositiveInt = Field(256, description="units of each LSTM of the baseline")

    # The builder of the episodes.
    builder: ClassVar[Any]
    fields_of_tests: ClassVar = ("test_episodes",)
    study: ClassVar = machine_study()

    def __post_init__(self):
        super().__post_init__()
        limits = {"sam": ("num_heads", "k_top"), "dnc": ("links_per_slot",)}
        for name in limits.get(self.machine, ()):
            if value := getattr(self, name):  # 0 links: all
                check_at_most(name, value, "memory_slots", self.memory_slots)
        if self.machine != "lstm" and self.slots_needed > self.memory_slots:
            warnings.warn(
                f"{self.slots_needed} vectors are more than a memory of {self.memory_slots} "
                "slots can hold: expect wrong bits",
                stacklevel=1,
            )

    @property
    def slots_needed(self) -> int:
        """How many vectors the largest episode has that must be stored at a time."""
        return 0

    @property
    def solved_below(self) -> tuple[str, float]:
        """The metric of validation that is below this where the task is solved."""
        return "val_wrong_bits_per_sequence", 0.1

    @property
    @abc.abstractmethod
    def training(self) -> EpisodeConfig:
        """The configuration of the episodes for training and validation."""

    @property
    @abc.abstractmethod
    def tests(self) -> dict[str, EpisodeConfig]:
        """The configurations that are tested, by what metrics call them; `""` is that of
        training."""

    def examples(self, split: str) -> Arrays:
        return load(self.builder, self.training, split)

    def prepare(self) -> None:
        super().prepare()
        for config in self.tests.values():
            load(self.builder, config, "test")

    def to_batch(self, examples: Arrays) -> Batch:
        names = "inputs", "targets", "counts"
        return tuple(tf.cast(examples[name], tf.float32) for name in names)

    def model(self) -> keras.Model:
        model = self._build()
        model.compile(
            optimizer=clipped_rmsprop(self.learning_rate),
            loss=BitsPerSequence(),
            weighted_metrics=[WrongBitsPerSequence()],
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    @property
    def _sizes(self):
        """Channels and outputs of an episode."""
        bits = self.training.bits
        return self.builder.channels(bits), self.builder.outputs(bits)

    @property
    def _arguments(self):
        channels, outputs = self._sizes
        return {
            "input_units": channels,
            "output_units": outputs,
            "controller": self.controller,
            "controller_units": self.controller_units,
            "memory_slots": self.memory_slots,
            "memory_width": self.memory_width,
            "num_heads": self.num_heads,
        }

    def _build(self):
        match self.machine:
            case "ntm":
                return NTM(**self._arguments)
            case "dnc":
                links = self.links_per_slot or None
                return DNC(
                    **self._arguments, corrections=self.corrections, links_per_slot=links
                )
            case "sam":
                return SAM(**self._arguments, k_top=self.k_top)
        channels, outputs = self._sizes
        layers = [keras.layers.LSTM(self.lstm_units, return_sequences=True) for _ in range(3)]
        inputs = keras.Input((None, channels))
        return keras.Sequential([inputs, *layers, keras.layers.Dense(outputs)])

    def callbacks(self, history: History) -> Callbacks:
        """The learning rate, constant at first, then falling to zero."""
        return [falling_rate(self.learning_rate, self.epochs, self.decay_epochs)]

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Wrong bits and cost in bits, an episode, of each of the tests."""
        metrics = {}
        for name, config in self.tests.items():
            examples = load(self.builder, config, split)
            examples = {k: array[: self.test_episodes] for k, array in examples.items()}
            metrics |= self.errors(model, examples, name)
        return metrics

    def errors(self, model: keras.Model, examples: Arrays, name: str) -> Metrics:
        """The metrics of examples that are called so."""
        logits = self.logits(model, examples)
        wrong = self.wrong(logits, examples)
        cost = BitsPerSequence()(examples["targets"], logits, examples["counts"])
        return {
            named("wrong_bits", name): float(wrong.sum(axis=(1, 2)).mean()),
            named("cost_bits", name): float(cost),
        }

    def logits(self, model: keras.Model, examples: Arrays) -> np.ndarray:
        """What a model predicts of examples, `(episodes, steps, bits)`."""
        inputs = self.to_batch(examples)[0]
        # Each length comes once: compiling it would take longer, unless it is very long.
        plain = keras.Model(model.inputs, model.outputs)
        plain.compile(jit_compile=self.jit_compile and inputs.shape[1] > 1000)
        return plain.predict(inputs, batch_size=250, verbose=0)

    def wrong(self, logits: np.ndarray, examples: Arrays) -> np.ndarray:
        """Which bits that count are wrong, `(episodes, steps, bits)`."""
        wrong = (logits > 0) != (np.asarray(examples["targets"]) > 0)
        return wrong & (np.asarray(examples["counts"])[..., None] > 0)

    def answered(self, model: keras.Model, *layout: Any) -> np.ndarray:
        """The probabilities that a model gives for the steps that count of one episode.

        Args:
            model: The model.
            *layout: What the `layout` of the builder takes.
        """
        inputs, _, counts = builder_of(self.builder, self.training).layout(*layout)
        probabilities = keras.ops.sigmoid(model(inputs[None])[0])
        return keras.ops.convert_to_numpy(probabilities)[counts > 0]

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-5, 1e-3, sampling="log"),
            "controller": hp.Choice("controller", list(CONTROLLERS)),
            "memory_width": hp.Choice("memory_width", [10, 20, 40]),
            "num_heads": hp.Choice("num_heads", [1, 2]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """The memory tape of the longest episode of validation, and links at its end."""
        if self.machine == "lstm":
            return {}
        examples = self.examples("validation")
        longest = int(examples["counts"].sum(axis=1).argmax())
        one = {name: array[longest : longest + 1] for name, array in examples.items()}
        inputs, _, counts = self.to_batch(one)
        trace = model.trace(inputs)
        trace["outputs"][np.asarray(counts) == 0] = np.nan  # of no target
        pictures = {"memory_tape": figures.memory_tape(trace)}
        if self.machine == "dnc":
            pictures["temporal_links"] = figures.temporal_links(trace)
        return pictures


def named(metric: str, test: str) -> str:
    """The name of a metric of a test."""
    return f"{metric}_{test}" if test else metric


def wrong_and_solved(
    recipe: MachineRecipe, model: keras.Model, examples: Arrays, name: str
) -> Metrics:
    """Wrong bits of an episode, and the fraction of episodes that are wholly right."""
    wrong = recipe.wrong(recipe.logits(model, examples), examples).sum(axis=(1, 2))
    return {
        named("wrong_bits", name): float(wrong.mean()),
        named("solved", name): float((wrong == 0).mean()),
    }
