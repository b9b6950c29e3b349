"""Copying: a neural Turing machine learns an algorithm and runs it beyond its training.

The network reads a sequence of random 8-bit vectors, a delimiter on a channel of its own,
and then, with no further input, must write the sequence again. Trained on 1 to 20 vectors,
it is tested on up to 120: does it know the algorithm, or only the examples?

    step      0   1   2   3   4   5   6        a sequence of 3 vectors a, b, c
    input     a   b   c   |   .   .   .        |: the delimiter
    target    .   .   .   .   a   b   c
    counts                    x   x   x        where the cost is taken
"""

import warnings
from typing import Annotated, ClassVar, Literal

import keras
import numpy as np
import pydantic
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import NTM, BitsPerSequence, WrongBitsPerSequence, figures
from ...zoo.machines.controllers import CONTROLLERS
from ...zoo.machines.ntm import clipped_rmsprop
from ..datasets import load
from ..datasets.copy_task import Builder, copy_config
from ..datasets.generated import SPLITS
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
from .copy_structures import mixed
from .ntm_copy_study import STUDY
from .typed_bits import as_text, parse_bits


def _odd(value):
    if value % 2 == 0:
        raise ValueError("Expected an odd number")
    return value


@recipe_dataclass
class NTMCopy(Recipe):
    """Section 4.1 of [Graves et al., 2014](https://arxiv.org/abs/1410.5401).

    Defaults are the paper's: its network, its lengths, its optimiser (see
    `zoo.machines.ntm.clipped_rmsprop`). Batches of 4, where the paper does not say, and
    50,000 sequences in all.

    Example:

    >>> from keras_memory import recipes
    >>> paper = recipes.get("ntm_copy")
    >>> larger = paper.replace(memory_slots=1024, length=(20, 1000))
    >>> larger.model().count_params() == paper.model().count_params()  # slots are no weights
    True
    """

    epochs: PositiveInt = Field(25, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(500, description="updates in an epoch")
    batch_size: PositiveInt = Field(4, description="sequences in an update")
    learning_rate: PositiveFloat = Field(1e-4, allow_inf_nan=False, description="of RMSProp")
    # The paper's rate is constant; that of the preset falls.
    decay_epochs: NonNegativeInt = Field(
        0, description="last epochs, over which the learning rate falls to zero"
    )

    bits: PositiveInt = Field(8, description="width of a vector")
    min_length: PositiveInt = Field(1, description="shortest training sequence")
    max_length: PositiveInt = Field(20, description="longest training sequence")
    train_examples: PositiveInt = Field(200_000, description="sequences to sample from")
    # A zero vector is as the blank input of the answer; the paper's data have two in a
    # row once in 65,536 times.
    zero_vectors: float = Field(0, ge=0, lt=1, description="training vectors made zero")
    training_sequences: Literal["uniform", "mixed"] = Field(
        "uniform", description="uniformly random as in the paper, or of mixed structure"
    )
    length: Integers = Field((10, 20, 30, 50, 120), min_length=1, description="test lengths")
    test_sequences: int = Field(
        1000, gt=0, le=1000, description="sequences tested at each length"
    )

    architecture: Literal["ntm", "lstm"] = Field(
        "ntm", description="the machine, or the paper's baseline of stacked LSTMs"
    )
    controller: Literal[*CONTROLLERS] = Field("lstm", description="the machine's controller")
    controller_units: PositiveInt = Field(100, description="units of the controller")
    memory_slots: PositiveInt = Field(128, description="rows of the memory")
    memory_width: PositiveInt = Field(20, description="columns of the memory")
    num_heads: PositiveInt = Field(1, description="that many read and write heads")
    shift_width: Annotated[PositiveInt, pydantic.AfterValidator(_odd)] = Field(
        3, description="moves that location addressing chooses from, odd"
    )
    # Constant: Collier & Beel (2018) found it to converge fastest. The paper learns it.
    initial_memory: Literal["constant", "learned"] = Field(
        "constant", description="memory before the first step"
    )

    fields_of_tests: ClassVar = ("length", "test_sequences")
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.min_length > self.max_length:
            raise ValueError(
                f"Expected min_length up to max_length={self.max_length}. "
                f"Received: min_length={self.min_length}"
            )
        self._warn_if_too_long(max((self.max_length, *self.length)))

    def _warn_if_too_long(self, length):
        if self.architecture == "ntm" and length > self.memory_slots:
            warnings.warn(
                f"Sequences of {length} vectors are longer than the memory of "
                f"{self.memory_slots} slots can hold: expect wrong bits",
                stacklevel=1,
            )

    def examples(self, split: str) -> Arrays:
        config = copy_config(self.min_length, self.max_length, self.bits, self.train_examples)
        examples = load(Builder, config, split)
        if split == "train" and self.zero_vectors:
            vectors = examples["vectors"]
            zero = np.random.default_rng(self.seed).random(vectors.shape[:2])
            examples = {
                **examples,
                "vectors": np.where(zero[..., None] < self.zero_vectors, 0, vectors),
            }
        if split == "train" and self.training_sequences == "mixed":
            random = np.random.default_rng(self.seed)
            vectors = mixed(random, examples["vectors"], examples["length"])
            examples = {**examples, "vectors": vectors}
        return examples

    def mixed_examples(self, split: str) -> Arrays:
        """Sequences of mixed structure, up to the longest that is tested."""
        longest = max(self.length)
        examples = load(Builder, copy_config(1, longest, self.bits), split)
        random = np.random.default_rng((longest, SPLITS.index(split)))
        vectors = mixed(random, examples["vectors"], examples["length"])
        return {**examples, "vectors": vectors}

    def prepare(self) -> None:
        super().prepare()
        for length in self.length:
            self._of_length(length, "test")

    def _of_length(self, length, split):
        examples = load(Builder, copy_config(length, length, self.bits), split)
        return {name: array[: self.test_sequences] for name, array in examples.items()}

    def to_batch(self, examples: Arrays) -> Batch:
        vectors = tf.cast(examples["vectors"], tf.float32)
        lengths = examples["length"]
        longest = tf.shape(vectors)[1]
        if vectors.shape[1] is not None:
            longest = vectors.shape[1]
        steps = 2 * longest + 1
        padding = [[0, 0], [0, longest + 1], [0, 0]]
        delimiter = tf.one_hot(lengths, steps)[..., None]
        inputs = tf.concat([tf.pad(vectors, padding), delimiter], axis=-1)
        since_delimiter = tf.range(steps) - lengths[:, None] - 1
        counts = (since_delimiter >= 0) & (since_delimiter < lengths[:, None])
        source = tf.where(counts, since_delimiter, 0)
        targets = tf.gather(vectors, source, batch_dims=1)
        weights = tf.cast(counts, tf.float32)
        return inputs, targets * weights[..., None], weights

    def model(self) -> keras.Model:
        build = {"ntm": self._ntm, "lstm": self._lstm}[self.architecture]
        model = build()
        model.compile(
            optimizer=clipped_rmsprop(self.learning_rate),
            loss=BitsPerSequence(),
            weighted_metrics=[WrongBitsPerSequence()],
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def callbacks(self, history: History) -> Callbacks:
        """The learning rate, constant at first, then falling to zero."""
        return [falling_rate(self.learning_rate, self.epochs, self.decay_epochs)]

    def _ntm(self):
        return NTM(
            input_units=self.bits + 1,
            output_units=self.bits,
            controller=self.controller,
            controller_units=self.controller_units,
            memory_slots=self.memory_slots,
            memory_width=self.memory_width,
            num_heads=self.num_heads,
            shift_width=self.shift_width,
            initial_memory=self.initial_memory,
        )

    def _lstm(self):
        layers = [keras.layers.LSTM(256, return_sequences=True) for _ in range(3)]
        inputs = keras.Input((None, self.bits + 1))
        return keras.Sequential([inputs, *layers, keras.layers.Dense(self.bits)])

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Wrong bits and cost in bits, a sequence, at each of the test lengths."""
        metrics = {}
        for length in self.length:
            examples = self._of_length(length, split)
            metrics |= self.errors(model, examples, f"length_{length}")
        return metrics

    def errors(self, model: keras.Model, examples: Arrays, name: str) -> Metrics:
        """Wrong bits and cost in bits, a sequence, of examples that are called so."""
        inputs, targets, weights = self.to_batch(examples)
        # Each length comes once: compiling it would take longer, unless it is very long.
        plain = keras.Model(model.inputs, model.outputs)
        plain.compile(jit_compile=self.jit_compile and inputs.shape[1] > 1000)
        logits = plain.predict(inputs, batch_size=250, verbose=0)
        wrong = WrongBitsPerSequence()
        wrong.update_state(targets, logits, weights)
        cost = BitsPerSequence()(targets, logits, weights)
        return {
            f"bits_per_sequence_{name}": float(wrong.result()),
            f"cost_bits_per_sequence_{name}": float(cost),
        }

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-5, 1e-3, sampling="log"),
            "controller": hp.Choice("controller", list(CONTROLLERS)),
            "memory_width": hp.Choice("memory_width", [10, 20, 40]),
            "num_heads": hp.Choice("num_heads", [1, 2]),
        }

    def figures(self, model: keras.Model) -> Figures:
        """The memory tape of one sequence of the longest length trained on."""
        if self.architecture != "ntm":
            return {}
        random = np.random.default_rng(self.seed)
        shape = (1, self.max_length, self.bits)
        vectors = random.integers(0, 2, shape, dtype=np.uint8)
        lengths = np.array([self.max_length], "int32")
        inputs, _, weights = self.to_batch({"vectors": vectors, "length": lengths})
        trace = model.trace(inputs)
        trace["outputs"][np.asarray(weights) == 0] = np.nan  # of no target
        return {"memory_tape": figures.memory_tape(trace)}

    def answer(self, model: keras.Model, bits: str) -> Answer:
        """Have the machine copy what the user typed."""
        vectors = parse_bits(bits, self.bits, self.questions["bits"])
        length = len(vectors)
        self._warn_if_too_long(length)
        inputs = np.zeros((1, 2 * length + 1, self.bits + 1), "float32")
        inputs[0, :length, :-1] = vectors
        inputs[0, length, -1] = 1  # the delimiter, as in `to_batch`
        probabilities = keras.ops.convert_to_numpy(
            keras.ops.sigmoid(model(inputs)[0, length + 1 :])
        )
        copy = (probabilities > 0.5).astype("uint8")
        confidence = np.where(copy, probabilities, 1 - probabilities)
        return {
            "copy": as_text(probabilities),
            "wrong_bits": int((copy != vectors).sum()),
            "lowest_confidence": round(float(confidence.min()), 6),
        }
