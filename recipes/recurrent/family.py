"""What recipes share that learn over long spans of time, by one of four methods."""

import abc
from typing import ClassVar, Literal

import keras
import pydantic
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import SparseAttentiveRNN, figures
from ...zoo.recurrent.sparse_attentive_rnn import CELLS
from ..running.recipe import Recipe, recipe_dataclass

# From a recipe to what is retrieved, passed and stored.
METHODS = {
    "sab": lambda r: {"k_top": r.k_top, "k_trunc": r.k_trunc, "k_att": r.k_att},
    "full_bptt": lambda r: {"k_top": 0, "k_trunc": None, "k_att": 1},
    "truncated_bptt": lambda r: {"k_top": 0, "k_trunc": r.k_trunc, "k_att": 1},
    "self_attention": lambda r: {"k_top": None, "k_trunc": None, "k_att": 1},
}
RETRIEVING = "sab", "self_attention"


def as_lengths(value):
    """`200`, `"200"` and `"100,200"` are test lengths, too."""
    if isinstance(value, str):
        return value.split(",")
    return [value] if isinstance(value, int) else value


def truncated(steps):
    """The title of a study's part."""
    return f"truncated back-propagation, {steps} step{'s' if steps > 1 else ''}"


def study_of(budget, truncations, self_attention=None):
    """Every method once.

    Args:
        budget: Fields of all runs.
        truncations: The steps of truncated back-propagation.
        self_attention: Fields that are its own; `None`: it is left out.
    """
    runs = {
        "SAB": {},
        "full back-propagation": {"method": "full_bptt"},
        **{truncated(k): {"method": "truncated_bptt", "k_trunc": k} for k in truncations},
    }
    if self_attention is not None:
        runs["self-attention"] = {"method": "self_attention", **self_attention}
    return {title: [{"seed": 0, **budget, **fields}] for title, fields in runs.items()}


def training_time(history):
    """The minutes of these epochs, and on what, if that was recorded."""
    devices = dict.fromkeys(row.get("device", "-") for row in history)
    return {
        "minutes": round(sum(row["seconds"] for row in history) / 60, 1),
        "device": ", then ".join(devices),
    }


@recipe_dataclass
class LongSpanRecipe(Recipe):
    """Sequences, and a `zoo.SparseAttentiveRNN` that learns from them by one of METHODS.

    A subclass says what the network takes and says (`network`), and how long a training
    sequence is (`steps`), and the shortest of all, if tests have shorter ones
    (`fewest_steps`).
    """

    learning_rate: PositiveFloat = Field(1e-3, allow_inf_nan=False, description="of Adam")
    clip_norm: PositiveFloat = Field(
        1.0, allow_inf_nan=False, description="of all gradients together, at most"
    )

    method: Literal[*METHODS] = Field(
        "sab", description="sparse attentive backtracking, or what it is held against"
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

    loss_label: ClassVar = "cross-entropy"

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
    def steps(self):
        """Of a training sequence."""

    @property
    def fewest_steps(self):
        """Of any sequence."""
        return self.steps

    @property
    @abc.abstractmethod
    def network(self):
        """Arguments of the `SparseAttentiveRNN` but for the cell and the method."""

    def model(self):
        model = SparseAttentiveRNN(
            **self.network, units=self.units, cell=self.cell, **METHODS[self.method](self)
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=self.clip_norm),
            loss=model.loss,
            metrics=self.metrics,
            jit_compile=self.jit_compile,
        )
        return model

    @property
    def metrics(self):
        """Keras metrics to watch in training."""
        return []

    @property
    def variant(self):
        """The method, with those of the numbers that it hangs on: k_trunc, k_top."""
        numbers = {"sab": (self.k_trunc, self.k_top), "truncated_bptt": (self.k_trunc,)}
        return (self.method, *numbers.get(self.method, ()))

    @property
    def is_candidate(self):
        """Of the method that the recipe is about."""
        return self.method == "sab"

    def illustration(self):
        """Examples of which the first is drawn."""
        return {name: array[:1] for name, array in self.examples("test").items()}

    def written(self, inputs):
        """What stands at each step of the first sequence, short strings; or `None`."""

    def figures(self, model):
        """What a test sequence was reminded of."""
        if self.method not in RETRIEVING:
            return {}
        inputs = self.lay_out(self.illustration())[0]
        drawn = figures.retrieval_map(model.trace(inputs), symbols=self.written(inputs))
        return {"reminders": drawn}

    def study_rows(self, runs):
        """A run a row: what it reaches, after how many examples and minutes."""
        return [
            {
                "seed": run.recipe.seed,
                **run.metrics,
                "examples": f"{len(run.history) * run.recipe.examples_per_epoch:,}",
                **training_time(run.history),
            }
            for run in runs
        ]

    def search_space(self, hp):
        def choice(name, *values):
            own = getattr(self, name)
            return hp.Choice(name, sorted({own, *values}), default=own)

        drawn = {
            "learning_rate": hp.Float(
                "learning_rate", 3e-4, 4e-3, sampling="log", default=self.learning_rate
            ),
            "units": choice("units", 64, 128, 256),
        }
        if self.method in ("sab", "truncated_bptt"):
            drawn["k_trunc"] = choice("k_trunc", 1, 5, 10, 20)
        if self.method == "sab":
            drawn["k_top"] = choice("k_top", 1, 5, 10)
            every = [k for k in (1, 2, 5, 10, 20) if k <= self.fewest_steps]
            drawn["k_att"] = choice("k_att", *every)
        return drawn
