"""Words are written by hand, out of text: a window moves along their letters.

text      c a t
window    ccccccaaaaaaaaaattttttt
"""

from typing import ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import HandwritingRNN, figures
from ...zoo.text.plain import END, Characters
from ..datasets import load
from ..datasets.handwritten_words import SOURCES, Builder, handwritten_words_config
from ..datasets.handwritten_words.letters import LETTERS
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
from .handwriting_window_study import STUDY, metrics_of

# What batches of words are cut to, in points: few lengths, as XLA compiles for each.
LENGTHS = (64, 96)
BIASES = (0.0, 1.0, 5.0)  # of the samples in the figure
BIAS_OF_ANSWERS = 1.0
WRITTEN = "handwriting"  # in figures


@recipe_dataclass
class HandwritingWindow(Recipe):
    """Section 5 of [Graves, 2013](https://arxiv.org/abs/1308.0850).

    The data there, IAM-OnDB, may not be passed on; here words are composed of letters of
    vector fonts, bent by writers of their own, or of Omniglot's pen strokes, so that the
    letter of each point is known. The network is smaller, of two layers for three, and is
    trained by Adam.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("handwriting_window", num_windows=5, units=32)
    >>> recipe.model().arguments["num_windows"]
    5
    """

    epochs: PositiveInt = Field(25, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(200, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="words in an update")
    learning_rate: PositiveFloat = Field(
        3e-3, allow_inf_nan=False, description="of Adam, at first; it falls to 0"
    )

    source: Literal[*SOURCES] = Field("fonts", description="whose letters words are made of")
    train_examples: PositiveInt = Field(8_000, description="words for training")
    window: bool = Field(True, description="whether the network reads the text")
    units: PositiveInt = Field(100, description="of each layer")
    depth: PositiveInt = Field(2, description="layers")
    num_windows: PositiveInt = Field(3, description="Gaussians of the window")
    components: PositiveInt = Field(10, description="Gaussians of the next point")

    graded: ClassVar = True
    study: ClassVar = STUDY

    def examples(self, split: str) -> Arrays:
        """Points and their letters, padded, their `length`, and the numbers of the text."""
        found = load(
            Builder, handwritten_words_config(self.source, self.train_examples), split
        )
        return numbered(found)

    def lengths(self, examples: Arrays) -> np.ndarray:
        return examples["length"]

    def to_batch(self, examples: Arrays) -> Batch:
        """A batch, without the points that are padding in all of its words."""
        points, length = examples["points"], examples["length"]
        shorter = (size for size in LENGTHS if size < points.shape[1])
        widths = tf.constant([*shorter, points.shape[1]], tf.int32)
        width = tf.reduce_min(tf.boolean_mask(widths, widths >= tf.reduce_max(length)))
        targets = tf.cast(points[:, :width], tf.float32)
        inputs = {"points": tf.pad(targets, [[0, 0], [1, 0], [0, 0]])[:, :-1]}
        if self.window:
            inputs["text"] = tf.cast(examples["text"], tf.int32)
        return inputs, targets, tf.sequence_mask(length, width, tf.float32)

    def model(self) -> keras.Model:
        model = HandwritingRNN(
            LETTERS,
            self.units,
            self.depth,
            self.num_windows,
            self.components,
            self.window,
        )
        updates = self.epochs * self.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, updates)
        model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=1.0),
            loss=model.loss,
            jit_compile=self.jit_compile,
        )
        return model

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Nats a point; and in percent, at how many points the window is at their letter."""
        return self.measured(model, self.examples(split))

    def measured(self, model: keras.Model, examples: Arrays) -> Metrics:
        """As `evaluate`, of any examples."""
        inputs, targets, _ = (
            {name: np.asarray(array) for name, array in part.items()}
            if isinstance(part, dict)
            else np.asarray(part)
            for part in self.to_batch(examples)
        )
        nats = model.nats(inputs, targets)
        letters = model.predict_letters(inputs) if self.window else None
        return metrics_of(nats, letters, examples)

    def measured_words(self, model: keras.Model, words: Arrays) -> Metrics:
        """As `evaluate`, of words as the data set has them."""
        return self.measured(model, numbered(words))

    def answer(self, model: keras.Model, text: str) -> Answer:
        """The letters that the window is at, point by point, and the path of the pen.

        Args:
            model: The model.
            text: Small letters.
        """
        written = model.write([text], bias=BIAS_OF_ANSWERS, seed=self.seed)
        unknown = np.asarray(written["unknown"])[0].decode()
        return {
            "window": "".join(text[number] for number in written["letters"][0]),
            "path": svg_path(written["points"][0]),
            **({"unknown": unknown} if unknown else {}),
        }

    def figures(self, model: keras.Model) -> Figures:
        """The window over the letters of a word of the test split, and samples."""
        if not self.window:
            return {}
        written = model.write([WRITTEN], bias=BIAS_OF_ANSWERS, seed=self.seed)
        seen = (written[name][0] for name in ("points", "letters", "weights", "positions"))
        samples = {
            f"bias {bias:g}": model.write([WRITTEN], bias=bias, seed=self.seed)["points"][0]
            for bias in BIASES
        }
        return {
            "window": figures.writing_window(WRITTEN, *seen),
            "samples": figures.handwriting(samples),
        }

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-3, 1e-2, sampling="log"),
            "units": hp.Choice("units", [64, 100, 128]),
            "num_windows": hp.Choice("num_windows", [1, 3, 10]),
            "components": hp.Choice("components", [5, 10, 20]),
        }


def numbered(words: Arrays) -> Arrays:
    """Words of the data set with numbers for their texts, and how many points they have."""
    texts = [text.decode() + END for text in words["text"]]
    letters = words["letters"]
    ends = np.array([len(text) - 1 for text in texts])
    return {
        "points": words["points"],
        "letters": letters,
        "text": Characters(END + LETTERS).ids(texts),
        # The last point is the only one whose number is that of the letters.
        "length": 1 + (letters == ends[:, None]).argmax(axis=1).astype("int32"),
    }


def svg_path(points: np.ndarray) -> str:
    """The data of a path of SVG, with y downwards, of points as the model writes them."""
    places = np.cumsum(points[:, :2], axis=0)
    starts = np.concatenate([[1], points[:-1, 2]]) if len(points) else []
    return " ".join(
        f"{'M' if start else 'L'} {x:.1f} {-y:.1f}"
        for start, (x, y) in zip(starts, places, strict=True)
    )
