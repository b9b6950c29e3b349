"""The base of recipes whose model is a recurrent entity network."""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import EntityNetwork, figures
from ..running.argument_types import Answer, Callbacks, Fields, History, HyperParameters
from ..running.recipe import recipe_dataclass
from .family import StoryRecipe
from .stop_when_right import StopWhenRight


@recipe_dataclass
class EntNetStories(StoryRecipe):
    """Stories, questions and answers, and a `zoo.EntityNetwork` that is trained on them."""

    epochs: PositiveInt = Field(60, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(281, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="questions in an update")
    learning_rate: PositiveFloat = Field(
        1e-2, allow_inf_nan=False, description="of Adam, at first"
    )
    halving_epochs: PositiveInt = Field(
        10, description="epochs after which the learning rate is halved"
    )

    right_epochs: PositiveInt = Field(
        4, description="epochs in a row without a wrong validation answer that end training"
    )

    dim: PositiveInt = Field(100, description="width of a sentence's vector, and of a slot")
    slots: PositiveInt = Field(20, description="entities of which track is kept")
    last_sentences: PositiveInt = Field(
        70, description="last sentences of a story that are read"
    )
    dropout: float = Field(0.0, ge=0, lt=1, description="of words, in training")

    layouts: ClassVar = EntityNetwork.layouts
    graded: ClassVar = True
    lengths_of_batches: ClassVar = (5, 10, 20, 40)

    def model(self) -> keras.Model:
        examples = self.examples("train")
        model = EntityNetwork(
            self.vocabulary,
            dim=self.dim,
            slots=self.slots,
            max_words=max(examples[name].shape[-1] for name in ("story", "question")),
            dropout=self.dropout,
        )
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=40.0),
            loss=model.loss,
            metrics=["accuracy"],
            jit_compile=self.jit_compile,
            steps_per_execution=self.steps_per_epoch,
        )
        return model

    def callbacks(self, history: History) -> Callbacks:
        def rate(epoch, _):
            return self.learning_rate * 0.5 ** (epoch // self.halving_epochs)

        return [
            keras.callbacks.LearningRateScheduler(rate),
            StopWhenRight(history, self.right_epochs),
        ]

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 1e-3, 2e-2, sampling="log"),
            "dim": hp.Choice("dim", [20, 50, 100]),
            "slots": hp.Int("slots", 5, 25, step=5),
            "dropout": hp.Choice("dropout", [0.0, 0.1, 0.2]),
        }

    def reads(self, answer: Answer) -> Answer:
        """The slot that the question reads, and which sentences went into it."""
        weights = np.asarray(answer["attention"])[0]
        slot = int(weights.argmax())
        gates = np.asarray(answer["gates"])[0, :, slot]
        sentences = np.asarray(answer["sentences"])[0]
        written = [
            f"{sentence.decode()} ({gate:.2f})"
            for sentence, gate in zip(sentences, gates, strict=True)
            if gate > 0.5
        ]
        return {
            "slot": f"{slot + 1} ({weights[slot]:.2f})",
            "written_to_it": " ".join(written) or "nothing",
        }

    def picture(self, model: keras.Model, story: str, question: str, title: str) -> Any:
        """What each slot takes in, and what it would answer, sentence by sentence."""
        trace = model.trace(model.text.ids([story], [question]))
        sentences = np.asarray(model.answer([story], [question])["sentences"])[0]
        return figures.entity_slots(
            [sentence.decode() for sentence in sentences],
            trace["gates"][0],
            np.array(model.arguments["vocabulary"])[trace["answers"][0].argmax(axis=-1)],
            trace["attention"][0],
            title,
        )
