"""The bAbI tasks: stories, questions about them, and short answers."""

import dataclasses
import logging
import re

import tensorflow_datasets as tfds

from ..questions import question_features
from ..reading import LARGEST_TEXT, read_lines
from ..sources import check_reachable, manual_folder

FOLDER = "tasks_1-20_v1-2"
URL = f"http://www.thespermwhale.com/jaseweston/babi/{FOLDER}.tar.gz"
SIZES = {"1k": "en", "10k": "en-10k"}
TASKS = {
    1: "single-supporting-fact",
    2: "two-supporting-facts",
    3: "three-supporting-facts",
    4: "two-arg-relations",
    5: "three-arg-relations",
    6: "yes-no-questions",
    7: "counting",
    8: "lists-sets",
    9: "simple-negation",
    10: "indefinite-knowledge",
    11: "basic-coreference",
    12: "conjunction",
    13: "compound-coreference",
    14: "time-reasoning",
    15: "basic-deduction",
    16: "basic-induction",
    17: "positional-reasoning",
    18: "size-reasoning",
    19: "path-finding",
    20: "agents-motivations",
}
# A file that copies of the data set lack; it begins with that of the 1k set.
MAY_BE_MISSING = ("10k", 3, "train")
LONGEST_STORIES = 1 << 30  # characters of a file, as each question has the story so far
MOST_QUESTIONS = 100_000  # of a file
log = logging.getLogger(__name__)


@dataclasses.dataclass
class BabiConfig(tfds.core.BuilderConfig):
    """So many training questions, `"1k"` or `"10k"`, of one task, or with `task=0` of all."""

    size: str = "1k"
    task: int = 0


def babi_config(size="1k", task=0):
    """The configuration of a size and a task, under a name that says which."""
    name = f"{size}_task_{task:02}" if task else f"{size}_joint"
    return BabiConfig(name=name, size=size, task=task)


def questions(lines, source):
    """The questions in a file of bAbI, each with the story so far.

    Args:
        lines: Of the file.
        source: Its name, for errors.

    Yields:
        Story (its sentences, a line each), question, answer, and the numbers, from 1, of the
        sentences that support it.

    Raises:
        ValueError: A line is malformed; the message names file and line.
    """
    story, place = [], {}
    previous = length = total = count = 0
    for row, line in enumerate(lines, start=1):

        def check(fits, expected, row=row, line=line):
            if not fits:
                raise ValueError(
                    f"{source}:{row}: Expected {expected}. Received: {_start(line)!r}"
                )

        line = line.rstrip("\r\n")
        numbered = re.fullmatch(r"([1-9][0-9]{0,8}) (\S.*)", line)
        check(numbered, "a number, a space and text")
        number, text = int(numbered[1]), numbered[2]
        numbers = f"1 or {previous + 1}" if previous else "1"
        check(number in (1, previous + 1), f"line number {numbers}")
        if number == 1:
            story, place, length = [], {}, 0
        previous = number
        if "\t" not in text:
            check(text.endswith("."), "a sentence that ends with a full stop")
            story.append(text)
            length += len(text)
            place[number] = len(story)
            continue
        fields = [field.strip() for field in text.split("\t")]
        check(len(fields) == 3, "question, answer and facts, separated by tabs")
        question, answer, facts = fields
        check(question.endswith("?"), "a question that ends with a question mark")
        check(answer, "an answer")
        check(re.fullmatch(r"[0-9]{1,9}( [0-9]{1,9})*", facts), "numbers of facts")
        facts = [int(fact) for fact in facts.split(" ")]
        check(all(fact in place for fact in facts), "facts that are sentences of the story")
        count, total = count + 1, total + length
        check(count <= MOST_QUESTIONS, f"up to {MOST_QUESTIONS:,} questions")
        check(total <= LONGEST_STORIES, f"up to {LONGEST_STORIES:,} characters of stories")
        yield "\n".join(story), question, answer, [place[fact] for fact in facts]


def _start(line):
    return line if len(line) <= 80 else f"{line[:80]}…"


def read_questions(path):
    """As `questions`, of a file.

    Raises:
        ValueError: A line is malformed, or there is no question.
    """
    is_empty = True
    for question in questions(read_lines(path, LARGEST_TEXT), path):
        is_empty = False
        yield question
    if is_empty:
        raise ValueError(f"{path}: Expected questions. Received: none")


class Builder(tfds.core.GeneratorBasedBuilder):
    """A story, a question and its answer, of one of the twenty tasks or of all of them."""

    VERSION = tfds.core.Version("1.2.0")
    RELEASE_NOTES = {"1.2.0": "bAbI tasks v1.2, English."}
    BUILDER_CONFIGS = [babi_config(size, task) for size in SIZES for task in (0, *TASKS)]
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Unpack {URL} into this folder, so that it holds {FOLDER}/en and {FOLDER}/en-10k. Without
    it, the archive is downloaded.
    """

    def _info(self):
        return self.dataset_info_from_configs(
            features=question_features(),
            homepage="https://research.facebook.com/downloads/babi/",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        folder = manual_folder(dl_manager, FOLDER, f"babi/{FOLDER}", ".")
        if folder is None or not (folder / "en").is_dir():
            check_reachable(
                URL,
                f"Expected a folder {FOLDER} in --manual-dir (now {dl_manager._manual_dir}), "
                f"or a network to download {URL}. The recipe memn2n_babi_world needs neither",
            )
            folder = dl_manager.download_and_extract(URL) / FOLDER
        return {split: self._generate_examples(folder, split) for split in ("train", "test")}

    def _generate_examples(self, folder, split):
        tasks = [self.builder_config.task] if self.builder_config.task else TASKS
        for task in tasks:
            path = self._path(folder, task, split)
            found = enumerate(read_questions(path))
            for number, (story, question, answer, facts) in found:
                example = {
                    "task": task,
                    "story": story,
                    "question": question,
                    "answer": answer,
                    "supporting_facts": facts,
                }
                yield task * MOST_QUESTIONS + number, example

    def _path(self, folder, task, split):
        """The file of a task, or that of the 1k set for the one that may be missing."""
        name = f"qa{task}_{TASKS[task]}_{split}.txt"
        path = folder / SIZES[self.builder_config.size] / name
        if not path.exists() and (self.builder_config.size, task, split) == MAY_BE_MISSING:
            log.warning("%s is missing: using its first 1,000 questions, those of 1k", path)
            path = folder / SIZES["1k"] / name
        if not path.exists():
            raise FileNotFoundError(f"Expected {path}. Received: no such file")
        return path
