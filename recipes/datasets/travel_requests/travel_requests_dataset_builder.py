"""Requests of travel, sampled: words, tags and intents."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import HELD_OUT_EXAMPLES, split_generators
from ..tagged import tagged_features
from .grammar import sample

# Every split samples from its own stream: (SEED, split).
SEED = 2018_0601
UNKNOWN = 0.25  # how often a city of validation and test is in no training request
TRAIN = 0  # the stream of the training split


@dataclasses.dataclass
class TravelRequestsConfig(tfds.core.BuilderConfig):
    """So many requests for training."""

    train_examples: int = 4_000


def travel_requests_config(train_examples):
    """The configuration of so many requests, under a name that says how many."""
    return TravelRequestsConfig(name=f"train_{train_examples}", train_examples=train_examples)


class Builder(tfds.core.GeneratorBasedBuilder):
    """A request, the tag of each of its words, and its intent."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [travel_requests_config(4_000)]

    def _info(self):
        return self.dataset_info_from_configs(
            features=tagged_features(),
            homepage="https://github.com/MiuLab/SlotGated-SLU",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(
            self._generate_examples, self.builder_config.train_examples, HELD_OUT_EXAMPLES
        )

    def _generate_examples(self, stream, size):
        random = np.random.default_rng((SEED, stream))
        for number in range(size):
            words, tags, intent = sample(random, 0.0 if stream == TRAIN else UNKNOWN)
            yield number, {"words": words, "tags": tags, "intent": intent}
