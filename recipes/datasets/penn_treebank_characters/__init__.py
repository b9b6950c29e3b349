"""The characters of the Penn Treebank, fifty of them."""

from .penn_treebank_characters_dataset_builder import Builder

__all__ = ["Builder"]
