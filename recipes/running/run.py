"""A run of a recipe: the folder that holds all of it, from configuration to figures."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import functools
import importlib.metadata
import io
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ... import zoo
from ...zoo.saving.atomic_files import read_json, whole_file, write_text
from ...zoo.saving.presets import METADATA
from .. import registry

if TYPE_CHECKING:
    import keras

    from .recipe import Recipe
    from .trainer import Trainer

# The file that makes a folder that of a run, and what it was called until version 0.2.
RUN, OLD_RUN = "run.json", "config.json"
MODEL, METRICS = "model.keras", "metrics.json"
PACKAGES = ("keras-memory", "keras", "tensorflow", "numpy")


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
        folder: str | os.PathLike[str] | None = None,
        resume: bool = False,
    ) -> Self:
        """A new run, or with `resume` the one that is in `folder`.

        Raises:
            ValueError: There is a run in `folder` and `resume` is false; or it is of
                another recipe, or of other fields.
            OSError: The folder cannot be written to.
        """
        if folder is None:
            folder = Path("runs") / recipe.name / time.strftime("%Y%m%d-%H%M%S")
        run = cls.find(folder)
        if run is None:
            return cls._new(recipe, folder)
        if not resume:
            raise ValueError(
                f"Expected a folder without a run. Received: {folder}, which holds "
                "one; resume it, or choose another folder"
            )
        if differences := run.differences(recipe):
            raise ValueError(
                f"Expected the run of {run.recipe.name} that {folder} holds. Received: "
                f"{differences}"
            )
        return run

    @classmethod
    def _new(cls, recipe, folder):
        run = cls(folder)
        run.recipe = recipe
        recipe.examples("train")  # nothing is written of a run whose data are not to be had
        written = {
            "recipe": recipe.name,
            "fields": dataclasses.asdict(recipe),
            "versions": versions(),
        }
        write_text(run.folder / RUN, json.dumps(written, indent=2) + "\n")
        return run

    @classmethod
    def find(cls, folder: str | os.PathLike[str]) -> Self | None:
        """The run in a folder, whatever its recipe; `None` where there is none."""
        run = cls(folder)
        return run if run._file().is_file() else None

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
        return read_json(self.folder / METRICS) if self.is_finished else {}

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
        try:
            return zoo.load(path)
        except Exception as error:
            raise ValueError(
                f"Expected the model of a run in {path}. Received: {type(error).__name__}: "
                f"{str(error).splitlines()[0]}"
            ) from None

    @functools.cached_property
    def further_metrics(self) -> dict[str, float]:
        """What the model card tells besides `metrics`, by name."""
        return self.recipe.study.further_metrics(self.model)

    @property
    def is_finished(self) -> bool:
        """Whether it was trained to its end and evaluated."""
        return (self.folder / METRICS).exists()

    @property
    def learning_curve(self) -> list[tuple[int, float]]:
        """The training examples seen and the validation loss, after each epoch."""
        size = self.recipe.examples_per_epoch
        return [((row["epoch"] + 1) * size, row["val_loss"]) for row in self.history]

    def differences(self, recipe: Recipe) -> str:
        """In which fields another recipe differs from the run's; empty if in none."""
        if recipe == self.recipe:
            return ""
        ours, theirs = dataclasses.asdict(self.recipe), dataclasses.asdict(recipe)
        different = [k for k in ours if ours[k] != theirs.get(k, ours[k])]
        return ", ".join(f"{k}={theirs[k]} for {ours[k]}" for k in different) or recipe.name

    def train(self, verbose: str | int = "auto", trainer: Trainer | None = None) -> Self:
        """Train to the last epoch, from the last checkpoint if there is one; evaluate.

        Args:
            verbose: As in `model.fit`.
            trainer: A `Trainer`, for restarts that follow each other: it compiles once. The
                result is the same.
        """
        from .trainer import train

        train = trainer.train if trainer else train
        self.model, self.history = train(self.recipe, self.folder, verbose)
        with whole_file(self.folder / MODEL) as beside:
            self.model.save(beside)
        self._write_history()
        self.metrics = self.recipe.evaluate(self.model)
        write_text(self.folder / METRICS, json.dumps(self.metrics, indent=2) + "\n")
        self.plot()
        return self

    def plot(self, folder: str | os.PathLike[str] | None = None) -> list[Path]:
        """Draw the figures of the run; their paths."""
        figures = dict(self.recipe.figures(self.model))
        if len(self.history) > 1:
            figures["learning_curve"] = zoo.figures.learning_curves(
                {f"{self.recipe.name}, validation": [self.learning_curve]},
                self.recipe.study.loss_label,
            )
        return save_figures(figures, folder or self.folder / "figures")

    def _write_history(self):
        text = io.StringIO(newline="")
        # A run that an earlier version began has fewer columns in its first rows.
        columns = dict.fromkeys(column for row in self.history for column in row)
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.history)
        write_text(self.folder / "history.csv", text.getvalue())


def versions():
    """The versions of the packages that a result depends on."""
    return {package: importlib.metadata.version(package) for package in PACKAGES}


def save_figures(figures, folder):
    """Write figures as PNG files; their paths."""
    paths = []
    for name, figure in figures.items():
        path = Path(folder) / f"{name}.png"
        with whole_file(path) as beside:
            figure.savefig(beside, dpi=150)
        paths.append(path)
    return paths
