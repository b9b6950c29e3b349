"""Questions about small knowledge bases of films and people, sampled."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from ..generated import split_generators
from .films import RELATIONS, sample_facts, sample_question, sentence

# Every split samples from its own stream: (SEED, films, split).
SEED = 2016_0609


@dataclasses.dataclass
class KnowledgeBaseConfig(tfds.core.BuilderConfig):
    """Bases of from `min_films` to `max_films` films, a question about each.

    Without `train_examples`, there is no training split.
    """

    min_films: int = 2
    max_films: int = 6
    train_examples: int = 0


def knowledge_base_config(min_films=2, max_films=6, train_examples=0):
    """The configuration of such bases, under a name that says which."""
    name = f"films_{min_films}_to_{max_films}"
    if train_examples:
        name += f"_train_{train_examples}"
    return KnowledgeBaseConfig(
        name=name, min_films=min_films, max_films=max_films, train_examples=train_examples
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Facts, a question about them, one right answer, and all of them.

    In every example, the facts are others: what a film's director is in one says nothing of
    another.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [knowledge_base_config(train_examples=10_000)]

    def _info(self):
        text = tfds.features.Text()
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "facts": tfds.features.Text(
                        doc="A subject, a relation and an object a line."
                    ),
                    "question": text,
                    "answer": text,
                    "answers": tfds.features.Text(doc="All right answers, a line each."),
                    "relation": tfds.features.ClassLabel(names=list(RELATIONS)),
                    "is_inverse": np.bool_,
                }
            ),
            homepage="https://arxiv.org/abs/1606.03126",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return split_generators(self._generate_examples, self.builder_config.train_examples)

    def _generate_examples(self, stream, size):
        config = self.builder_config
        films = config.min_films, config.max_films
        random = np.random.default_rng((SEED, *films, stream))
        for number in range(size):
            facts = sample_facts(random, random.integers(films[0], films[1] + 1))
            question, relation, is_inverse, answers = sample_question(random, facts)
            yield (
                number,
                {
                    "facts": "\n".join(map(sentence, facts)),
                    "question": question,
                    "answer": answers[random.integers(len(answers))],
                    "answers": "\n".join(answers),
                    "relation": relation,
                    "is_inverse": is_inverse,
                },
            )
