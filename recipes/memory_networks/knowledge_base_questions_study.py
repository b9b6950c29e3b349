"""The study of `knowledge_base_questions`: hits@1, and bases that are larger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..datasets.knowledge_base import Builder
from ..datasets.knowledge_base.films import sample_facts, sample_question, sentence
from ..running.beyond import fresh
from ..running.study import Study

if TYPE_CHECKING:
    import keras

    from ..running.argument_types import Rows
    from .knowledge_base_questions import KnowledgeBaseQuestions

QUESTIONS = 500
FILMS = (1, 6, 20, 60)


def beyond(recipe: KnowledgeBaseQuestions, model: keras.Model) -> Rows:
    """Hits@1 of questions about bases of other sizes than those of training."""
    random = fresh(recipe)
    rows = []
    for films in FILMS:
        texts = _texts(random, films)
        count = np.mean([1 + facts.count(b"\n") for facts in texts["story"]])
        rows.append(
            {
                "condition": f"films of a base: {films}",
                "hits@1, in percent": 100 * float(recipe.hits(model, texts).mean()),
                "facts": round(float(count), 1),
                "target": "≥ 98",
            }
        )
    return rows


def _texts(random, films):
    rows = []
    for _ in range(QUESTIONS):
        facts = sample_facts(random, films)
        question, _, is_inverse, answers = sample_question(random, facts)
        base = "\n".join(map(sentence, facts)).encode()
        rows.append((base, question.encode(), "\n".join(answers).encode(), is_inverse))
    story, question, answers, kinds = zip(*rows, strict=True)
    return {
        "story": np.array(story, object),
        "question": np.array(question, object),
        "answer": np.array([right.split(b"\n")[0] for right in answers], object),
        "answers": np.array(answers, object),
        "task": np.array(kinds, int),
    }


STUDY = Study(
    data=f"knowledge_base {Builder.VERSION} (generated)",
    parts={
        "One seed": [{"seed": 0}],
        "All facts read, none hashed": [{"hashed": False}],
    },
    targets={"hits_at_1_percent": ("≥", 99.0)},
    is_candidate=lambda recipe: recipe.hashed,
    loss_label="cross-entropy in nats",
    beyond=beyond,
)
