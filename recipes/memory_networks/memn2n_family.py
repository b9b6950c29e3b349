"""The base of recipes whose model is an end-to-end memory network."""

from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ... import layers
from ...layers.memory_networks.sentence_embedding import ENCODINGS
from ...zoo import MemN2N, figures
from ...zoo.memory_networks.tying import TYINGS, sgd_of_sum
from ..running.argument_types import Answer, Callbacks, Fields, History, HyperParameters
from ..running.recipe import recipe_dataclass
from .family import StoryRecipe
from .family_study import story_study
from .linear_start import LinearStartSchedule

SCORES = ("additive", "bilinear", "cosine", "dot", "scaled_dot")
SELECTIONS = ("softmax", "sparsemax")


@recipe_dataclass
class MemN2NStories(StoryRecipe):
    """Stories, questions and answers, and a `zoo.MemN2N` that is trained on them."""

    epochs: PositiveInt = Field(90, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(562, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="questions in an update")
    learning_rate: PositiveFloat = Field(
        5e-3, allow_inf_nan=False, description="of gradient descent, at first"
    )
    linear_epochs: NonNegativeInt = Field(
        30, description="first epochs, without the soft-max"
    )
    halving_epochs: PositiveInt = Field(
        15, description="later epochs after which the learning rate is halved"
    )

    dim: PositiveInt = Field(50, description="width of a sentence's vector")
    hops: PositiveInt = Field(3, description="reads of the story, one after the other")
    activation: Literal["linear", "relu"] = Field(
        "linear", description="of the state after each hop"
    )
    tying: Literal[*sorted(TYINGS)] = Field("adjacent", description="of the hops' tables")
    encoding: Literal[*ENCODINGS] = Field(
        "position", description="of the words of a sentence"
    )
    memory_size: PositiveInt = Field(
        50, description="last sentences of a story that are read"
    )
    noise: float = Field(
        0.1, ge=0, le=1, description="highest fraction of random empty memories"
    )
    score: Literal[*sorted(SCORES)] = Field("dot", description="of state and memory")
    selection: Literal[*SELECTIONS] = Field("softmax", description="from scores to weights")

    # The paper keeps the last epoch, and of its restarts the one that fits its data best.
    monitor: ClassVar = None
    layouts: ClassVar = MemN2N.layouts
    study: ClassVar = story_study()

    def __post_init__(self):
        super().__post_init__()
        if self.epochs <= self.linear_epochs:
            raise ValueError(
                f"Expected more epochs than linear_epochs={self.linear_epochs}. Received: "
                f"epochs={self.epochs}"
            )

    @property
    def last_sentences(self) -> int:
        return self.memory_size

    def model(self) -> keras.Model:
        selection = self.selection
        if self.linear_epochs:
            selection = layers.LinearStart(selection)
        model = MemN2N(
            self.vocabulary,
            dim=self.dim,
            hops=self.hops,
            tying=self.tying,
            encoding=self.encoding,
            # As many slots as the longest story has sentences; in others, some are empty.
            memory_size=self.most_sentences,
            noise=self.noise,
            score=self.score,
            selection=selection,
            activation=self.activation,
            seed=self.seed,
        )
        model.compile(
            sgd_of_sum(self.learning_rate, self.batch_size, clipnorm=40.0),
            loss=model.loss,
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
            steps_per_execution=self.steps_per_epoch,
        )
        return model

    def callbacks(self, history: History) -> Callbacks:
        return [
            LinearStartSchedule(
                self.learning_rate, self.batch_size, self.linear_epochs, self.halving_epochs
            )
        ]

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-3, 2e-2, sampling="log"),
            "dim": hp.Choice("dim", [20, 50, 100]),
            "hops": hp.Int("hops", 1, 4),
            "noise": hp.Choice("noise", [0.0, 0.1, 0.2]),
        }

    def reads(self, answer: Answer) -> Answer:
        """The sentence that each hop reads, and its weight."""
        reads = zip(np.asarray(answer["read"])[0], answer["read_weight"][0], strict=True)
        return {
            f"hop_{hop}": f"{sentence.decode() or 'nothing'} ({float(weight):.2f})"
            for hop, (sentence, weight) in enumerate(reads, 1)
        }

    def picture(self, model: keras.Model, story: str, question: str, title: str) -> Any:
        """The weights of each hop over the sentences."""
        answer = model.answer([story], [question])
        return figures.story_attention(
            [sentence.decode() for sentence in np.asarray(answer["sentences"])[0]],
            keras.ops.convert_to_numpy(answer["attention"][0]),
            title,
        )
