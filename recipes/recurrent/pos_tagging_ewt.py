"""Parts of speech of English web texts, new words by their letters.

I    do  n't  like it   .
PRON AUX PART VERB PRON PUNCT
"""

from typing import ClassVar

import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt

from ..datasets import load_public
from ..running.argument_types import Arrays, Metrics
from ..running.recipe import recipe_dataclass
from .pos_tagging_ewt_study import STUDY, measured
from .published_tagging import PublishedTagging
from .tagging import Known, Tags

SPLITS = {"train": "train", "validation": "dev", "test": "test"}
# The classes of TFDS. The last is of tokens that the words after them repeat, as "don't".
TAGS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X", "_"),
)
NO_WORD = "_"


@recipe_dataclass
class PosTaggingEWT(PublishedTagging):
    r"""Parts of speech of the English Web Treebank of Universal Dependencies.

    Without word vectors that were trained elsewhere. With `path`, any sentences with a tag
    for each word, as other languages of Universal Dependencies.

    Example:

    >>> from keras_memory import recipes
    >>> from pathlib import Path
    >>> text = "the DET\ndog NOUN\nbarks VERB\n\n" * 20
    >>> Path("tags.conll").write_text(text) and None
    >>> recipe = recipes.get("pos_tagging_ewt", path="tags.conll", least_count=1)
    >>> recipe.tags
    ['DET', 'NOUN', 'VERB']
    """

    epochs: PositiveInt = Field(12, description="how often validation takes place")
    steps_per_epoch: PositiveInt = Field(392, description="updates in an epoch")
    learning_rate: PositiveFloat = Field(
        3e-3, allow_inf_nan=False, description="of Adam, at first; it falls to 0"
    )
    embedding_dim: PositiveInt = Field(64, description="width of a word's vector")
    least_count: PositiveInt = Field(
        2, description="how often a word occurs in training that has such a vector"
    )
    depth: PositiveInt = Field(2, description="layers of the encoder")
    letter_dim: PositiveInt = Field(100, description="width of a word's vector by letters")
    crf: bool = Field(False, description="whether the tags are scored as a whole")
    dropout: float = Field(0.4, ge=0, lt=1, description="fraction dropped in training")

    cased: ClassVar = True
    has_intents: ClassVar = False
    study: ClassVar = STUDY

    def published_sentences(self, split: str) -> Arrays:
        found = load_public("universal_dependencies/en_ewt", SPLITS[split])
        words, tags = [], []
        for tokens, classes in zip(found["tokens"], found["upos"], strict=True):
            rows = [
                (token.replace(b" ", b"\xc2\xa0"), TAGS[number].encode())
                for token, number in zip(tokens, classes, strict=True)
                if token and TAGS[number] != NO_WORD
            ]
            words.append(b" ".join(word for word, _ in rows))
            tags.append(b" ".join(tag for _, tag in rows))
        columns = {"words": words, "tags": tags, "intent": [b"none"] * len(words)}
        return {name: np.array(column, object) for name, column in columns.items()}

    def measured(self, true: Tags, predicted: Tags, is_known: Known) -> Metrics:
        return measured(true, predicted, is_known)
