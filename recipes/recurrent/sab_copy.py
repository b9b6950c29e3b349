"""Copy memory: ten symbols, a long blank, then the ten again. What bridges the blank?

    step      1 … 10    11 … T+9   T+10   T+11 … T+20
    input     symbols   0          9      0
    target    0         0          0      symbols

Trained with one blank, the network is tested with blanks that are up to fifty times as long.
"""

from typing import Annotated, ClassVar, Literal

import keras
import numpy as np
import pydantic
import tensorflow as tf
from pydantic import Field, PositiveFloat, PositiveInt

from ...layers import SeparateScore
from ...zoo import LastStepsAccuracy
from ..datasets import load
from ..datasets.copy_memory.copy_memory_dataset_builder import (
    LENGTH,
    SYMBOLS,
    Builder,
    copy_memory_config,
)
from ..running.recipe import recipe_dataclass
from .family import LongSpanRecipe, as_lengths, training_time, truncated

MARKER = SYMBOLS + 1
KE = "Ke et al. 2018, from memory"
# Accuracy by T, method, k_trunc and k_top, where training and test have the same T.
PUBLISHED = {
    (100, "full_bptt"): 0.998,
    (100, "self_attention"): 1.0,
    (100, "truncated_bptt", 1): 0.206,
    (100, "truncated_bptt", 5): 0.31,
    (100, "truncated_bptt", 10): 0.296,
    (100, "truncated_bptt", 20): 0.305,
    (100, "sab", 1, 1): 0.579,
    (100, "sab", 1, 10): 1.0,
    (100, "sab", 5, 5): 1.0,
    (200, "full_bptt"): 0.56,
    (200, "self_attention"): 1.0,
    (200, "truncated_bptt", 1): 0.171,
    (200, "truncated_bptt", 5): 0.202,
    (200, "sab", 5, 5): 0.99,
    (300, "full_bptt"): 0.359,
    (300, "self_attention"): 1.0,
    (300, "truncated_bptt", 1): 0.14,
    (300, "truncated_bptt", 20): 0.257,
    (300, "sab", 5, 5): 0.999,
}
# Accuracy by method, k_trunc and k_top, and T in tests, where training has T = 100.
TRANSFER = {
    ("full_bptt",): {200: 0.34, 300: 0.25, 400: 0.21, 2000: 0.12, 5000: 0.12},
    ("self_attention",): {200: 0.52, 300: 0.28, 400: 0.2, 2000: 0.12, 5000: "out of memory"},
    ("sab", 5, 5): {200: 0.95, 300: 0.83, 400: 0.75, 2000: 0.47, 5000: 0.41},
}

# A step takes two and three times as long, and so there are fewer runs.
OF_OTHER_LENGTHS = {
    200: {
        "SAB": [{"seed": seed} for seed in range(3)],
        "full back-propagation": [{"method": "full_bptt", "seed": 0}],
        truncated(5): [{"method": "truncated_bptt", "seed": 0}],
        "self-attention": [{"method": "self_attention", "epochs": 8, "seed": 0}],
    },
    300: {
        # Gradients ten times as short as elsewhere: else what was learned is lost again.
        "SAB": [{"clip_norm": 0.1, "seed": seed} for seed in range(3)],
        "full back-propagation": [{"method": "full_bptt", "seed": 0}],
    },
}
# One by one, and all together, what the authors' program does otherwise.
AS_THE_AUTHORS = {
    "a score of each alone": {"score": "separate"},
    "symbols as numbers": {"numbers": True},
    "the authors' learning rate": {"learning_rate": 1e-3},
    "as the authors' program": {
        "score": "separate",
        "numbers": True,
        "learning_rate": 1e-3,
        "k_att": 2,
    },
}


class Solved(keras.callbacks.Callback):
    """Stops after an epoch by which enough of the validation answers are right."""

    def __init__(self, accuracy):
        super().__init__()
        self.accuracy = accuracy

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] >= self.accuracy:
            self.model.stop_training = True


@recipe_dataclass
class SABCopy(LongSpanRecipe):
    """The copy-memory task of [Ke et al., 2018](https://arxiv.org/abs/1809.03702).

    640,000 sequences at most, as in the authors' program, of which each comes three times or
    four here; training stops sooner, once the task is solved.
    """

    epochs: PositiveInt = Field(40, description="how often validation takes place, at most")
    steps_per_epoch: PositiveInt = Field(250, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="sequences in an update")
    # The authors have 1e-3.
    learning_rate: PositiveFloat = Field(2e-3, allow_inf_nan=False, description="of Adam")

    score: Literal["additive", "separate"] = Field(
        "additive",
        description="of state and microstate: both together, or (authors' program) each",
    )
    numbers: bool = Field(
        False, description="a symbol is (authors' program) a number, not a unit of its own"
    )

    blanks: PositiveInt = Field(100, description="T: the symbols are to be kept so long")
    train_examples: PositiveInt = Field(200_000, description="sequences to draw from")
    solved: float = Field(
        0.9995,
        gt=0,
        description="validation accuracy to stop at; above 1: never",
    )
    length: Annotated[tuple[PositiveInt, ...], pydantic.BeforeValidator(as_lengths)] = Field(
        (100, 200, 300, 400, 2000, 5000), min_length=1, description="T in tests"
    )
    test_sequences: int = Field(
        512,
        gt=0,
        le=1000,
        description="tested at each length; beyond 1,000 a tenth",
    )

    data: ClassVar = f"copy_memory {Builder.VERSION} (generated)"
    targets: ClassVar = {"accuracy_length_100": ("≥", 0.99)}
    study: ClassVar = {
        "SAB, T = 100": [{"seed": seed} for seed in range(5)],
        "full back-propagation, T = 100": [
            {"method": "full_bptt", "seed": seed} for seed in range(3)
        ],
        # A second an update on one core.
        "self-attention, T = 100": [
            {"method": "self_attention", "epochs": 8, "seed": seed} for seed in range(3)
        ],
        **{
            f"{truncated(k)}, T = 100": [
                {"method": "truncated_bptt", "k_trunc": k, "seed": 0}
            ]
            for k in (1, 5, 10, 20)
        },
        **{
            f"{title}, T = {blanks}": [
                {**fields, "blanks": blanks, "length": (blanks,)} for fields in variants
            ]
            for blanks, parts in OF_OTHER_LENGTHS.items()
            for title, variants in parts.items()
        },
        **{
            f"SAB, {title}, T = 100": [{**fields, "seed": 0}]
            for title, fields in AS_THE_AUTHORS.items()
        },
    }

    @property
    def published(self):
        if not self.is_the_papers:
            return {}
        figures = TRANSFER.get(self.variant, {}) if self.blanks == 100 else {}
        same = PUBLISHED.get((self.blanks, *self.variant))
        if same:
            figures = {self.blanks: same, **figures}
        return {f"accuracy_length_{blanks}": (f, KE) for blanks, f in figures.items()}

    @property
    def steps(self):
        return self.blanks + 2 * LENGTH

    @property
    def fewest_steps(self):
        return min(self.blanks, *self.length) + 2 * LENGTH

    @property
    def network(self):
        score = SeparateScore() if self.score == "separate" else self.score
        return {
            "input_units": 1 if self.numbers else MARKER + 1,
            "symbols": not self.numbers,
            "output_units": SYMBOLS + 1,
            "score": score,
        }

    @property
    def metrics(self):
        return [LastStepsAccuracy(LENGTH)]

    @property
    def is_candidate(self):
        return self.method == "sab" and self.has_curve

    @property
    def has_curve(self):
        return self.blanks == 100 and self.is_the_papers

    @property
    def is_the_papers(self):
        """As the paper has it, and not as the authors' program."""
        return self.score == "additive" and not self.numbers

    def callbacks(self, history):
        return [Solved(self.solved)]

    def examples(self, split):
        config = copy_memory_config(self.train_examples if split == "train" else 0)
        return load(Builder, config, split)

    def lay_out(self, examples):
        symbols = tf.cast(examples["symbols"], "int32")
        size = tf.shape(symbols)[0]
        blank = tf.zeros((size, self.blanks - 1), "int32")
        marker = tf.fill((size, 1), MARKER)
        answer = tf.zeros_like(symbols)
        shown = tf.concat([symbols, blank, marker, answer], axis=1)
        inputs = {"length": tf.fill((size,), self.steps)}
        if self.numbers:
            inputs["vectors"] = tf.cast(shown, "float32")[..., None]
        else:
            inputs["symbols"] = shown
        before = tf.zeros((size, self.blanks + LENGTH), "int32")
        return inputs, tf.concat([before, symbols], axis=1)

    def evaluate(self, model, split="test"):
        """Of the last ten steps, accuracy and cross-entropy; and that of all steps."""
        metrics = {}
        for blanks in self.length:
            of_last, of_all, right = self._at(blanks, model, split)
            metrics[f"accuracy_length_{blanks}"] = right
            metrics[f"cross_entropy_last_ten_length_{blanks}"] = of_last
            metrics[f"cross_entropy_length_{blanks}"] = of_all
        return metrics

    def _at(self, blanks, model, split):
        recipe = self.replace(blanks=blanks, length=(blanks,))
        number = self.test_sequences if blanks <= 1000 else -(-self.test_sequences // 10)
        symbols = recipe.examples(split)["symbols"][:number]
        batch = max(1, min(len(symbols), 30_000 // blanks))  # bounds what is held at once
        of_last, of_all, right = [], [], []
        for start in range(0, len(symbols), batch):
            laid_out = recipe.lay_out({"symbols": symbols[start : start + batch]})
            inputs, targets = keras.tree.map_structure(np.asarray, laid_out)
            logits = model.predict_on_batch(inputs)
            errors = keras.losses.sparse_categorical_crossentropy(
                targets, keras.ops.cast(logits, "float32"), from_logits=True
            )
            errors = keras.ops.convert_to_numpy(errors)
            of_all += list(errors.mean(axis=1))
            of_last += list(errors[:, -LENGTH:].mean(axis=1))
            said = logits.argmax(axis=-1)[:, -LENGTH:]
            right += list((said == targets[:, -LENGTH:]).mean(axis=1))
        return tuple(float(np.mean(values)) for values in (of_last, of_all, right))

    def written(self, inputs):
        shown = inputs["vectors"][..., 0] if self.numbers else inputs["symbols"]
        return [f"{s:g}" if s else " " for s in shown.numpy()[0]]

    def study_rows(self, runs):
        return [self._study_row(run) for run in runs]

    def _study_row(self, run):
        right = [row["val_accuracy"] >= 0.99 for row in run.history]
        epochs = right.index(True) + 1 if any(right) else len(right)
        size = self.examples_per_epoch
        time = training_time(run.history[:epochs])
        until = (f"{epochs * size:,}", time["minutes"]) if any(right) else ("never", "-")
        return {
            "seed": run.recipe.seed,
            **{k: v for k, v in run.metrics.items() if k.startswith("accuracy")},
            "sequences until 99 % (validation)": until[0],
            "minutes until then": until[1],
            "sequences": f"{len(right) * size:,}",
            "device": time["device"],
        }
