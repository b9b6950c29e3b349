"""The base of recipes that learn over long spans of time, by one of four methods."""

import abc
from typing import Any, ClassVar, Literal

import keras
import pydantic
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import SparseAttentiveRNN, figures
from ...zoo.recurrent.sparse_attentive_rnn import CELLS
from ..running.argument_types import Arrays, Fields, Figures, HyperParameters
from ..running.batches import rows_of_part
from ..running.recipe import Recipe, recipe_dataclass
from .family_study import long_span_study

# From a recipe to what is retrieved, passed and stored.
METHODS = {
    "sab": lambda r: {"k_top": r.k_top, "k_trunc": r.k_trunc, "k_att": r.k_att},
    "full_bptt": lambda r: {"k_top": 0, "k_trunc": None, "k_att": 1},
    "truncated_bptt": lambda r: {"k_top": 0, "k_trunc": r.k_trunc, "k_att": 1},
    "self_attention": lambda r: {"k_top": None, "k_trunc": None, "k_att": 1},
}
RETRIEVING = "sab", "self_attention"


@recipe_dataclass
class LongSpanRecipe(Recipe):
    """Sequences, and a `zoo.SparseAttentiveRNN` that learns from them by one of METHODS.

    A subclass gives the sizes of the network's input and output (`network`), how long a
    training sequence is (`steps`), and the shortest of all, if tests have shorter ones
    (`fewest_steps`).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("sab_adding", method="self_attention", units=16)
    >>> recipe.network, recipe.steps
    ({'input_units': 2, 'output_units': 1, 'task': 'regression'}, 200)
    """

    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of Adam")
    clip_norm: PositiveFloat = Field(
        1.0, allow_inf_nan=False, description="of all gradients together, at most"
    )

    method: Literal[*METHODS] = Field(
        "sab", description="sparse attentive backtracking, or one that it is compared with"
    )
    units: PositiveInt = Field(128, description="of the cell")
    cell: Literal[*CELLS] = Field(
        "lstm", description="that is run over time; gru: over short sequences alone"
    )
    k_top: NonNegativeInt = Field(5, description="past states retrieved at each step (SAB)")
    k_trunc: PositiveInt = Field(
        5, description="steps that gradients pass (SAB, truncated back-propagation)"
    )
    k_att: PositiveInt = Field(5, description="every how many steps a state is stored (SAB)")

    study: ClassVar = long_span_study()

    @pydantic.model_validator(mode="after")
    def _check_that_a_state_is_stored(self):
        if self.method == "sab" and self.k_att > self.fewest_steps:
            raise ValueError(
                f"Expected k_att of at most {self.fewest_steps}, the steps of the shortest "
                f"sequence in training and tests. Received: {self.k_att}"
            )
        return self

    @property
    @abc.abstractmethod
    def steps(self) -> int:
        """Of a training sequence."""

    @property
    def fewest_steps(self) -> int:
        """Of any sequence."""
        return self.steps

    @property
    @abc.abstractmethod
    def network(self) -> Fields:
        """Arguments of the `SparseAttentiveRNN` but for the cell and the method."""

    def model(self) -> keras.Model:
        model = SparseAttentiveRNN(
            **self.network, units=self.units, cell=self.cell, **METHODS[self.method](self)
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=self.clip_norm),
            loss=model.loss,
            weighted_metrics=self.metrics,
            jit_compile=self.jit_compile,
        )
        return model

    @property
    def metrics(self) -> list[Any]:
        """Keras metrics to watch in training."""
        return []

    @property
    def variant(self) -> tuple[Any, ...]:
        """The method, with those of the numbers that it depends on: k_trunc, k_top."""
        numbers = {"sab": (self.k_trunc, self.k_top), "truncated_bptt": (self.k_trunc,)}
        return (self.method, *numbers.get(self.method, ()))

    def illustration(self) -> Arrays:
        """Examples, the first of which figures show."""
        return rows_of_part(self._source("test"), slice(1))

    def written(self, inputs: Arrays) -> list[str] | None:
        """What stands at each step of the first sequence, short strings; or `None`."""

    def figures(self, model: keras.Model) -> Figures:
        """Which steps were retrieved in a test sequence."""
        if self.method not in RETRIEVING:
            return {}
        inputs = self.to_batch(self.illustration())[0]
        figure = figures.retrieval_map(model.trace(inputs), symbols=self.written(inputs))
        return {"reminders": figure}

    def search_space(self, hp: HyperParameters) -> Fields:
        def choice(name, *values):
            own = getattr(self, name)
            return hp.Choice(name, sorted({own, *values}), default=own)

        space = {
            "learning_rate": hp.Float(
                "learning_rate", 3e-4, 4e-3, sampling="log", default=self.learning_rate
            ),
            "units": choice("units", 64, 128, 256),
        }
        if self.method in ("sab", "truncated_bptt"):
            space["k_trunc"] = choice("k_trunc", 1, 5, 10, 20)
        if self.method == "sab":
            space["k_top"] = choice("k_top", 1, 5, 10)
            every = [k for k in (1, 2, 5, 10, 20) if k <= self.fewest_steps]
            space["k_att"] = choice("k_att", *every)
        return space
