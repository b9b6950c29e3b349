"""A small knowledge base answers questions: a key-value memory network finds the facts.

    Silent_Harbour directed_by Ada_Brandt.   Golden_Mirror written_by Ada_Brandt.
    Which films did Ada_Brandt direct?  (Ada_Brandt, directed_by⁻¹) → Silent_Harbour

The key of a fact is its subject with its relation, and its object is the value; or inversely.
In every base, the facts are others: what is learned is which words of a question go with
which relation, and never a fact.
"""

from typing import Any, ClassVar

import keras
import numpy as np
from pydantic import Field, PositiveInt

from ...zoo import KeyValueMemoryNetwork
from ..datasets import load
from ..datasets.knowledge_base import Builder, knowledge_base_config
from ..datasets.knowledge_base.films import FILMS, RELATIONS
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
from ..running.recipe import recipe_dataclass
from .knowledge_base_questions_study import STUDY
from .kvmemnn_family import KeyValueRecipe
from .stand_ins import StandIns

KINDS = ("forth", "back")  # from a subject to the object, and inversely


@recipe_dataclass
class KnowledgeBaseQuestions(KeyValueRecipe):
    """Section 3.2, "KB triple", of [Miller et al., 2016](https://arxiv.org/abs/1606.03126).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("knowledge_base_questions", min_films=5, max_films=10)
    >>> sorted(recipe.questions)  # what a trained model is given
    ['facts', 'question']
    """

    epochs: PositiveInt = Field(30, description="how often validation takes place")
    hops: PositiveInt = Field(1, le=20, description="reads of the memory, in turn")
    hashed: bool = Field(True, description="read only facts that have a word of the question")
    min_films: PositiveInt = Field(2, description="films of the smallest base")
    max_films: PositiveInt = Field(6, description="films of the largest base")
    train_examples: PositiveInt = Field(10_000, description="training questions")

    last_sentences: ClassVar = 10**6  # all facts
    lengths_of_batches: ClassVar = (20, 40)
    study: ClassVar = STUDY

    def __post_init__(self):
        super().__post_init__()
        if self.min_films > self.max_films:
            raise ValueError(
                f"Expected min_films up to max_films={self.max_films}. Received: "
                f"min_films={self.min_films}"
            )
        if self.max_films > len(FILMS):
            raise ValueError(
                f"Expected max_films up to {len(FILMS)}. Received: {self.max_films}"
            )

    def texts(self, split: str) -> Arrays:
        """As of stories, whose sentences are facts; beside them, all right answers."""
        config = knowledge_base_config(
            self.min_films, self.max_films, self.train_examples if split == "train" else 0
        )
        rows = load(Builder, config, split)
        return {
            "story": rows["facts"],
            "question": rows["question"],
            "answer": rows["answer"],
            "answers": rows["answers"],
            "task": rows["is_inverse"].astype("int64"),
        }

    def network(self) -> KeyValueMemoryNetwork:
        return KeyValueMemoryNetwork(
            self.vocabulary,
            dim=self.dim,
            hops=self.hops,
            keys="fact",
            encoding="bag_of_words",
            # No relation's word is one of a question: names alone are hashed.
            common=[] if self.hashed else None,
            max_ages=None,
        )

    def _numbers(self, texts, text):
        """Beside the others, the indices of all right answers, padded with -1."""
        answers = [right.split(b"\n") for right in texts["answers"]]
        indices = np.full((len(answers), max(map(len, answers))), -1, "int32")
        is_answer = np.arange(indices.shape[1]) < np.array([[len(a)] for a in answers])
        indices[is_answer] = text.answer_ids([a for row in answers for a in row], unknown=-1)
        return {**super()._numbers(texts, text), "answers": indices}

    def to_batch(self, examples: Arrays) -> Batch:
        """A batch; its targets are distributions, even over all right answers."""
        inputs, _ = super().to_batch(examples)
        right = tf.one_hot(examples["answers"], len(self.vocabulary))
        total = tf.reduce_sum(right, axis=1)
        return inputs, total / tf.maximum(tf.reduce_sum(total, axis=1, keepdims=True), 1.0)

    def losses_and_metrics(self) -> dict[str, Any]:
        return {"loss": keras.losses.CategoricalCrossentropy(from_logits=True)}

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """The percentage of questions whose likeliest answer is right: hits@1."""
        texts = self.texts(split)
        hits = self.hits(model, texts)
        by_kind = {
            f"hits_at_1_percent_{name}": 100 * float(hits[texts["task"] == kind].mean())
            for kind, name in enumerate(KINDS)
        }
        return {"hits_at_1_percent": 100 * float(hits.mean()), **by_kind}

    def hits(self, model: keras.Model, texts: Arrays) -> np.ndarray:
        """Whether the likeliest answer to each question is one of those that are right."""
        predicted = self.predicted(model, self._numbers(texts, model.text))
        words = [model.arguments["vocabulary"][index] for index in predicted]
        right = [answers.decode().lower().split("\n") for answers in texts["answers"]]
        pairs = zip(words, right, strict=True)
        return np.array([word in answers for word, answers in pairs])

    def search_space(self, hp: HyperParameters) -> Fields:
        return {
            "learning_rate": hp.Float("learning_rate", 5e-4, 1e-2, sampling="log"),
            "dim": hp.Choice("dim", [20, 50, 100]),
            "hops": hp.Int("hops", 1, 3),
        }

    def answer(self, model: keras.Model, facts: str, question: str) -> Answer:
        """The answer out of facts, "subject relation object." each, and what was read.

        Names may be others than those of training; a name is one word, as "Ada_Adler".

        Raises:
            ValueError: What should be a fact is none, or the question has no known word.
        """
        return self._answers(model, [facts], [question])[0]

    def _answers(self, model, stories, questions):
        pairs = zip(stories, questions, strict=True)
        stand_ins = [self._stand_ins(model, *pair) for pair in pairs]
        exchanged = zip(*(names.exchanged() for names in stand_ins), strict=True)
        found = super()._answers(model, *map(list, exchanged))
        return [
            {k: names.returned(v) if isinstance(v, str) else v for k, v in answer.items()}
            for names, answer in zip(stand_ins, found, strict=True)
        ]

    def _stand_ins(self, model, facts, question):
        sentences = [text.decode() for text in model.text.sentences([facts])[0].numpy()]
        known = model.arguments["vocabulary"]
        objects = {relation: names for relation, (names, _) in RELATIONS.items()}
        return StandIns(sentences, question, known, FILMS, objects)

    def figures(self, model: keras.Model) -> Figures:
        """Which facts are read for a question about the smallest base of the test split."""
        texts = self.texts("test")
        smallest = np.argmin([facts.count(b"\n") for facts in texts["story"]])
        facts, question = (texts[n][smallest].decode() for n in ("story", "question"))
        return {"facts_of_a_question": self._picture(model, facts, question)}
