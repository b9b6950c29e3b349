"""Sentiment of film reviews: attention over the words and the sentences of each."""

from typing import ClassVar

import keras
from pydantic import Field, PositiveInt

from ...zoo.text import ASCII_LETTERS
from ..datasets import load_public
from ..running.argument_types import Answer, Arrays, Figures, Metrics, Split
from ..running.recipe import recipe_dataclass
from ..running.study import Study
from .documents import DocumentRecipe
from .hierarchical_attention_imdb_beyond import beyond

# The last tenth of the training reviews is for validation.
SPLITS = {"train": "train[:90%]", "validation": "train[90%:]", "test": "test"}


@recipe_dataclass
class HierarchicalAttentionIMDB(DocumentRecipe):
    """The network of [Yang et al., 2016](https://aclanthology.org/N16-1174).

    On the 50,000 reviews of [Maas et al., 2011](https://aclanthology.org/P11-1015), which
    are not the paper's: it has 348,415 reviews with ratings from 1 to 10. Word vectors are
    learned with the rest, not beforehand; dropout and Adam are ours.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hierarchical_attention_imdb", sentences=12, words=20)
    >>> recipe.labels
    ('negative', 'positive')
    """

    epochs: PositiveInt = Field(8, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(176, description="updates in an epoch")
    batch_size: PositiveInt = Field(64, description="reviews in an update")

    sentences: PositiveInt = Field(36, description="last sentences of a review that are read")

    letters: ClassVar = ASCII_LETTERS  # as the preset's vocabulary, of reviews in English
    labels: ClassVar = ("negative", "positive")
    study: ClassVar = Study(
        half_precision=True,
        data="imdb_reviews/plain_text 1.0.0",
        parts={"Three seeds": [{"seed": seed} for seed in range(3)]},
        targets={"accuracy": ("≥", 0.88)},
        loss_label="cross-entropy in nats",
        beyond=beyond,
    )

    def examples(self, split: str) -> Arrays:
        return load_public("imdb_reviews", SPLITS[split])

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of reviews whose label is predicted."""
        examples = self.examples(split)
        ids, labels = model.text.ids(examples["text"]), examples["label"]
        loss, accuracy = model.evaluate(ids, labels, batch_size=250, verbose=0)
        return {"accuracy": accuracy, "cross_entropy": loss}

    def figures(self, model: keras.Model) -> Figures:
        """A review of the test split, its sentences and words shaded."""
        return {"review": self.picture(model)}

    def answer(self, model: keras.Model, review: str) -> Answer:
        """The label of what the user typed, its probability, and words that are unknown."""
        return self.classified(model, [review])[0]
