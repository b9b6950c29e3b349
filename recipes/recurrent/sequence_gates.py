"""Numbers to be added up, passed over or forgotten: each gate of an LSTM has its part.

number   0.5   0.9   0.2         0.3
write    add         add   reset add
read                 read        read
target   0     0     0.7   0     0.3
"""

from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import RecurrentNetwork, figures
from ...zoo.recurrent.recurrent_network import CELLS
from ..datasets import load
from ..datasets.memory_instructions import Builder, instructions_config
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Fields,
    Figures,
    HyperParameters,
    Metrics,
    Split,
)
from ..running.late_tensorflow import tf
from ..running.recipe import Recipe, recipe_dataclass
from .sequence_gates_study import STUDY, metrics_of

WRITES = {"+": 1, "reset": -1}
READ = "?"
IN_FIGURES = 64  # sequences whose gradients are measured


@recipe_dataclass
class SequenceGates(Recipe):
    """A task of our own, for the gates of [Gers et al., 2000](https://doi.org/10.1162/089976600300015015).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sequence_gates", cell="gru", length=40)
    >>> recipe.model().output_shape  # the number that is read out, at every step
    (None, None, 1)
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(300, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="sequences in an update")
    learning_rate: PositiveFloat = Field(
        1e-2, allow_inf_nan=False, description="of Adam, at first; it falls to 0"
    )

    length: PositiveInt = Field(20, description="steps of a sequence")
    train_examples: PositiveInt = Field(20_000, description="sequences to sample from")
    cell: Literal[*sorted(CELLS)] = Field("lstm", description="of the network")
    units: PositiveInt = Field(16, description="of the cell")

    study: ClassVar = STUDY

    def examples(self, split: str) -> Arrays:
        size = self.train_examples if split == "train" else 0
        return load(Builder, instructions_config(self.length, size), split)

    def to_batch(self, examples: Arrays) -> Batch:
        """Inputs `(batch, steps, 3)`: the number, what is written, whether it is read."""
        columns = (examples[name] for name in ("numbers", "writes", "reads"))
        inputs = tf.stack([tf.cast(column, "float32") for column in columns], axis=-1)
        targets = tf.cast(examples["memory"], "float32") * inputs[..., 2]
        return inputs, targets[..., None]

    def model(self) -> keras.Model:
        model = RecurrentNetwork(3, 1, self.cell, self.units)
        updates = self.epochs * self.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, updates)
        model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=1.0),
            loss="mean_squared_error",
            jit_compile=self.jit_compile,
            steps_per_execution=10,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of steps whose output is right, and the mean squared error."""
        return self.measured(model, self.examples(split))

    def measured(self, model: keras.Model, examples: Arrays) -> Metrics:
        """As `evaluate`, of any examples."""
        inputs, targets = self.to_batch(examples)
        outputs = model.predict(inputs, batch_size=250, verbose=0)
        return metrics_of(outputs, np.asarray(targets), examples["reads"])

    def answer(self, model: keras.Model, steps: str) -> Answer:
        """What the network gives at each step that reads.

        Args:
            model: The model.
            steps: Numbers to be added, as `+0.5`, or passed over, as `0.9`; `reset`; and `?`
                for a step that reads.
        """
        inputs = np.array([[_step(word) for word in steps.split()]], "float32")
        if not inputs.size:
            raise ValueError("Expected steps, as +0.5 0.9 ? reset. Received: none")
        outputs = np.asarray(model.predict(inputs, verbose=0))[0, :, 0]
        read = outputs[inputs[0, :, 2] == 1]
        return {"memory": ", ".join(f"{value:.2f}" for value in read) or "not read"}

    def figures(self, model: keras.Model) -> Figures:
        """The gates over a sequence of the test split, and how far back gradients reach."""
        examples = {name: array[:IN_FIGURES] for name, array in self.examples("test").items()}
        inputs, targets = (np.asarray(part) for part in self.to_batch(examples))
        name = {"elman": "Elman"}.get(self.cell, self.cell.upper())
        reach = figures.gradients_by_distance({name: model.gradient_norms(inputs)})
        if self.cell == "elman":
            return {"gradients": reach}
        labels = [_label(*step) for step in inputs[0]]
        trace = model.trace(inputs[:1])
        return {"gates": figures.gates(trace, 0, labels, targets[0]), "gradients": reach}

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-3, 3e-2, sampling="log"),
            "units": hp.Choice("units", [4, 8, 16, 32]),
        }


def _step(word):
    """The number, what is written, and whether it is read."""
    if word == READ:
        return 0.0, 0, 1
    if word in WRITES:
        return 0.0, WRITES[word], 0
    try:
        number = float(word)
    except ValueError:
        number = np.nan
    if not 0 <= number <= 1:
        raise ValueError(
            "Expected a number from 0 to 1, as 0.9 or +0.5, or reset, or ?. Received: "
            f"{word!r}"
        )
    return number, int(word.startswith("+")), 0


def _label(number, write, read):
    words = ["reset"] if write < 0 else [f"{'+' if write else ''}{number:.1f}"]
    return " ".join([*words, *([READ] if read else [])])
