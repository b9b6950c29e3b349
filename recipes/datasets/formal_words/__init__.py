"""Words of formal languages, to predict symbol by symbol."""

from .formal_words_dataset_builder import Builder, test_words, training_words
from .languages import LANGUAGES

__all__ = ["LANGUAGES", "Builder", "test_words", "training_words"]
