"""The base of recipes whose model is a memory network with supervised support."""

from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops
from pydantic import Field, PositiveFloat, PositiveInt

from ...zoo import SupportedMemoryNetwork, figures
from ..running.argument_types import Answer, Arrays, Batch, Fields, HyperParameters
from ..running.late_tensorflow import tf
from ..running.recipe import recipe_dataclass
from ..running.study import Study
from .family import StoryRecipe
from .supports import supports_read

MOST_FACTS = 10  # the paper's limit
QUESTIONS_AT_ONCE = 50
FACTS = "supporting_facts"


@recipe_dataclass
class SupportedStories(StoryRecipe):
    """Stories, questions, answers and what supports them, and a network that learns both."""

    epochs: PositiveInt = Field(10, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(140, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="questions in an update")
    learning_rate: PositiveFloat = Field(
        4e-3, allow_inf_nan=False, description="of Adam, at first; it falls to zero"
    )

    dim: PositiveInt = Field(50, description="width of a vector")
    ngrams: PositiveInt = Field(3, le=8, description="words of the longest n-gram in a bag")
    buckets: PositiveInt = Field(1024, description="vectors that n-grams have")
    nonlinear: bool = Field(True, description="whether embeddings are nonlinear")
    latest: bool = Field(True, description="whether facts are the latest that fit")
    memory_size: PositiveInt = Field(
        250, description="last sentences of a story that are read"
    )
    max_ages: PositiveInt = Field(5, description="ages that have a vector of their own")
    noise: float = Field(
        0.1, ge=0, le=1, description="highest fraction of random empty memories"
    )
    dropout: float = Field(0.0, ge=0, le=1, description="fraction of a state's entries")
    margin: PositiveFloat | None = Field(
        None, allow_inf_nan=False, description="of the facts' loss; cross-entropy if absent"
    )

    columns: ClassVar = (*StoryRecipe.columns, FACTS)
    lengths_of_batches: ClassVar = (10, 20, 40, 80)
    # The last: accuracy on the validation split still rises where the loss does, too.
    monitor: ClassVar = None
    layouts: ClassVar = SupportedMemoryNetwork.layouts
    study: ClassVar = Study(loss_label="cross-entropy in nats")

    @property
    def last_sentences(self) -> int:
        return self.memory_size

    @property
    def facts(self) -> int:
        """How many facts an answer of the training split has, at most."""
        return min(MOST_FACTS, self.texts("train")[FACTS].shape[1])

    def _numbers(self, texts, text):
        """Beside the others, the facts, as they are numbered among the sentences read."""
        facts = supports_read(texts, self.last_sentences, self.facts)
        return {**super()._numbers(texts, text), "facts": facts}

    def to_batch(self, examples: Arrays) -> Batch:
        inputs, answer = super().to_batch(examples)
        facts = tf.cast(examples["facts"], tf.int32)
        return {**inputs, "facts": facts}, {"answer": answer, "facts": facts}

    def model(self) -> keras.Model:
        model = SupportedMemoryNetwork(
            self.vocabulary,
            dim=self.dim,
            facts=self.facts,
            ngrams=self.ngrams,
            buckets=self.buckets,
            nonlinear=self.nonlinear,
            latest=self.latest,
            max_ages=self.max_ages,
            noise=self.noise,
            dropout=self.dropout,
            margin=self.margin,
            seed=self.seed,
        )
        updates = self.epochs * self.steps_per_epoch
        rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, updates)
        model.compile(
            keras.optimizers.Adam(rate, global_clipnorm=5.0),
            **model.losses_and_metrics(),
            jit_compile=self.jit_compile,
            steps_per_execution=self.steps_per_epoch,
        )
        return model

    def predicted(self, model: keras.Model, examples: Arrays) -> np.ndarray:
        """The index of each answer, from the facts that the model chooses itself."""
        answers = []
        for start in range(0, len(examples["answer"]), QUESTIONS_AT_ONCE):
            part = slice(start, start + QUESTIONS_AT_ONCE)
            inputs, _ = self.to_batch({name: array[part] for name, array in examples.items()})
            answers.append(ops.argmax(model.read(inputs)["logits"], axis=-1))
        return ops.convert_to_numpy(ops.concatenate(answers))

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 5e-4, 1e-2, sampling="log"),
            "dim": hp.Choice("dim", [20, 50, 100]),
            "ngrams": hp.Int("ngrams", 1, 3),
            "noise": hp.Choice("noise", [0.0, 0.1, 0.2]),
            "dropout": hp.Choice("dropout", [0.0, 0.2, 0.5]),
        }

    def reads(self, answer: Answer) -> Answer:
        """The facts chosen, and how likely each choice was."""
        chosen = zip(np.asarray(answer["read"])[0], answer["read_weight"][0], strict=True)
        return {
            f"fact_{step}": f"{sentence.decode()} ({float(weight):.2f})"
            for step, (sentence, weight) in enumerate(chosen, 1)
            if sentence
        }

    def picture(self, model: keras.Model, story: str, question: str, title: str) -> Any:
        """How likely each sentence was as each of the facts, up to the stop fact."""
        answer = model.answer([story], [question])
        facts = ops.convert_to_numpy(answer["facts"][0])
        steps = min(1 + np.count_nonzero(facts), len(facts))
        return figures.story_attention(
            [sentence.decode() for sentence in np.asarray(answer["sentences"])[0]],
            ops.convert_to_numpy(answer["attention"][0])[:steps],
            title,
            rest="(no further fact)",
        )
