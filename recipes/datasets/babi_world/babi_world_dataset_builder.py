"""Questions about stories of a simulated world, as many and as long as wanted."""

import dataclasses
import itertools
import zlib

import numpy as np
import tensorflow_datasets as tfds

from ..generated import HELD_OUT_EXAMPLES, SPLITS, split_generators
from ..questions import question_features
from . import world
from .world import TASKS

# Every task of every split samples from its own stream: (SEED, configuration, split, task).
SEED = 2015_0205
# No story with its question is in two splits: a checksum says of which it is.
SHARES = ("train", "train", "validation", "test")


def split_of(story, question):
    """The split that a story and its question belong to."""
    return SHARES[zlib.crc32("\n".join([*story, question]).encode()) % len(SHARES)]


@dataclasses.dataclass
class BabiWorldConfig(tfds.core.BuilderConfig):
    """One task, or with `task=0` all of them, and how long the stories are.

    A story has from `min_sentences` to `max_sentences` sentences about those whom questions
    may be about, or a few more, and among them `distractors` about others. Without
    `train_examples`, of each task, there is no training split.
    """

    task: int = 0
    min_sentences: int = 2
    max_sentences: int = 12
    distractors: int = 0
    train_examples: int = 0
    test_examples: int = HELD_OUT_EXAMPLES


def babi_world_config(
    task=0,
    min_sentences=2,
    max_sentences=12,
    distractors=0,
    train_examples=0,
    test_examples=HELD_OUT_EXAMPLES,
):
    """The configuration that holds such stories, under a name that says which."""
    name = f"task_{task:02}" if task else "joint"
    name += f"_sentences_{min_sentences}_to_{max_sentences}_distractors_{distractors}"
    if train_examples:
        name += f"_train_{train_examples}"
    if test_examples != HELD_OUT_EXAMPLES:
        name += f"_test_{test_examples}"
    return BabiWorldConfig(
        name=name,
        task=task,
        min_sentences=min_sentences,
        max_sentences=max_sentences,
        distractors=distractors,
        train_examples=train_examples,
        test_examples=test_examples,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """A story, a question and its answer; as in `babi`, of which it has twelve tasks."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [babi_world_config(task, train_examples=1_000) for task in (0, *TASKS)]

    def _info(self):
        return self.dataset_info_from_configs(
            features=question_features(),
            homepage="https://arxiv.org/abs/1502.05698",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        config = self.builder_config
        return split_generators(
            self._generate_examples, config.train_examples, config.test_examples
        )

    def _generate_examples(self, stream, size):
        for task in [self.builder_config.task] if self.builder_config.task else TASKS:
            examples = itertools.islice(self._stream(stream, task), size)
            for number, (story, question, answer, facts) in enumerate(examples):
                example = {
                    "task": task,
                    "story": "\n".join(story),
                    "question": question,
                    "answer": answer,
                    "supporting_facts": facts,
                }
                yield task * 1_000_000 + number, example

    def _stream(self, stream, task):
        """Examples of a task that are of a split, without end."""
        config = self.builder_config
        lengths = config.min_sentences, config.max_sentences
        random = np.random.default_rng((SEED, *lengths, config.distractors, stream, task))
        while True:
            sentences = random.integers(lengths[0], lengths[1] + 1)
            sampled = world.example(random, task, sentences, config.distractors)
            if split_of(*sampled[:2]) == SPLITS[stream]:
                yield sampled
