"""Stories beyond the paper's test: facts about others come after them, names are exchanged."""

import numpy as np

from ..running.beyond import fresh
from .babi_exchanges import NAMES, persons_exchanged
from .babi_others import with_others
from .family_study import summary_of

# Each question is put so often, as some tasks are as good as guessed.
TIMES = 3
MOST = 2.0  # points by which the error of no task may be higher than on the test split

CONDITIONS = {
    "eight facts about others after the story": lambda texts, rng, names: with_others(
        texts, rng, 8, names
    ),
    "sixteen facts": lambda texts, rng, names: with_others(texts, rng, 16, names),
    "persons exchanged within a task": lambda texts, rng, names: persons_exchanged(
        texts, rng
    ),
    "persons whom a task does not know": persons_exchanged,
    "such persons, and eight facts about others": lambda texts, rng, names: with_others(
        persons_exchanged(texts, rng, names), rng, 8, names
    ),
}
TARGETS = {
    name: f"≤ {MOST:g}" for name in CONDITIONS if name != "sixteen facts"
}


def beyond(recipe, model, names=NAMES):
    """The errors of each condition, and of which task it rises most, in points.

    Args:
        recipe: The recipe.
        model: A model of it.
        names: Of persons who may be in any story.
    """
    rng, texts = fresh(recipe), recipe.texts("test")
    tested = recipe.errors(model, texts)
    rows = [_row("as the test split", tested, tested)]
    for name, changed in CONDITIONS.items():
        times = [recipe.errors(model, changed(texts, rng, names)) for _ in range(TIMES)]
        errors = {task: np.mean([by_task[task] for by_task in times]) for task in tested}
        rows.append(_row(name, errors, tested) | {"target": TARGETS.get(name, "")})
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
        "failed tasks": summary["failed_tasks"],
    }
