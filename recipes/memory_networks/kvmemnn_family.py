"""The bases of recipes whose model is a key-value memory network."""

import abc
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ...layers.memory_networks.sentence_embedding import ENCODINGS
from ...zoo import KeyValueMemoryNetwork, figures
from ..running.argument_types import Answer, Fields, HyperParameters
from ..running.falling_rate import FallingRate
from ..running.recipe import recipe_dataclass
from .family import StoryRecipe


@recipe_dataclass
class KeyValueRecipe(FallingRate, StoryRecipe):
    """What recipes share that train a `zoo.KeyValueMemoryNetwork`."""

    epochs: PositiveInt = Field(60, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(281, description="updates in an epoch")
    batch_size: PositiveInt = Field(32, description="questions in an update")
    learning_rate: PositiveFloat = Field(
        3e-3, allow_inf_nan=False, description="of Adam, at first"
    )

    dim: PositiveInt = Field(50, description="width of a vector")
    hops: PositiveInt = Field(3, le=20, description="reads of the memory, in turn")

    layouts: ClassVar = KeyValueMemoryNetwork.layouts
    graded: ClassVar = True

    @abc.abstractmethod
    def network(self) -> KeyValueMemoryNetwork:
        """The model, before it is compiled."""

    def losses_and_metrics(self) -> dict[str, Any]:
        """The arguments of `compile` that depend on the targets."""
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        return {"loss": loss, "metrics": ["accuracy"]}

    def model(self) -> keras.Model:
        model = self.network()
        model.compile(
            keras.optimizers.Adam(self.learning_rate, global_clipnorm=10.0),
            **self.losses_and_metrics(),
            jit_compile=self.jit_compile,
            steps_per_execution=self.steps_per_epoch,
        )
        return model

    def reads(self, answer: Answer) -> Answer:
        """The sentence that each hop reads and its weight; of windows, the word, too."""
        reads = zip(
            *(np.asarray(answer[name])[0] for name in ("read", "value")),
            answer["read_weight"][0],
            strict=True,
        )
        return {
            f"hop_{hop}": _read(sentence.decode(), value.decode(), float(weight))
            for hop, (sentence, value, weight) in enumerate(reads, 1)
        }

    def picture(self, model: keras.Model, story: str, question: str, title: str) -> Any:
        """The weights of each hop over the sentences."""
        answer = model.answer([story], [question])
        return figures.story_attention(
            [sentence.decode() for sentence in np.asarray(answer["sentences"])[0]],
            keras.ops.convert_to_numpy(answer["attention"][0]),
            title,
            rest="(nothing)",
        )


@recipe_dataclass
class KeyValueStories(KeyValueRecipe):
    """Stories, questions and answers: keys are sentences of a story, or windows of words."""

    keys: Literal["sentence", "window"] = Field(
        "sentence", description="what is a key; the value is the sentence, or a word"
    )
    width: PositiveInt = Field(9, description="words in a window, an odd number")
    encoding: Literal[*ENCODINGS] = Field(
        "position", description="of the words of a sentence or a window"
    )
    memory_size: PositiveInt = Field(
        50, description="last sentences of a story that are read"
    )
    noise: float = Field(
        0.1, ge=0, le=1, description="highest fraction of random empty memories"
    )

    lengths_of_batches: ClassVar = (5, 10, 20)

    def __post_init__(self):
        super().__post_init__()
        if self.width % 2 == 0:
            raise ValueError(f"Expected an odd number for width. Received: {self.width}")

    @property
    def last_sentences(self) -> int:
        return self.memory_size

    def network(self) -> KeyValueMemoryNetwork:
        return KeyValueMemoryNetwork(
            self.vocabulary,
            dim=self.dim,
            hops=self.hops,
            keys=self.keys,
            encoding=self.encoding,
            width=self.width,
            max_ages=self.memory_size,
            noise=self.noise,
            seed=self.seed,
        )

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 5e-4, 1e-2, sampling="log"),
            "dim": hp.Choice("dim", [20, 50, 100]),
            "hops": hp.Int("hops", 1, 4),
            "keys": hp.Choice("keys", ["sentence", "window"]),
            "noise": hp.Choice("noise", [0.0, 0.1, 0.2]),
        }


def _read(sentence, value, weight):
    if not sentence:
        return f"nothing ({weight:.2f})"
    word = "" if value == sentence else f"{value}: "
    return f"{word}{sentence} ({weight:.2f})"
