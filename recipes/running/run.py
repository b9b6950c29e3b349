"""A run of a recipe: the folder that holds all of it, from configuration to figures."""

import csv
import dataclasses
import functools
import importlib.metadata
import io
import json
import time
from pathlib import Path

import keras
import tensorflow as tf

from ...zoo import figures, from_preset, load
from ...zoo.saving.atomic_files import read_json, whole_file, write_text
from ...zoo.saving.presets import METADATA, Preset
from .. import registry
from .checkpoint import Checkpoint, saved_history

CONFIG, CHECKPOINT = "config.json", "checkpoint.npz"
MODEL, METRICS = "model.keras", "metrics.json"
PACKAGES = ("keras-memory", "keras", "tensorflow", "numpy")


class Run:
    """A recipe, the folder of its run and, once trained, its model and figures.

    Attributes:
        recipe: The recipe.
        folder: Where everything is: `config.json`, `model.keras`, `history.csv`,
            `metrics.json`, `checkpoint.npz`, `tensorboard/`, `figures/`.
        model: The model, at its best epoch by validation.
        history: A row an epoch: losses, metrics, seconds.
        metrics: The paper's metrics on the test split.
    """

    def __init__(self, recipe, folder):
        self.recipe = recipe
        self.folder = Path(folder)
        self.history = []
        self.metrics = {}

    @classmethod
    def start(cls, recipe, folder=None, resume=False):
        """A new run, or with `resume` the one that is in `folder`.

        Raises:
            ValueError: There is a run in `folder` and `resume` is false; or it is of
                another recipe, or of other fields.
            OSError: The folder cannot be written to.
        """
        if folder is None:
            folder = Path("runs") / recipe.name / time.strftime("%Y%m%d-%H%M%S")
        folder = Path(folder)
        if (folder / CONFIG).exists():
            if not resume:
                raise ValueError(
                    f"Expected a folder without a run. Received: {folder}, which holds "
                    "one; resume it, or choose another folder"
                )
            cls.open(folder)._check_same(recipe)
        else:
            recipe.examples(
                "train"
            )  # nothing is written of a run whose data are not to be had
            config = {
                "recipe": recipe.name,
                "fields": dataclasses.asdict(recipe),
                "versions": versions(),
            }
            write_text(folder / CONFIG, json.dumps(config, indent=2) + "\n")
        return cls(recipe, folder)

    @classmethod
    def open(cls, folder):
        """The run in a folder, whatever its recipe.

        Raises:
            ValueError: There is no run in `folder`, or its files are damaged.
        """
        folder = Path(folder)
        try:
            config = read_json(folder / CONFIG)
            recipe = registry.get(config["recipe"], **config["fields"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"Expected the folder of a run, with its {CONFIG}. Received: {folder} "
                f"({type(error).__name__}: {error})"
            ) from None
        run = cls(recipe, folder)
        if (folder / METRICS).exists():
            run.metrics = read_json(folder / METRICS)
        run.history = saved_history(folder / CHECKPOINT)
        return run

    def train(self, verbose="auto", trainer=None):
        """Train to the last epoch, from the last checkpoint if there is one; evaluate.

        Args:
            verbose: As in `model.fit`.
            trainer: A model of the same recipe, but for its seed, that trained before: what
                was compiled for it need not be compiled again. The result is the same. One
                with weights of other shapes is passed over.
        """
        recipe = self.recipe
        self.model = recipe.seeded_model()
        if trainer is None or _shapes(trainer) != _shapes(self.model):
            trainer = self.model
        _copy_state(self.model, trainer)
        with tf.device("CPU"):
            data_epoch = tf.Variable(0, dtype=tf.int64)
        checkpoint = Checkpoint(self.folder / CHECKPOINT, data_epoch, recipe.monitor)
        checkpoint.set_model(trainer)
        checkpoint.restore()
        if checkpoint.epochs_done < recipe.epochs and not checkpoint.stopped:
            trainer.fit(
                recipe.dataset("train", data_epoch),
                validation_data=recipe.dataset("validation"),
                shuffle=False,
                initial_epoch=checkpoint.epochs_done,
                epochs=recipe.epochs,
                callbacks=[
                    checkpoint,
                    *recipe.callbacks(checkpoint.history),
                    keras.callbacks.TensorBoard(self.folder / "tensorboard"),
                    checkpoint.saving,
                ],
                verbose=verbose,
            )
        checkpoint.restore_best()
        _copy_state(trainer, self.model)
        self.history = checkpoint.history
        with whole_file(self.folder / MODEL) as beside:
            self.model.save(beside)
        self._write_history()
        self.metrics = recipe.evaluate(self.model)
        write_text(self.folder / METRICS, json.dumps(self.metrics, indent=2) + "\n")
        self.plot()
        return self

    @functools.cached_property
    def model(self):
        """The trained model; loaded when first asked for."""
        return load(self.folder / MODEL)

    @property
    def learning_curve(self):
        """The training examples seen and the validation loss, after each epoch."""
        size = self.recipe.examples_per_epoch
        return [((row["epoch"] + 1) * size, row["val_loss"]) for row in self.history]

    def plot(self, folder=None):
        """Draw the figures of the run; the paths of what was drawn."""
        drawn = dict(self.recipe.figures(self.model))
        if len(self.history) > 1:
            drawn["learning_curve"] = figures.learning_curves(
                {f"{self.recipe.name}, validation": [self.learning_curve]},
                self.recipe.loss_label,
            )
        return save_figures(drawn, folder or self.folder / "figures")

    def _write_history(self):
        text = io.StringIO(newline="")
        # A run that an earlier version began has fewer columns in its first rows.
        columns = dict.fromkeys(column for row in self.history for column in row)
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.history)
        write_text(self.folder / "history.csv", text.getvalue())

    def _check_same(self, recipe):
        if recipe != self.recipe:
            mine, theirs = dataclasses.asdict(self.recipe), dataclasses.asdict(recipe)
            different = [k for k in mine if mine[k] != theirs.get(k, mine[k])]
            changes = [f"{k}={theirs[k]} for {mine[k]}" for k in different]
            raise ValueError(
                f"Expected the run of {self.recipe.name} that {self.folder} holds. Received: "
                f"{', '.join(changes) or recipe.name}"
            )


def load_model(name, **overrides):
    """A recipe and its trained model, from a run's folder or a preset.

    Args:
        name: The folder of a run, or the name or the folder of a preset.
        **overrides: Fields of the recipe to change, where the weights still fit.

    Returns:
        `(recipe, model)`.

    Raises:
        ValueError: There is neither a run nor a preset, a file is damaged, or the
            weights do not fit the recipe with its overrides.
    """
    recipe, saved = _run_of(name) if _is_run(name) else _preset_of(name)
    if not overrides:
        return recipe, saved
    recipe = recipe.replace(**overrides)
    model = recipe.model()
    try:
        model.set_weights(saved.get_weights())
        if model.get_config().get("vocabulary") != saved.get_config().get("vocabulary"):
            raise ValueError("they change the numbers of the words")
    except ValueError as error:
        raise ValueError(
            f"Expected fields that fit the weights of {name}. Received: {overrides} "
            f"({str(error).splitlines()[0]})"
        ) from None
    return recipe, model


def _copy_state(source, target):
    """All that changes in training: weights, seeds, and the state of the optimiser."""
    for model in (source, target):
        model.optimizer.build(model.trainable_variables)
    for new, old in (
        *zip(source.variables, target.variables, strict=True),
        *zip(source.optimizer.variables, target.optimizer.variables, strict=True),
    ):
        old.assign(new)


def _shapes(model):
    return [weight.shape for weight in model.weights]


def _run_of(name):
    """The recipe of a run, and its model."""
    run = Run.open(name)
    path = run.folder / MODEL
    if not path.exists():
        raise ValueError(
            f"Expected a run that was trained to its end. Received: {name}, without "
            f"{MODEL}; resume it first"
        )
    try:
        return run.recipe, load(path)
    except Exception as error:
        raise ValueError(
            f"Expected the model of a run in {path}. Received: {type(error).__name__}: "
            f"{str(error).splitlines()[0]}"
        ) from None


def _preset_of(name):
    """The recipe of a preset, and its model."""
    metadata = Preset.get(name).metadata
    if "recipe" not in metadata:
        raise ValueError(
            f"Expected a preset that a recipe trained. Received: {name}, whose {METADATA} "
            "names no recipe; zoo.from_preset loads it"
        )
    return registry.get(metadata["recipe"], **metadata["overrides"]), from_preset(name)


def _is_run(name):
    """A bare name is a preset's, even where a folder is called the same."""
    folder = Path(name)
    return not Preset.find(name) and (folder / CONFIG).exists()


def versions():
    """The versions of the packages that a result depends on."""
    return {package: importlib.metadata.version(package) for package in PACKAGES}


def save_figures(drawn, folder):
    """Write figures as PNG files; their paths."""
    paths = []
    for name, figure in drawn.items():
        path = Path(folder) / f"{name}.png"
        with whole_file(path) as beside:
            figure.savefig(beside, dpi=150)
        paths.append(path)
    return paths
