"""What every recipe is: a frozen dataclass whose methods are the experiment."""

import abc
import contextlib
import dataclasses
import difflib
import warnings
from functools import partial
from typing import ClassVar

import keras
import pydantic
import tensorflow as tf
from pydantic import Field, NonNegativeInt, PositiveInt

from .batches import evaluation_batches, training_batches

# Decorates every recipe: fields are checked and parsed, and cannot be assigned to.
recipe_dataclass = partial(
    pydantic.dataclasses.dataclass,
    frozen=True,
    kw_only=True,
    config=pydantic.ConfigDict(extra="forbid"),
)


@recipe_dataclass
class Recipe(abc.ABC):
    """A data set, a model, its training, its metrics and its search space.

    A subclass adds fields and writes `examples`, `lay_out`, `model`, `evaluate` and
    `search_space`; the rest is here.
    """

    seed: NonNegativeInt = Field(0, lt=2**32, description="of weights, data order and noise")
    epochs: PositiveInt = Field(1, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="examples in an update")
    jit_compile: bool = Field(True, description="compile the training step with XLA")

    # The recipe's name: that of its module.
    name: ClassVar[str]
    # The metric's published figure and where it stands, by the metric's name.
    published: ClassVar[dict[str, tuple[float | str, str]]] = {}
    # What the preset must reach, by the metric's name: `("≤", 0.5)` or `("≥", 0.88)`.
    targets: ClassVar[dict[str, tuple[str, float]]] = {}
    # What `answer` takes from the command line: a name and an example of each.
    questions: ClassVar[dict[str, str]] = {}
    # Data set and version, and what `rank` ranks by, for the model card.
    data: ClassVar[str] = ""
    chosen_by: ClassVar[str] = "loss on the validation split"
    # The column of the history that is lowest in the epoch that is kept; `None`: the last.
    monitor: ClassVar[str | None] = "val_loss"
    # The unit of the loss, for learning curves.
    loss_label: ClassVar[str] = "loss"
    # How many examples are evaluated at once.
    evaluation_batch_size: ClassVar[int] = 250
    # Fields to change for each run of the study behind the model card, by its title.
    study: ClassVar[dict[str, list[dict]]] = {}

    def __init_subclass__(cls):
        cls.name = cls.__module__.rpartition(".")[2]

    @classmethod
    def of(cls, **fields):
        """The recipe with these fields, checked and parsed.

        Raises:
            ValueError: A field is unknown, or a value does not fit; in one line.
        """
        known = cls.__pydantic_fields__
        for field in fields:
            if field not in known:
                close = difflib.get_close_matches(field, known, n=1)
                hint = f"; did you mean {close[0]!r}?" if close else ""
                raise ValueError(
                    f"Expected a field of {cls.name} ({', '.join(known)}). "
                    f"Received: {field!r}{hint}"
                )
        try:
            return cls(**fields)
        except ValueError as error:
            raise ValueError(_one_line(cls.name, error)) from None

    @property
    def overrides(self):
        """The fewest fields that make this recipe of the defaults."""
        fields = dataclasses.asdict(self)
        for name in list(fields):  # some may follow from others
            fewer = {k: v for k, v in fields.items() if k != name}
            with contextlib.suppress(ValueError), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fields = fewer if type(self)(**fewer) == self else fields
        return fields

    def replace(self, **overrides):
        """The same recipe with some fields changed, checked as by `recipes.get`."""
        return self.of(**{**self.overrides, **overrides})

    @property
    def examples_per_epoch(self):
        """How many training examples an epoch sees."""
        return self.steps_per_epoch * self.batch_size

    @abc.abstractmethod
    def examples(self, split):
        """Arrays by name, examples along the first axis."""

    @abc.abstractmethod
    def lay_out(self, examples):
        """From a batch of examples to `(inputs, targets, sample_weight)` tensors."""

    def lengths(self, examples):
        """Of the training examples, if batches are to hold such of similar length."""
        return None

    @abc.abstractmethod
    def model(self):
        """A built, compiled model with fresh weights."""

    def callbacks(self, history):
        """Keras callbacks that training needs.

        Args:
            history: The epochs so far, a row each; every epoch adds its own.
        """
        return []

    @abc.abstractmethod
    def evaluate(self, model, split="test"):
        """The paper's metrics, by name."""

    @abc.abstractmethod
    def search_space(self, hp):
        """Field overrides drawn from a `keras_tuner.HyperParameters`."""

    def figures(self, model):
        """Matplotlib figures of a trained model, by name."""
        return {}

    def answer(self, model, **questions):
        """What a model says to what the user typed: text in, a flat dictionary out."""
        raise ValueError(f"{self.name} takes no questions")

    @property
    def preset(self):
        """The name of the preset whose model card tells of this recipe's runs."""
        return self.name

    @property
    def is_candidate(self):
        """Whether that preset may be made of a run of this recipe."""
        return True

    @property
    def has_curve(self):
        """Whether how a run of this recipe learned is drawn in that model card."""
        return True

    def rank(self, run):
        """What a study chooses its best run by; the lower the better."""
        return min(row["val_loss"] for row in run.history)

    def further_metrics(self, model):
        """What a model card tells besides the metrics of `evaluate`, by name."""
        return {}

    def study_rows(self, runs):
        """The table of a part of the study: its lines, each by column."""
        return [{"seed": run.recipe.seed, **run.metrics} for run in runs]

    def study_text(self, rows):
        """What there is to say of a study's table."""
        return ""

    def dataset(self, split, epoch=None):
        """Batches of a split, as `model.fit` takes them.

        Args:
            split: `"train"`: one epoch at each iteration, shuffled by `seed`; or
                `"validation"` or `"test"`: every example once.
            epoch: A `tf.Variable` that counts the epochs of the training split.
        """
        examples = self.examples(split)
        if split != "train":
            return evaluation_batches(examples, self.lay_out, self.evaluation_batch_size)
        epoch = tf.Variable(0, dtype=tf.int64) if epoch is None else epoch
        return training_batches(
            examples,
            self.lay_out,
            self.batch_size,
            self.steps_per_epoch,
            self.seed,
            epoch,
            self.lengths(examples),
        )

    def fit(self, run_dir=None, resume=False, verbose="auto"):
        """Train, keep the best epoch by validation, evaluate; all of it in a run's folder.

        Args:
            run_dir: The run's folder; `runs/<recipe>/<time>` if absent.
            resume: Go on with the run in `run_dir` where it was stopped.
            verbose: As in `model.fit`.

        Returns:
            The `Run`: its `model`, `metrics`, `history` and `folder`.

        Raises:
            ValueError: `run_dir` holds a run and `resume` is false, or holds another
                recipe's run.
            OSError: The folder cannot be written; files already in it are as they were.
        """
        from .run import Run

        return Run.start(self, run_dir, resume).train(verbose)

    def tuner(self, max_trials=20, directory="tuning", algorithm="bayesian"):
        """A `keras_tuner.Tuner` over `search_space`; see `recipes.tuning.tuner`."""
        from .tuning import tuner

        return tuner(self, max_trials, directory, algorithm)

    def export(self, model, path, format="tf_saved_model"):
        """Write a model for serving; see `recipes.exporting.export`."""
        from .exporting import export

        return export(model, path, format)

    def seeded_model(self):
        """`model()` after seeding every source of random numbers with `seed`."""
        self.examples("train")  # what prepares data first may draw numbers, too
        keras.utils.set_random_seed(self.seed)
        return self.model()


def _one_line(name, error):
    """pydantic's report of wrong values, in one line."""
    problems = [
        f"{name}.{problem['loc'][0]}: {problem['msg']}. Received: {problem['input']!r}"
        if problem["loc"]
        else f"{name}: {problem['msg'].removeprefix('Value error, ')}"  # says it all
        for problem in error.errors()
    ]
    return "; ".join(dict.fromkeys(problems))
