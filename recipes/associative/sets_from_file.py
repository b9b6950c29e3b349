"""The label of your own bags: a Hopfield network that is trained on a file of items."""

import array
import functools
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import figures
from ..datasets.set_files import FORMATS, Bag, read_own_bags
from ..datasets.stored_rows import RowsByNumber, moments, parts
from ..running.argument_types import Answer, Arrays, Batch, Figures, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.own_files import SPLITS, OwnFiles, file_name
from ..running.recipe import recipe_dataclass
from ..running.samples import as_typed, quoted
from ..running.typed_rows import typed_rows
from .folds import split_by_fold
from .sets import SetRecipe
from .sets_study import set_study

# Items that a batch is padded to; then twice as many, and so on, as XLA compiles for each.
SMALLEST_WIDTH = 8
PLOTTED = 40  # bags
LEAST_FOLDS = 3


@recipe_dataclass
class SetsFromFile(SetRecipe, OwnFiles):
    r"""Bags of items out of a file, each with a label, for `zoo.SetClassifier`.

    Features are standardised by those of the training items, which the model stores: it takes
    features as they are in the file.

    Example:

    >>> from pathlib import Path
    >>> from keras_memory import recipes
    >>> items = "{0},{1},{0},1\n{0},{1},{0},2\n"  # of a bag: its name, its label, numbers
    >>> text = "".join(items.format(n, "ab"[n % 2]) for n in range(20))
    >>> size = Path("boxes.csv").write_text("bag,label,width,height\n" + text)
    >>> recipe = recipes.get("sets_from_file", path="boxes.csv", num_heads=2)
    >>> recipe.found()
    "40 items of 2 features, up to 2 in a bag; 2 labels: 'a' (10), 'b' (10)"
    """

    epochs: PositiveInt = Field(20, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(20, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="bags in an update")
    weight_decay: NonNegativeFloat = Field(1e-4, description="of AdamW")

    format: Literal["", *FORMATS.values()] = Field(
        "", description="of the files; by the ending of a name if empty"
    )
    bag_column: str = Field("bag", min_length=1, description="name of the column of bags")
    label_column: str = Field(
        "label", min_length=1, description="name of the column of labels"
    )
    folds: NonNegativeInt = Field(
        0, description="if any, the seed is the number of the fold that is for the test"
    )
    clip: PositiveFloat = Field(
        3.0, allow_inf_nan=False, description="deviations beyond which features are cut"
    )
    num_heads: PositiveInt = Field(8, description="Hopfield networks in parallel")
    beta: PositiveFloat = Field(1.0, allow_inf_nan=False, description="sharpness")
    hidden_units: NonNegativeInt = Field(32, description="of a ReLU layer; 0 for none")

    contents: ClassVar = "bags"
    study: ClassVar = set_study(data=file_name)

    def __post_init__(self):
        super().__post_init__()
        if 0 < self.folds < LEAST_FOLDS:
            raise ValueError(f"Expected {LEAST_FOLDS} folds or more. Received: {self.folds}")

    def read(self, path: str) -> Iterator[Bag]:
        return read_own_bags(path, self.format, self.bag_column, self.label_column)

    @property
    def paths_of_tests(self) -> dict[str, str]:
        """Those of the base; a model that was trained on folds may be tested on a file.

        Raises:
            ValueError: There is no path for training, or there are folds of it, too.
        """
        paths = super().paths_of_tests
        if self.folds and paths and self.as_trained is self:
            raise ValueError(
                f"Expected folds of one file. Received: folds={self.folds}, with a file for "
                "validation or tests"
            )
        return paths

    def parts(self, examples: Sequence[Bag], splits: Sequence[str]) -> dict[str, np.ndarray]:
        if not self.folds:
            return super().parts(examples, splits)
        found = split_by_fold([bag.label for bag in examples], self.folds, self.seed)
        return {split: found == split for split in SPLITS}

    @functools.cached_property
    def _counted(self):
        """Of each split the labels of its bags, and how many items each has."""
        counted = {}
        for split in SPLITS:
            labels, lengths, known = [], array.array("i"), {}
            for bag in self.own[split]:
                labels.append(known.setdefault(bag.label, bag.label))
                lengths.append(len(bag.items))
            counted[split] = labels, np.array(lengths)
        return counted

    @functools.cached_property
    def labels(self) -> list[str]:
        """Of all splits in training, sorted, after those of a pretrained model."""
        counted = self.as_trained._counted
        found = {label for split in SPLITS for label in counted[split][0]}
        return self.with_pretrained("labels", sorted(found))

    @functools.cached_property
    def item_shape(self) -> tuple[int, ...]:
        """How many features an item has, which is the same in all files."""
        (width,) = self.own["train"][0].items.shape[1:]
        for split in SPLITS:
            found = self.own[split][0].items.shape[1]
            if found != width:
                path = getattr(self, f"{split}_path")
                raise ValueError(
                    f"{path}: Expected {width} features, as in {self.path}. Received: {found}"
                )
        return (width,)

    def stored(self, split: str) -> RowsByNumber:
        """The items of each bag, which stay on disk, how many there are, and its label."""
        (labels, lengths), (features,) = self._counted[split], self.item_shape
        # A label that training lacks is never predicted.
        numbers = {label: number for number, label in enumerate(self.labels)}
        columns = {
            "items": (lambda bag: bag.items, "float32", None, features),
            "length": lengths,
            "label": np.array([numbers.get(label, -1) for label in labels], "int32"),
        }
        return RowsByNumber(self.own[split], columns)

    def lengths(self, examples: Arrays) -> np.ndarray:
        return examples["length"]

    def to_batch(self, examples: Arrays) -> Batch:
        """A batch, as wide as its largest bag needs."""
        size = tf.shape(examples["items"])[1]
        widths = [SMALLEST_WIDTH]
        while widths[-1] < self.longest:
            widths.append(2 * widths[-1])
        width = tf.reduce_min(tf.boolean_mask(widths, widths >= size))
        items = tf.pad(examples["items"], [[0, 0], [0, width - size], [0, 0]])
        return super().to_batch({**examples, "items": items})

    @functools.cached_property
    def longest(self) -> int:
        """The most items in a bag."""
        return max(int(lengths.max()) for _, lengths in self._counted.values())

    def represent(self, items: Any) -> Any:
        return items

    def embedding(self) -> keras.layers.Layer:
        """Features in deviations from their mean, of which outliers are cut."""
        mean, variance = moments(
            np.concatenate([bag.items for bag in part]) for part in parts(self.own["train"])
        )
        variance[variance == 0] = 1
        layers = [
            keras.layers.Normalization(mean=mean.tolist(), variance=variance.tolist()),
            keras.layers.Rescaling(1 / self.clip),
            keras.layers.Activation("hard_tanh"),
        ]
        if self.embedding_units:
            layers.append(keras.layers.Dense(self.embedding_units, "relu"))
        return keras.Sequential(layers)

    def found(self) -> str:
        counts = dict.fromkeys(self.labels, 0)
        for labels, _ in self._counted.values():
            for label in labels:
                counts[label] += 1
        if len(counts) == 1:
            raise ValueError(
                f"{self.path}: Expected labels that differ. Received: {self.labels[0]!r} "
                "alone"
            )
        (features,) = self.item_shape
        items = sum(int(lengths.sum()) for _, lengths in self._counted.values())
        named = ", ".join(f"{label!r} ({count})" for label, count in counts.items())
        return (
            f"{items} items of {features} features, up to {self.longest} in a bag; "
            f"{len(counts)} labels: {named:.200}"
        )

    def sample(self) -> str:
        """The items of a bag, and its label."""
        label, items = self.own["train"][0]
        return f"{as_typed(items)} → {quoted(label)}"

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The fraction of right labels; of two labels, also the area under the ROC curve."""
        examples, metrics = self.records(split), super().evaluate(model, split)
        if len(self.labels) == 2 and set(examples["label"]) == {0, 1}:
            metrics["auc_percent"] = self.area(model, examples)
        return metrics

    def figures_of_weights(self, model: keras.Model) -> Figures:
        """How much the items of the first bags of the test count."""
        weights = self.item_weights(model, self.records("test")[:PLOTTED])
        return {"attention_map": figures.attention_map(weights, "item", "bag")}

    def answer(self, model: keras.Model, items: str) -> Answer:
        """The label of the items that the user typed."""
        example, (width,) = self.questions["items"], model.arguments["item_shape"]
        rows = typed_rows(f"items of {width} features", items, example, width)
        if not len(rows):
            raise ValueError(f"Expected items, as {example!r}. Received: none")
        found = model.classify(np.float32(rows)[None])
        return {
            "label": np.asarray(found["label"])[0].decode(),
            "probability": round(float(np.asarray(found["probability"])[0]), 6),
        }
