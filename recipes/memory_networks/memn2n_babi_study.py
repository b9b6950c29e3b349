"""The study of `memn2n_babi`: columns of the paper's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.babi import TASKS, Builder
from . import stories_beyond
from .babi_published import ERRORS, SOURCE, TABLES
from .family_study import FAILED, errors_of_runs, story_study, summary_of

if TYPE_CHECKING:
    from ..running.argument_types import Rows
    from ..running.run import Run
    from ..running.study import Published, Targets
    from .memn2n_babi import MemN2NBabi

RESTARTS = 10
# A recipe of our own: half of the stories with other persons, and facts about still others;
# twice the paper's dimension, and about one and a half times its updates.
OF_OTHERS = {
    "size": "10k",
    "exchanges": 1,
    "across_tasks": True,
    "others": 16,
    "dim": 100,
    "epochs": 20,
    "steps_per_epoch": 14_062,
    "linear_epochs": 3,
    "halving_epochs": 4,
}


def _each_task(seeds, **fields):
    return [{"task": task, **fields, "seed": s} for task in TASKS for s in range(seeds)]


def _joint(seeds, **fields):
    return [{**fields, "seed": seed} for seed in range(seeds)]


def data(recipe: MemN2NBabi) -> str:
    less = ", task 3 with 1,000 where its file is missing" if recipe.size == "10k" else ""
    return f"bAbI tasks v1.2, English, {recipe.size} (babi {Builder.VERSION}{less})"


def preset(recipe: MemN2NBabi) -> str:
    kind = "others" if recipe.others else "exchanged" if recipe.exchanges else "joint"
    return f"memn2n_babi_{recipe.size}_{kind}"


def published(recipe: MemN2NBabi) -> Published:
    """The errors in the paper's column, if it has one."""
    errors = ERRORS[recipe.size].get(recipe.column)
    if errors is None:
        return {}
    by_task = dict(zip(TASKS, errors, strict=True))
    if recipe.task:
        by_task = {recipe.task: by_task[recipe.task]}
    source = f"{SOURCE}, {TABLES[recipe.size]}, {recipe.column}"
    return {name: (error, source) for name, error in summary_of(by_task).items()}


def targets(recipe: MemN2NBabi) -> Targets:
    if recipe.task:
        return {}
    means = {"1k": 10.0 if recipe.exchanges else 12.4, "10k": 7.5}
    return {"error_percent_mean": ("≤", means[recipe.size])}


def rows(recipe: MemN2NBabi, runs: list[Run]) -> Rows:
    """A row for each task: the best of its runs by training loss, and their mean."""
    paper = ERRORS[recipe.size].get(recipe.column)
    return errors_of_runs(recipe, runs, paper and dict(zip(TASKS, paper, strict=True)))


def text(recipe: MemN2NBabi, rows: Rows) -> str:
    return (
        "Error on the test split, in percent. The best restart is that whose loss on the "
        f"training split is lowest; a task is failed above {FAILED:.0f} %."
    )


STUDY = story_study(
    data=data,
    # Each part has the settings of a column of the paper.
    parts={
        "1k, a network for each task: PE LS RN": _each_task(RESTARTS),
        "1k, one network for all tasks: PE LS RN joint": _joint(3),
        "1k, one network for all tasks: PE LS RN joint, names exchanged": _joint(
            3, exchanges=9
        ),
        "1k, a network for each task: PE LS": _each_task(1, noise=0.0),
        "1k, a network for each task: PE": _each_task(1, noise=0.0, linear_epochs=0),
        "1k, a network for each task: BoW": _each_task(
            1, noise=0.0, linear_epochs=0, encoding="bag_of_words"
        ),
        "1k, one network for all tasks: 1 hop PE LS joint": _joint(1, noise=0.0, hops=1),
        "1k, one network for all tasks: 2 hops PE LS joint": _joint(1, noise=0.0, hops=2),
        "1k, one network for all tasks: PE LS joint": _joint(1, noise=0.0),
        "1k, one network for all tasks: PE LS LW joint": _joint(
            1, noise=0.0, tying="layer_wise"
        ),
        "10k, a network for each task: PE LS RN": _each_task(1, size="10k"),
        "10k, one network for all tasks: PE LS RN joint": _joint(1, size="10k"),
        "10k, one network for all tasks: PE LS RN joint, persons of all tasks, facts about "
        "others": _joint(1, **OF_OTHERS),
    },
    published=published,
    targets=targets,
    preset=preset,
    is_candidate=lambda recipe: recipe.column == "PE LS RN joint" or recipe.others > 0,
    has_curve=lambda recipe: not recipe.task,
    rows=rows,
    text=text,
    beyond=stories_beyond.beyond,
)
