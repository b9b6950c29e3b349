"""Twenty tasks of reading: an end-to-end memory network answers questions about stories.

    Mary got the milk.  John moved to the bedroom.  Mary travelled to the hallway.
    Where is the milk?  hop 1 reads "Mary got the milk", hop 2 "Mary travelled to the hallway"

The network is shown stories, questions and answers, never which sentences an answer rests on:
that, it must find out.
"""

import functools
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from ..datasets import load
from ..datasets.babi.babi_dataset_builder import SIZES, TASKS, Builder, babi_config
from ..running.recipe import recipe_dataclass
from .babi_exchanges import STRINGS, exchanged
from .babi_published import ERRORS, SOURCE, TABLES
from .family import FAILED, StoryRecipe, summary_of

PASSES = 5  # over the training split, from validation to validation
RESTARTS = 10
FRACTION = 0.9  # of the training questions; the others are for validation
# The paper's settings, epochs in so many passes as PASSES.
PAPER = {
    "one_task": {"dim": 20, "epochs": 24, "linear_epochs": 4, "halving_epochs": 5},
    "1k_joint": {"dim": 50, "epochs": 18, "linear_epochs": 6, "halving_epochs": 3},
    "10k_joint": {"dim": 50, "epochs": 6, "linear_epochs": 2, "halving_epochs": 1},
}
BY_PAPER = "that of the paper if absent"


def _each_task(seeds, **fields):
    return [{"task": task, **fields, "seed": s} for task in TASKS for s in range(seeds)]


def _joint(seeds, **fields):
    return [{**fields, "seed": seed} for seed in range(seeds)]


def _is_held_out(texts):
    """Whether for validation: the last tenth of each task."""
    held_out = np.zeros(len(texts["task"]), bool)
    for task in np.unique(texts["task"]):
        places = np.flatnonzero(texts["task"] == task)
        held_out[places[round(len(places) * FRACTION) :]] = True
    return held_out


def _where(kept, texts):
    return {name: array[kept] for name, array in texts.items()}


@recipe_dataclass
class MemN2NBabi(StoryRecipe):
    """Section 4 of [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895).

    Defaults are the paper's, which differ between one network for each task and one for all
    of them, and with the size. Batches are drawn without replacement, not with it.
    """

    size: Literal[*SIZES] = Field("1k", description="training questions of a task")
    task: NonNegativeInt = Field(0, le=len(TASKS), description="1 to 20, or 0 for all")
    exchanges: NonNegativeInt = Field(
        0, description="copies of each training question in which names are exchanged"
    )

    epochs: PositiveInt | None = Field(
        None, description=f"of {PASSES} passes over the data; {BY_PAPER}"
    )
    steps_per_epoch: PositiveInt | None = Field(
        None, description=f"updates in an epoch; {BY_PAPER}"
    )
    learning_rate: PositiveFloat | None = Field(
        None, allow_inf_nan=False, description=f"at first; {BY_PAPER}"
    )
    linear_epochs: NonNegativeInt | None = Field(
        None, description=f"first epochs, without the soft-max; {BY_PAPER}"
    )
    halving_epochs: PositiveInt | None = Field(
        None, description=f"later epochs that halve the learning rate; {BY_PAPER}"
    )
    dim: PositiveInt | None = Field(
        None, description=f"width of a sentence's vector; {BY_PAPER}"
    )

    # Each part has the settings of a column of the paper.
    study: ClassVar = {
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
    }

    def __post_init__(self):
        size = "10k" if self.exchanges else self.size
        paper = PAPER["one_task" if self.task else f"{size}_joint"]
        questions = {"1k": 1_000, "10k": 10_000}[self.size] * (1 if self.task else len(TASKS))
        updates = round(questions * FRACTION) * (1 + self.exchanges) // self.batch_size
        defaults = {**paper, "steps_per_epoch": max(1, PASSES * updates)}
        if self.linear_epochs == 0:  # a start with the soft-max may be faster, and shorter
            defaults["epochs"] -= paper["linear_epochs"]
        defaults["learning_rate"] = 1e-2 if self.linear_epochs == 0 else 5e-3
        for name, value in defaults.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        super().__post_init__()

    @property
    def column(self):
        """What the paper calls such a network in its tables; nothing if it has none."""
        width = PAPER["one_task" if self.task else f"{self.size}_joint"]["dim"]
        others = self.score, self.selection, self.activation, self.memory_size, self.dim
        if others != ("dot", "softmax", "linear", 50, width):
            return ""
        words = [
            "BoW" if self.encoding == "bag_of_words" else "PE",
            "LS" if self.linear_epochs else "",
            "LW" if self.tying == "layer_wise" else "",
            "RN" if self.noise else "",
            "" if self.task else "joint",
        ]
        hops = {1: "1 hop ", 3: ""}.get(self.hops, f"{self.hops} hops ")
        return hops + " ".join(word for word in words if word)

    @property
    def data(self):
        less = ", task 3 with 1,000 where its file is missing" if self.size == "10k" else ""
        return f"bAbI tasks v1.2, English, {self.size} (babi {Builder.VERSION}{less})"

    @property
    def preset(self):
        return f"memn2n_babi_{self.size}_{'exchanged' if self.exchanges else 'joint'}"

    @property
    def is_candidate(self):
        return self.column == "PE LS RN joint"

    @property
    def has_curve(self):
        return not self.task

    @property
    def published(self):
        """The errors in the paper's column, if it has one."""
        errors = ERRORS[self.size].get(self.column)
        if errors is None:
            return {}
        by_task = dict(zip(TASKS, errors, strict=True))
        if self.task:
            by_task = {self.task: by_task[self.task]}
        source = f"{SOURCE}, {TABLES[self.size]}, {self.column}"
        return {name: (figure, source) for name, figure in summary_of(by_task).items()}

    @property
    def targets(self):
        if self.task:
            return {}
        means = {"1k": 10.0 if self.exchanges else 12.4, "10k": 7.5}
        return {"error_percent_mean": ("≤", means[self.size])}

    def texts(self, split):
        if split == "train":
            return self._training_texts
        texts = self._published_texts("test" if split == "test" else "train")
        return _where(_is_held_out(texts), texts) if split == "validation" else texts

    @functools.cached_property
    def _training_texts(self):
        texts = self._published_texts("train")
        texts = _where(~_is_held_out(texts), texts)
        copies = [exchanged(texts, (self.seed, i)) for i in range(self.exchanges)]
        return {k: np.concatenate([part[k] for part in (texts, *copies)]) for k in texts}

    def _published_texts(self, split):
        texts = load(Builder, babi_config(self.size, self.task), split)
        return {name: texts[name] for name in (*STRINGS, "task")}

    def study_rows(self, runs):
        """A row for each task: the best of its runs by training loss, and their mean."""
        best, mean = {}, {}
        for task in TASKS:
            name = f"error_percent_task_{task:02}"
            tried = [run for run in runs if name in run.metrics]
            if not tried:
                continue
            best[task] = min(tried, key=self.rank).metrics[name]
            mean[task] = float(np.mean([run.metrics[name] for run in tried]))
        published = ERRORS[self.size].get(self.column)
        restarts = len({run.recipe.seed for run in runs})
        if restarts > 1:
            columns = {f"best of {restarts}": best, f"mean of {restarts}": mean}
        else:
            columns = {"one run": best}
        if published:
            columns["published"] = dict(zip(TASKS, published, strict=True))
        rows = [
            {"task": f"{task} {TASKS[task]}", **{k: v[task] for k, v in columns.items()}}
            for task in best
        ]
        whole = {k: summary_of(errors) for k, errors in columns.items()}
        for row, metric in (
            ("mean error, percent", "error_percent_mean"),
            ("failed tasks", "failed_tasks"),
        ):
            rows.append({"task": row, **{k: v[metric] for k, v in whole.items()}})
        return rows

    def study_text(self, rows):
        return (
            "Error on the test split, in percent. The best restart is that whose loss on the "
            f"training split is lowest; a task is failed above {FAILED:.0f} %."
        )
