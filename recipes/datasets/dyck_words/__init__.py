"""Words of nested brackets."""

from .dyck_words_dataset_builder import Builder

__all__ = ["Builder"]
