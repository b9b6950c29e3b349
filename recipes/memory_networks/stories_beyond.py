"""Stories beyond the paper's test: with facts about others, and about other persons."""

import numpy as np

from ..running.beyond import fresh
from .babi_exchanges import persons_exchanged
from .babi_others import with_others
from .family_study import summary_of

# Each question is put so often, as some tasks are as good as guessed.
TIMES = 3
MOST = 2.0  # points by which the error of no task may be higher than on the test split

# From texts and a generator to other texts.
CONDITIONS = {
    "eight facts about others after the story": lambda texts, rng: with_others(texts, rng, 8),
    "sixteen": lambda texts, rng: with_others(texts, rng, 16),
    "persons exchanged within a task": persons_exchanged,
    "persons whom a task does not know": lambda texts, rng: persons_exchanged(
        texts, rng, are_new=True
    ),
    "such persons, and eight facts about others": lambda texts, rng: with_others(
        persons_exchanged(texts, rng, are_new=True), rng, 8
    ),
}
UNAIMED = {"sixteen"}  # more than memory and training are for


def beyond(recipe, model):
    """The errors of each condition, and of which task it rises most, in points.

    Args:
        recipe: The recipe.
        model: A model of it.
    """
    rng, texts = fresh(recipe), recipe.texts("test")
    tested = recipe.errors(model, texts)
    rows = [_row("as the test split", tested, tested)]
    for name, changed in CONDITIONS.items():
        times = [recipe.errors(model, changed(texts, rng)) for _ in range(TIMES)]
        errors = {task: np.mean([by_task[task] for by_task in times]) for task in tested}
        rows.append(
            _row(name, errors, tested) | {"target": "" if name in UNAIMED else f"≤ {MOST:g}"}
        )
    return rows


def _row(condition, errors, tested):
    rises = {task: errors[task] - tested[task] for task in errors}
    worst = max(rises, key=rises.get)
    summary = summary_of(errors)
    return {
        "condition": condition,
        "highest rise of a task": round(float(rises[worst]), 2),
        "task": worst if rises[worst] > 0 else "",
        "mean error": round(summary["error_percent_mean"], 3),
        "failed tasks": int(summary["failed_tasks"]),
    }
