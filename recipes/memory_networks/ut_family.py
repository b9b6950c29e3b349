"""The base of recipes whose model is a universal transformer."""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from ...zoo import UniversalTransformer, figures
from ..running.argument_types import Answer, Fields, HyperParameters
from ..running.falling_rate import FallingRate
from ..running.recipe import recipe_dataclass
from .family import StoryRecipe


@recipe_dataclass
class UTStories(FallingRate, StoryRecipe):
    """Stories, questions and answers, and a `zoo.UniversalTransformer` for them."""

    epochs: PositiveInt = Field(60, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(281, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="questions in an update")
    learning_rate: PositiveFloat = Field(
        1e-3, allow_inf_nan=False, description="of Adam, at first"
    )

    dim: PositiveInt = Field(64, description="width of a vector")
    num_heads: PositiveInt = Field(4, description="heads of the attention, which divide dim")
    hidden_dim: PositiveInt = Field(128, description="units of the transition")
    max_steps: PositiveInt = Field(
        6, le=20, description="steps that a position takes at most"
    )
    ponder_weight: NonNegativeFloat = Field(
        0.001, allow_inf_nan=False, description="by how much steps count in the loss"
    )
    last_sentences: PositiveInt = Field(
        70, description="last sentences of a story that are read"
    )
    dropout: float = Field(
        0.1, ge=0, lt=1, description="of words, steps and outputs, in training"
    )
    noise: float = Field(
        0.1, ge=0, le=1, description="highest fraction of random empty sentences"
    )

    layouts: ClassVar = UniversalTransformer.layouts
    graded: ClassVar = True
    lengths_of_batches: ClassVar = (5, 10, 20, 40)

    def __post_init__(self):
        super().__post_init__()
        if self.dim % self.num_heads:
            raise ValueError(
                f"Expected num_heads that divides dim={self.dim}. Received: {self.num_heads}"
            )

    def model(self) -> keras.Model:
        examples = self.examples("train")
        model = UniversalTransformer(
            self.vocabulary,
            dim=self.dim,
            num_heads=self.num_heads,
            hidden_dim=self.hidden_dim,
            max_steps=self.max_steps,
            ponder_weight=self.ponder_weight,
            max_words=max(examples[name].shape[-1] for name in ("story", "question")),
            dropout=self.dropout,
            noise=self.noise,
            seed=self.seed,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=1.0),
            loss=model.loss,
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
            steps_per_execution=self.steps_per_epoch,
        )
        return model

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 3e-4, 3e-3, sampling="log"),
            "dim": hp.Choice("dim", [32, 64, 128]),
            "max_steps": hp.Int("max_steps", 2, 8),
            "ponder_weight": hp.Float("ponder_weight", 1e-4, 1e-2, sampling="log"),
            "dropout": hp.Choice("dropout", [0.0, 0.1, 0.2, 0.3]),
        }

    def reads(self, answer: Answer) -> Answer:
        """The sentence that the question reads most at each step, until it halts."""
        steps = int(np.asarray(answer["updates"])[0, -1])
        reads = zip(np.asarray(answer["read"])[0], answer["read_weight"][0], strict=True)
        return {
            f"step_{n}": f"{sentence.decode() or 'the question'} ({float(weight):.2f})"
            for n, (sentence, weight) in list(enumerate(reads, 1))[:steps]
        }

    def picture(self, model: keras.Model, story: str, question: str, title: str) -> Any:
        """What the question reads at each step, and how many steps each sentence takes."""
        answer = model.answer([story], [question])
        updates = [int(n) for n in np.asarray(answer["updates"])[0]]
        sentences = [sentence.decode() for sentence in np.asarray(answer["sentences"])[0]]
        return figures.story_attention(
            [f"{text}  ({n} steps)" for text, n in zip(sentences, updates, strict=False)],
            keras.ops.convert_to_numpy(answer["attention"][0]),
            title,
            rest=f"(the question, {updates[-1]} steps)",
            read="step",
        )
