"""A run of a recipe: the folder that holds all of it, from configuration to figures."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import functools
import importlib.metadata
import io
import itertools
import json
import math
import os
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ... import zoo
from ...zoo.saving.atomic_files import (
    discard_half_written,
    json_text,
    locked,
    read_json,
    whole_file,
    write_text,
)
from ...zoo.saving.presets import METADATA
from .. import registry

if TYPE_CHECKING:
    import keras

    from .argument_types import Figures
    from .recipe import Recipe
    from .trainer import Trainer

# The file that makes a folder that of a run, and what it was called until version 0.2.
RUN, OLD_RUN = "run.json", "config.json"
MODEL, METRICS, FIGURES = "model.keras", "metrics.json", "figures"
PACKAGES = ("keras-memory", "keras", "tensorflow", "numpy")


class Stopped(KeyboardInterrupt):
    """The user interrupted a run, which can go on."""


class Run:
    """A recipe, the folder of its run and, once trained, its model and figures.

    What is in the folder is read when it is first accessed.

    Attributes:
        recipe: The recipe.
        folder: Where everything is: `run.json`, `model.keras`, `history.csv`,
            `metrics.json`, `checkpoint.npz`, `tensorboard/`, `figures/`.
        model: The model, at its best epoch by validation.
        history: A row an epoch: losses, metrics, seconds.
        metrics: The paper's metrics on the test split.

    Example:

    ```python
    from keras_memory import recipes

    run = recipes.get("ntm_copy").fit("runs/copy")
    again = recipes.Run("runs/copy")  # what is there, at any later time
    again.metrics, again.history
    ```
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def __repr__(self) -> str:
        """What there is to see of it; what cannot be read is left out."""
        facts = [repr(str(self.folder))]
        with contextlib.suppress(ValueError, OSError):
            changed = "".join(f", {k}={v!r}" for k, v in self.recipe.overrides.items())
            facts.append(f"recipe={self.recipe.name}{changed}")
            facts.append(f"epochs trained={len(self.history)} of {self.recipe.epochs}")
            facts.append(f"metrics={self.metrics}" if self.is_finished else "not finished")
        return f"Run({', '.join(facts)})"

    @classmethod
    def start(
        cls,
        recipe: Recipe,
        folder: str | os.PathLike[str] | Self | None = None,
        resume: bool = False,
    ) -> Self:
        """A new run, or with `resume` the one that is in `folder`, or that is given there.

        A run that is resumed may have other `epochs` than before, if more than are done, and
        other fields that tests alone depend on.

        Raises:
            ValueError: There is a run in `folder` and `resume` is false; or it is of
                another recipe, or of other fields; or somebody else writes to it.
            OSError: The folder cannot be written to.
        """
        if folder is not None and not str(folder):
            raise ValueError("Expected the name of a folder. Received: ''")
        run = None if folder is None else cls.find(folder)
        if run is None:
            return cls._new(recipe, folder)
        if not resume:
            raise _there_is_one(folder)
        run._go_on_as(recipe)
        return run

    @classmethod
    def _new(cls, recipe, folder):
        recipe.prepare()  # nothing is written of a run whose data are not available
        run = cls(_dated_folder(recipe.name) if folder is None else folder)
        run.folder.mkdir(parents=True, exist_ok=True)
        with locked(run.folder):
            if cls.find(run.folder):  # which another process has begun since
                raise _there_is_one(run.folder)
            run.recipe = recipe
            run._write_recipe(RUN)
        return run

    def _write_recipe(self, name):
        written = {
            "recipe": self.recipe.name,
            "fields": dataclasses.asdict(self.recipe),
            "versions": versions(),
        }
        write_text(self.folder / name, json.dumps(written, indent=2) + "\n")

    def _go_on_as(self, recipe):
        """Take over the fields of a recipe that may differ in a run that goes on.

        Raises:
            ValueError: Others differ, too.
        """
        if differences := self.differences(recipe, ("epochs", *recipe.fields_of_tests)):
            raise ValueError(
                f"Expected the run of {self.recipe.name} that {self.folder} holds. Received: "
                f"{differences}"
            )
        if recipe.epochs < len(self.history):
            raise ValueError(
                f"Expected at least the epochs that are done in {self.folder}, "
                f"{len(self.history)}. Received: {recipe.epochs}"
            )
        if self.recipe == recipe:
            return
        recipe.prepare()
        with locked(self.folder):
            (self.folder / METRICS).unlink(missing_ok=True)  # of the fields before
            self.recipe, self.metrics = recipe, {}
            self._write_recipe(self._file().name)

    @classmethod
    def find(cls, folder: str | os.PathLike[str] | Self) -> Self | None:
        """The run in a folder, whatever its recipe; `None` where there is none.

        A `Run` stays what it is.
        """
        run = folder if isinstance(folder, cls) else cls(folder)
        return run if run.is_started else None

    @classmethod
    def open(cls, folder: str | os.PathLike[str]) -> Self:
        """As `find`, and what is in the folder is read.

        Raises:
            ValueError: There is no run in `folder`, or its files are damaged.
        """
        run = cls.find(folder)
        if run is None:
            raise ValueError(
                f"Expected the folder of a run, with its {RUN}. Received: {folder}"
            )
        for attribute in ("recipe", "metrics", "history"):
            getattr(run, attribute)
        return run

    def _file(self):
        """That which says what the run is of. A preset's is called as a run's once was."""
        is_old = not (self.folder / RUN).exists() and not (self.folder / METADATA).exists()
        return self.folder / (OLD_RUN if is_old else RUN)

    @functools.cached_property
    def recipe(self) -> Recipe:
        try:
            written = read_json(self._file())
            return registry.get(written["recipe"], **written["fields"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"Expected the folder of a run, with its {RUN}. Received: {self.folder} "
                f"({type(error).__name__}: {error})"
            ) from None

    @functools.cached_property
    def metrics(self) -> dict[str, float]:
        if not self.is_finished:
            return {}
        found = read_json(path := self.folder / METRICS)
        if not isinstance(found, dict):
            raise ValueError(f"Expected metrics by name in {path}. Received: {found!r:.80}")
        return {name: math.nan if value is None else value for name, value in found.items()}

    @functools.cached_property
    def history(self) -> list[dict[str, Any]]:
        from .checkpoint import CHECKPOINT, saved_history

        return saved_history(self.folder / CHECKPOINT)

    @functools.cached_property
    def model(self) -> keras.Model:
        path = self.folder / MODEL
        if not path.exists():
            raise ValueError(
                f"Expected a run that was trained to its end. Received: {self.folder}, "
                f"without {MODEL}; resume it first"
            )
        from ...zoo.saving.checks import check_finite

        try:
            model = zoo.load(path)
            check_finite(model.get_weights())
        except Exception as error:
            line = str(error).strip().partition("\n")[0]
            raise ValueError(
                f"Expected the model of a run in {path}. Received: {type(error).__name__}: "
                f"{line}"
            ) from None
        return model

    @functools.cached_property
    def further_metrics(self) -> dict[str, float]:
        """What the model card reports besides `metrics`, by name."""
        return self.recipe.study.further_metrics(self.model)

    @property
    def is_started(self) -> bool:
        """Whether the folder holds a run."""
        return self._file().is_file()

    @property
    def is_finished(self) -> bool:
        """Whether it was trained to its end and evaluated."""
        return (self.folder / METRICS).exists()

    @property
    def learning_curve(self) -> list[tuple[int, float]]:
        """The training examples seen and the validation loss, after each epoch."""
        size = self.recipe.examples_per_epoch
        return [((row["epoch"] + 1) * size, row["val_loss"]) for row in self.history]

    def differences(self, recipe: Recipe, besides: tuple[str, ...] = ()) -> str:
        """In which fields another recipe differs from the run's; empty if in none.

        Args:
            recipe: The other.
            besides: Fields that may differ.
        """
        if recipe.name != self.recipe.name:
            return recipe.name
        ours, theirs = dataclasses.asdict(self.recipe), dataclasses.asdict(recipe)
        different = [
            k for k in ours if k not in besides and ours[k] != theirs.get(k, ours[k])
        ]
        return ", ".join(f"{k}={theirs[k]} for {ours[k]}" for k in different)

    def train(self, verbose: str | int = "auto", trainer: Trainer | None = None) -> Self:
        """Train to the last epoch, from the last checkpoint if there is one; evaluate.

        Args:
            verbose: As in `model.fit`.
            trainer: A `Trainer`, for restarts that follow each other: it compiles once. The
                result is the same.

        Raises:
            ValueError: Another process trains in this folder, or the checkpoint is damaged.
            Stopped: The user interrupted it; its message says how to go on.
        """
        from .trainer import train

        train = trainer.train if trainer else train
        with locked(self.folder), self._stopped_by_the_user():
            for folder in (self.folder, self.folder / FIGURES):
                discard_half_written(folder)
            self.model, self.history = train(self.recipe, self.folder, verbose)
            with whole_file(self.folder / MODEL) as beside:
                self.model.save(beside)
            self._write_history()
            self.metrics = self.recipe.evaluate(self.model)
            write_text(self.folder / METRICS, json_text(self.metrics, indent=2) + "\n")
            self.plot()
        return self

    @contextlib.contextmanager
    def _stopped_by_the_user(self):
        """An interrupt says how to go on."""
        try:
            yield
        except KeyboardInterrupt:
            from .checkpoint import CHECKPOINT, saved_history

            epochs = len(saved_history(self.folder / CHECKPOINT))
            folder = shlex.quote(str(self.folder))
            raise Stopped(
                f"stopped {f'after epoch {epochs}' if epochs else 'in the first epoch'}; go "
                f"on with: keras-memory train {self.recipe.name} --run-dir {folder} --resume"
            ) from None

    def plot(self, folder: str | os.PathLike[str] | None = None) -> list[Path]:
        """Plot the figures of the run; their paths."""
        figures = dict(self.recipe.figures(self.model))
        if len(self.history) > 1:
            figures["learning_curve"] = zoo.figures.learning_curves(
                {f"{self.recipe.name}, validation": [self.learning_curve]},
                self.recipe.study.loss_label,
            )
        return save_figures(figures, folder or self.folder / FIGURES)

    def _write_history(self):
        text = io.StringIO(newline="")
        # A run that an earlier version began has fewer columns in its first rows.
        columns = dict.fromkeys(column for row in self.history for column in row)
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.history)
        write_text(self.folder / "history.csv", text.getvalue())


def _dated_folder(name):
    """A new folder, named by the time: nobody else's, though it begins in the same second."""
    runs = Path("runs") / name
    runs.mkdir(parents=True, exist_ok=True)
    time_now = time.strftime("%Y%m%d-%H%M%S")
    for number in itertools.count(1):
        folder = runs / (time_now if number == 1 else f"{time_now}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder


def _there_is_one(folder):
    return ValueError(
        f"Expected a folder without a run. Received: {folder}, which holds one; resume it, "
        "or choose another folder"
    )


def versions() -> dict[str, str]:
    """The versions of the packages that a result depends on."""
    return {package: importlib.metadata.version(package) for package in PACKAGES}


def save_figures(figures: Figures, folder: str | os.PathLike[str]) -> list[Path]:
    """Write figures as PNG files; their paths."""
    paths = []
    for name, figure in figures.items():
        path = Path(folder) / f"{name}.png"
        with whole_file(path) as beside:
            figure.savefig(beside, dpi=150)
        paths.append(path)
    return paths
