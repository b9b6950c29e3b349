"""The Penn Treebank as language models read it: a line a sentence, 10,000 words."""

from .penn_treebank_dataset_builder import FILES, Builder

__all__ = ["FILES", "Builder"]
