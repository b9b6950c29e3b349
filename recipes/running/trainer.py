"""Training of a recipe's model, which a run that was killed resumes at its last epoch."""

from pathlib import Path
from typing import TYPE_CHECKING

import keras

from .argument_types import History
from .checkpoint import CHECKPOINT, Checkpoint, whole
from .first_step import FirstStep
from .late_tensorflow import tf

if TYPE_CHECKING:
    from .recipe import Recipe


def train(
    recipe: "Recipe", folder: Path, verbose: str | int = "auto"
) -> tuple[keras.Model, History]:
    """A trained model of the recipe, and its history; arguments as of `fit`."""
    model = recipe.seeded_model()
    return model, fit(model, recipe, folder, verbose)


def fit(
    model: keras.Model,
    recipe: "Recipe",
    folder: Path,
    verbose: str | int = "auto",
    validation: keras.callbacks.Callback | None = None,
    writes: bool = True,
) -> History:
    """Train a model to the recipe's last epoch, from the last checkpoint if there is one.

    Args:
        model: The recipe's, which ends with the weights of the epoch that is kept.
        recipe: The recipe.
        folder: Of the run, for its checkpoint and TensorBoard.
        verbose: As in `model.fit`.
        validation: A callback that validates in place of Keras.
        writes: Whether checkpoint and TensorBoard are written; of many processes, by one.

    Returns:
        The history, a row an epoch.
    """
    with tf.device("CPU"):
        data_epoch = tf.Variable(0, dtype=tf.int64)
    checkpoint = Checkpoint(folder / CHECKPOINT, data_epoch, recipe.monitor, writes)
    checkpoint.set_model(model)
    checkpoint.restore()
    if checkpoint.epochs_done < recipe.epochs and not checkpoint.stopped:
        model.fit(
            recipe.dataset("train", data_epoch),
            validation_data=None if validation else recipe.dataset("validation"),
            shuffle=False,
            initial_epoch=checkpoint.epochs_done,
            epochs=recipe.epochs,
            callbacks=[
                *([validation] if validation else []),
                checkpoint,
                *recipe.callbacks(checkpoint.history),
                *([keras.callbacks.TensorBoard(folder / "tensorboard")] if writes else []),
                checkpoint.saving,  # after all of those that may stop training
                *([FirstStep()] if verbose else []),
            ],
            verbose=verbose,
        )
    checkpoint.restore_best()
    return checkpoint.history


class Trainer:
    """Trains one recipe after the other, and compiles once for all restarts of one.

    Restarts differ in nothing but the seed. The state of each model (weights, seeds of random
    layers, optimiser) is copied into the model that was compiled, and back once it is
    trained: the result is that of `train`, bit for bit.
    """

    def __init__(self) -> None:
        self._restarts = self._compiled = None

    def train(
        self, recipe: "Recipe", folder: Path, verbose: str | int = "auto"
    ) -> tuple[keras.Model, History]:
        """As `train`, but for what is compiled already."""
        compiled = self._model_of(recipe)
        model = recipe.seeded_model()
        if _shapes(compiled) != _shapes(model):  # which may follow from the seed
            return model, fit(model, recipe, folder, verbose)
        copy_state(model, compiled)
        history = fit(compiled, recipe, folder, verbose)
        copy_state(compiled, model)
        return model, history

    def _model_of(self, recipe):
        restarts = recipe.replace(seed=0)
        if restarts != self._restarts:
            keras.backend.clear_session()  # of the recipe before
            self._restarts, self._compiled = restarts, recipe.seeded_model()
        return self._compiled


def copy_state(source: keras.Model, target: keras.Model) -> None:
    """All that changes in training: weights, seeds, and the state of the optimiser."""
    for model in (source, target):
        model.optimizer.build(model.trainable_variables)
    for new, old in (
        *zip(source.variables, target.variables, strict=True),
        *zip(source.optimizer.variables, target.optimizer.variables, strict=True),
    ):
        old.assign(whole(new))


def _shapes(model):
    return [weight.shape for weight in model.weights]
