"""Multiple instance learning: is a tiger, fox or elephant in a segment of an image?

Ten folds, five times: the seed is the number of the fold that is left out for the test; the
next one validates.
"""

import functools
from typing import Any, ClassVar, Literal

import keras
from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from ...zoo import figures
from ..datasets import load
from ..datasets.animal_images import ANIMALS, FEATURES, Builder
from ..running.argument_types import Arrays, Figures, Metrics, Split
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from .folds import split_by_fold
from .hopfield_mil_study import FOLDS, STUDY
from .sets import SetRecipe


@recipe_dataclass
class HopfieldMIL(SetRecipe):
    """Section 3 of [Ramsauer et al., 2020](https://arxiv.org/abs/2008.02217).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_mil", animal="fox", num_heads=4)
    >>> recipe.model().output_shape  # whether there is one
    (None, 2)
    >>> recipe.published["auc_percent_mean"][0]
    64.05
    """

    epochs: PositiveInt = Field(8, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(20, description="updates in an epoch")
    batch_size: PositiveInt = Field(16, description="images in an update")
    weight_decay: NonNegativeFloat = Field(1e-4, description="of AdamW")

    animal: Literal[*ANIMALS] = Field("tiger", description="that the label is about")
    clip: PositiveFloat = Field(
        3.0, allow_inf_nan=False, description="deviations beyond which features are cut"
    )
    num_heads: PositiveInt = Field(8, description="Hopfield networks in parallel")
    beta: PositiveFloat = Field(1.0, allow_inf_nan=False, description="sharpness")
    hidden_units: NonNegativeInt = Field(32, description="of a ReLU layer; 0 for none")

    monitor: ClassVar = None
    item_shape: ClassVar = (FEATURES,)
    study: ClassVar = STUDY

    @functools.cached_property
    def _images(self):
        (config,) = (c for c in Builder.BUILDER_CONFIGS if c.name == self.animal)
        return load(Builder, config, "train")

    @functools.cached_property
    def _splits(self):
        return split_by_fold(self._images["label"], FOLDS, self.seed)

    def examples(self, split: str) -> Arrays:
        chosen = self._splits == split
        return {name: array[chosen] for name, array in self._images.items()}

    def represent(self, items: Any) -> Any:
        return tf.convert_to_tensor(items)

    def embedding(self) -> keras.layers.Layer | None:
        """A few features are outliers, to which networks overfit: they are cut."""
        cut = [keras.layers.Rescaling(1 / self.clip), keras.layers.Activation("hard_tanh")]
        return keras.Sequential([*cut, keras.layers.Dense(self.embedding_units, "relu")])

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The area under the ROC curve, of one fold; and the fraction of right labels."""
        area = self.area(model, self.examples(split))
        return {"auc_percent_one_fold": area, **super().evaluate(model, split)}

    def figures_of_weights(self, model: keras.Model) -> Figures:
        """How much the segments of the images of the test count."""
        weights = self.item_weights(model, self.examples("test"))
        return {"attention_map": figures.attention_map(weights, "segment", "image")}
