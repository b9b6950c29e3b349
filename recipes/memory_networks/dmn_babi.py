"""Twenty tasks of reading: a dynamic memory network passes over the facts several times.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  episode 1 reads "Mary got the milk", 2 "Mary travelled to the hallway"

With `supports`, gates are trained on the sentences that support an answer, one an episode,
and then on none; without, it must find them itself.
"""

from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from ...layers.memory_networks.episodic_memory import VARIANTS
from ...zoo import DynamicMemoryNetwork, figures
from ..running.argument_types import (
    Answer,
    Arrays,
    Batch,
    Callbacks,
    Fields,
    History,
    HyperParameters,
)
from ..running.falling_rate import FallingRate
from ..running.recipe import recipe_dataclass
from .babi_stories import BabiStories
from .dmn_babi_study import STUDY
from .stop_when_right import StopWhenRight
from .supports import supports_read


@recipe_dataclass
class DMNBabi(FallingRate, BabiStories):
    """[Kumar et al., 2015](https://arxiv.org/abs/1506.07285), with supporting facts, and
    [Xiong et al., 2016](https://arxiv.org/abs/1603.01417), without.

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("dmn_babi", task=2, variant="dmn_plus")
    >>> recipe.supports  # without supporting facts, as in its paper
    False
    """

    epochs: PositiveInt = Field(60, description="how often validation takes place")
    steps_per_epoch: PositiveInt | None = Field(
        None, description="updates in an epoch; one pass over the questions if absent"
    )
    batch_size: PositiveInt = Field(32, description="questions in an update")
    learning_rate: PositiveFloat = Field(2e-3, allow_inf_nan=False, description="of Adam")
    right_epochs: PositiveInt = Field(
        10, description="epochs in a row without a wrong validation answer that end training"
    )

    variant: Literal[*VARIANTS] = Field("dmn", description="the network")
    supports: bool | None = Field(
        None, description="train gates on supporting facts; if absent, those of dmn"
    )
    dim: PositiveInt = Field(80, description="width of a vector, and of all units")
    passes: PositiveInt = Field(3, le=20, description="episodes over the facts")
    last_sentences: PositiveInt = Field(
        130, description="last sentences of a story that are read"
    )
    dropout: float = Field(0.2, ge=0, lt=1, description="of facts and outputs, in training")
    l2: NonNegativeFloat = Field(
        1e-3, allow_inf_nan=False, description="by how much squared kernels count"
    )

    columns: ClassVar = (*BabiStories.columns, "supporting_facts")
    layouts: ClassVar = DynamicMemoryNetwork.layouts
    graded: ClassVar = True
    decay_share: ClassVar = 0.3
    lengths_of_batches: ClassVar = (5, 10, 20, 40, 80)
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.supports and self.variant != "dmn":
            raise ValueError(f"Expected variant=dmn with supports. Received: {self.variant}")

    def defaults(self) -> Fields:
        return {
            **super().defaults(),
            "steps_per_epoch": max(1, self.updates_per_pass),
            "supports": self.variant == "dmn",
        }

    def _numbers(self, texts, text):
        numbers = super()._numbers(texts, text)
        if not self.supports:
            return numbers
        supports = supports_read(texts, self.last_sentences, self.passes)
        return {**numbers, "supports": supports.astype("int16")}  # 0: nothing more

    def to_batch(self, examples: Arrays) -> Batch:
        inputs, answer = super().to_batch(examples)
        if not self.supports:
            return inputs, answer
        return inputs, {"answer": answer, "supports": examples["supports"]}

    def model(self) -> keras.Model:
        model = DynamicMemoryNetwork(
            self.vocabulary,
            dim=self.dim,
            passes=self.passes,
            variant=self.variant,
            supports=self.supports,
            dropout=self.dropout,
            l2=self.l2,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=10.0),
            **model.losses_and_metrics(),
            jit_compile=self.jit_compile,
            steps_per_execution=self.steps_per_epoch,
        )
        return model

    def callbacks(self, history: History) -> Callbacks:
        metric = "val_answer_accuracy" if self.supports else "val_accuracy"
        stop = StopWhenRight(history, self.right_epochs, metric)
        return [*super().callbacks(history), stop]

    def predicted(self, model: keras.Model, examples: Arrays) -> np.ndarray:
        inputs, _ = self.to_batch(examples)
        outputs = model.predict(inputs, batch_size=500, verbose=0)
        logits = outputs["answer"] if isinstance(outputs, dict) else outputs
        return logits.argmax(axis=-1)

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 5e-3, sampling="log"),
            "dim": hp.Choice("dim", [40, 80, 120]),
            "passes": hp.Int("passes", 2, 5),
            "dropout": hp.Choice("dropout", [0.0, 0.1, 0.2, 0.3]),
            "l2": hp.Float("l2", 1e-5, 1e-3, sampling="log"),
        }

    def reads(self, answer: Answer) -> Answer:
        """The sentence that each episode reads, and its gate."""
        reads = zip(np.asarray(answer["read"])[0], answer["read_weight"][0], strict=True)
        return {
            f"episode_{i}": f"{sentence.decode() or 'nothing more'} ({float(weight):.2f})"
            for i, (sentence, weight) in enumerate(reads, 1)
        }

    def picture(self, model: keras.Model, story: str, question: str, title: str) -> Any:
        """The gates of each episode over the sentences."""
        answer = model.answer([story], [question])
        return figures.story_attention(
            [sentence.decode() for sentence in np.asarray(answer["sentences"])[0]],
            keras.ops.convert_to_numpy(answer["attention"][0]),
            title,
            rest="(nothing more)",
            read="episode",
        )
