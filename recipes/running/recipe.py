"""What every recipe is: a frozen dataclass whose methods are the experiment."""

from __future__ import annotations

import abc
import dataclasses
import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, dataclass_transform

import keras
import pydantic
from pydantic import Field, NonNegativeInt, PositiveInt

from ...zoo.saving.names import did_you_mean
from .. import registry
from ..datasets.records import ByNumber
from .argument_types import (
    Answer,
    Arrays,
    Batch,
    Callbacks,
    Fields,
    Figures,
    History,
    HyperParameters,
    Layouts,
    Metrics,
    Split,
)
from .batches import evaluation_batches, even_batch_size, part, size_of, training_batches
from .fields import Names, PathText, check_sizes
from .late_tensorflow import tf
from .moved import LayOut, Moved, take_over
from .study import Study

if TYPE_CHECKING:
    import keras_tuner

    from .run import Run

T = TypeVar("T")
# More than that, an epoch never ends.
EXAMPLES_PER_EPOCH = 10**8


@dataclass_transform(kw_only_default=True, frozen_default=True)
def recipe_dataclass(cls: type[T]) -> type[T]:
    """Decorates every recipe: fields are checked and parsed, and cannot be assigned to."""
    config = pydantic.ConfigDict(extra="forbid")
    return pydantic.dataclasses.dataclass(cls, frozen=True, kw_only=True, config=config)


@recipe_dataclass
class Recipe(abc.ABC):
    """A data set, a model, its training, its metrics and its search space.

    A subclass adds fields and writes `examples`, `to_batch`, `model`, `evaluate` and
    `search_space`; the rest is here. What its model card reports is its `study`.

    Example:

    ```python
    from keras_memory import recipes

    recipe = recipes.get("ntm_copy", memory_slots=64)  # a subclass, by its name
    model = recipe.model()
    model.fit(recipe.dataset("train"), epochs=1)
    recipe.evaluate(model)
    ```
    """

    seed: NonNegativeInt = Field(0, lt=2**32, description="of weights, data order and noise")
    epochs: PositiveInt = Field(1, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(100, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="examples in an update")
    jit_compile: bool = Field(True, description="compile the training step with XLA")
    pretrained: PathText = Field(
        "", description="a preset or a run whose weights training starts from"
    )
    frozen: Names = Field((), description="layers whose weights stay as they are")

    # The recipe's name: that of its module.
    name: ClassVar[str]
    # What `answer` takes from the command line: a name and an example of each. Those of the
    # package's own recipes are in the registry, where they are read without TensorFlow.
    questions: ClassVar[dict[str, str]] = {}
    # The column of the history that is lowest in the epoch that is kept; `None`: the last.
    monitor: ClassVar[str | None] = "val_loss"
    # Fields that `evaluate` alone depends on: a run may go on with others.
    fields_of_tests: ClassVar[tuple[str, ...]] = ()
    # Fields that choose the data alone: with others, a trained model is the same.
    fields_of_data: ClassVar[tuple[str, ...]] = ()
    # Whether batches are of examples of similar `lengths`: for models with a step for each.
    graded: ClassVar[bool] = False
    # How many examples are evaluated at once.
    evaluation_batch_size: ClassVar[int] = 250
    # Large weights that may be split over devices: the `layouts` of the model.
    layouts: ClassVar[Layouts] = {}
    # What the model card is made of.
    study: ClassVar[Study] = Study()

    def __init_subclass__(cls):
        cls.name = cls.__module__.rpartition(".")[2]
        cls.questions = registry.QUESTIONS.get(cls.name, cls.questions)
        take_over(cls, Recipe)

    def __post_init__(self):
        for name, value in self.defaults().items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)  # the one time that a field is set
        check_sizes(vars(self))
        if self.examples_per_epoch > EXAMPLES_PER_EPOCH:
            raise ValueError(
                f"Expected up to {EXAMPLES_PER_EPOCH} examples in an epoch. Received: "
                f"steps_per_epoch={self.steps_per_epoch}, batch_size={self.batch_size}"
            )

    @classmethod
    def of(cls, **fields: Any) -> Self:
        """The recipe with these fields, checked and parsed.

        Raises:
            ValueError: A field is unknown, or a value does not fit; in one line.
        """
        known = cls.__pydantic_fields__
        for field in fields:
            if field not in known:
                raise ValueError(
                    f"Expected a field of {cls.name} ({', '.join(known)}). "
                    f"Received: {field!r}{did_you_mean(field, known)}"
                )
        try:
            return cls(**fields)
        except ValueError as error:
            raise ValueError(_one_line(cls.name, error)) from None

    def defaults(self) -> Fields:
        """Values of fields that follow from other fields unless they are given, by name.

        In the class, such a field is `None`.
        """
        return {}

    @property
    def overrides(self) -> Fields:
        """The fewest fields that make this recipe of the defaults."""
        usual = {name: field.default for name, field in self.__pydantic_fields__.items()}
        usual |= self.defaults()
        fields = dataclasses.asdict(self)
        return {name: value for name, value in fields.items() if value != usual[name]}

    @property
    def published(self) -> dict[str, tuple[float | str, str]]:
        """The metric's published figure and where it stands, by the metric's name."""
        return self.study.published

    @property
    def targets(self) -> dict[str, tuple[str, float]]:
        """What the preset must reach, by the metric's name: `("≤", 0.5)`."""
        return self.study.targets

    def replace(self, **overrides: Any) -> Self:
        """The same recipe with some fields changed, checked as by `recipes.get`."""
        return self.of(**{**self.overrides, **overrides})

    def for_tests(self, **overrides: Any) -> Self:
        """As `replace`, of the recipe that trained a model, which is to be tested.

        What the model has learned from, and its words, stay what they were.
        """
        return self.replace(**overrides)

    @property
    def examples_per_epoch(self) -> int:
        """How many training examples an epoch sees."""
        return self.steps_per_epoch * self.batch_size

    @abc.abstractmethod
    def examples(self, split: str) -> Arrays:
        """Arrays by name, examples along the first axis."""

    def records(self, split: str) -> ByNumber | None:
        """Examples that stay on disk, for data that do not fit in memory.

        Training and validation read them in the place of `examples`; see
        `recipes.datasets.load_records`.
        """
        return None

    def _source(self, split):
        records = self.records(split)
        return self.examples(split) if records is None else records

    @abc.abstractmethod
    def to_batch(self, examples: Arrays) -> Batch:
        """From a batch of examples to `(inputs, targets, sample_weight)` tensors."""

    def prepare(self) -> None:
        """Prepare and check all data that training and `evaluate` read, and `pretrained`.

        So what is wrong with them is reported before the first update.
        """
        for split in ("train", "validation", "test"):
            self._source(split)
        if self.pretrained or self.frozen:
            self.seeded_model()

    @functools.cached_property
    def pretrained_model(self) -> keras.Model | None:
        """The model whose weights training starts from."""
        from .loading import find, saved_model

        return saved_model(find(self.pretrained)) if self.pretrained else None

    def with_pretrained(self, argument: str, names: Iterable[str]) -> list[str]:
        """The names in an argument of the pretrained model, and after them the others."""
        found = self.pretrained_model
        known = found.get_config().get(argument, ()) if found else ()
        return [*dict.fromkeys([*known, *names])]

    def lengths(self, examples: Arrays | ByNumber) -> Any:
        """Of the training examples, if a batch is to have examples of similar lengths."""
        return None

    @abc.abstractmethod
    def model(self) -> keras.Model:
        """A built, compiled model with fresh weights."""

    def callbacks(self, history: History) -> Callbacks:
        """Keras callbacks that training needs.

        Args:
            history: The epochs so far, a row each; every epoch adds its own.
        """
        return []

    @abc.abstractmethod
    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The paper's metrics, by name."""

    @abc.abstractmethod
    def search_space(self, hp: HyperParameters) -> Fields:
        """Field overrides sampled from a `keras_tuner.HyperParameters`."""

    def figures(self, model: keras.Model) -> Figures:
        """Matplotlib figures of a trained model, by name."""
        return {}

    def answer(self, model: keras.Model, **questions: str) -> Answer:
        """A model's answer to what the user typed: text in, a flat dictionary out."""
        raise ValueError(f"{self.name} takes no questions")

    def answers(
        self, model: keras.Model, questions: Sequence[Mapping[str, str]]
    ) -> list[Answer]:
        """As `answer`, of each of many questions; at once, where the model can."""
        return [self.answer(model, **question) for question in questions]

    def dataset(self, split: Split, epoch: tf.Variable | None = None) -> tf.data.Dataset:
        """Batches of a split, as `model.fit` takes them.

        Args:
            split: `"train"`: one epoch at each iteration, shuffled by `seed`; or
                `"validation"` or `"test"`: every example once.
            epoch: A `tf.Variable` that counts the epochs of the training split.
        """
        examples = self._source(split)
        if split != "train":
            size = even_batch_size(size_of(examples), self.evaluation_batch_size)
            return evaluation_batches(examples, self.to_batch, size)
        epoch = tf.Variable(0, dtype=tf.int64) if epoch is None else epoch
        return training_batches(
            examples,
            self.to_batch,
            self.batch_size,
            self.steps_per_epoch,
            self.seed,
            epoch,
            self.lengths(examples),
            part(),
            cut=type(self).lengths is not Recipe.lengths,
            graded=self.graded,
        )

    def fit(
        self,
        run_dir: str | os.PathLike[str] | Run | None = None,
        resume: bool = False,
        verbose: str | int = "auto",
        distribution: keras.distribution.DataParallel
        | keras.distribution.ModelParallel
        | None = None,
    ) -> Run:
        """Train, keep the best epoch by validation, evaluate; all of it in a run's folder.

        Args:
            run_dir: The run's folder, or to resume it the `Run`; `runs/<recipe>/<time>` if
                absent.
            resume: Go on with the run in `run_dir` where it was stopped.
            verbose: As in `model.fit`.
            distribution: Over which devices, of how many processes, every batch is spread;
                from `recipes.running.processes.start`; to split large weights, too, from
                `recipes.running.model_parallel.split`. All processes call this.

        Returns:
            The `Run`: its `model`, `metrics`, `history` and `folder`.

        Raises:
            ValueError: `run_dir` holds a run and `resume` is false, or holds another
                recipe's run.
            OSError: The folder cannot be written; files already in it are as they were.
        """
        from .run import Run

        if distribution is not None:
            from .distributed import train

            return train(self, distribution, run_dir, resume, verbose)
        return Run.start(self, run_dir, resume).train(verbose)

    def tuner(
        self,
        max_trials: int = 20,
        directory: str | os.PathLike[str] = "tuning",
        algorithm: str = "bayesian",
    ) -> keras_tuner.Tuner:
        """A `keras_tuner.Tuner` over `search_space`; see `recipes.running.tuning.tuner`."""
        from .tuning import tuner

        return tuner(self, max_trials, directory, algorithm)

    def export(
        self,
        model: keras.Model,
        path: str | os.PathLike[str],
        format: str = "tf_saved_model",
        steps: int | None = None,
        endpoint: str | None = None,
        version: int | None = None,
    ) -> Path:
        """Write a model for serving; see `recipes.running.exporting.export`."""
        from .exporting import export

        return export(model, path, format, steps, endpoint, version)

    def seeded_model(self) -> keras.Model:
        """`model()` after seeding every source of random numbers with `seed`.

        It has the weights of `pretrained`, as far as it knows the same words, and `frozen`
        layers.
        """
        self._source("train")  # what prepares data first may sample numbers, too
        source = self.pretrained_model
        keras.utils.set_random_seed(self.seed)
        model = self.model()
        if source is not None:
            model.copy_weights_from(source)
        for name in self.frozen:
            _layer(model, name).trainable = False
        if self.frozen and not model.trainable_weights:
            raise ValueError(
                "Expected layers that are trained besides those in frozen. Received: "
                f"{', '.join(self.frozen)}"
            )
        return model

    lay_out = LayOut(to_batch)
    data, chosen_by = Moved("study", "data"), Moved("study", "chosen_by")
    loss_label, preset = Moved("study", "loss_label"), Moved("study", "preset")
    is_candidate, has_curve = Moved("study", "is_candidate"), Moved("study", "has_curve")
    rank, further_metrics = Moved("study", "rank"), Moved("study", "further_metrics")
    study_rows, study_text = Moved("study", "rows"), Moved("study", "text")


def _layer(model, name):
    names = [layer.name for layer in model.layers if layer.weights]
    if name not in names:
        raise ValueError(
            f"Expected a layer to freeze ({', '.join(names)}). Received: {name!r}"
            f"{did_you_mean(name, names)}"
        )
    return model.get_layer(name)


def _one_line(name, error):
    """pydantic's report of wrong values, in one line."""
    problems = [
        f"{name}.{problem['loc'][0]}: {problem['msg']}. Received: {problem['input']!r}"
        if problem["loc"]
        else f"{name}: {problem['msg'].removeprefix('Value error, ')}"  # says it all
        for problem in error.errors()
    ]
    return "; ".join(dict.fromkeys(problems))
