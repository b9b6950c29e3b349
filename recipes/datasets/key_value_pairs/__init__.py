"""Key-value pairs and a query for one of them."""

from .key_value_pairs_dataset_builder import Builder, key_value_config, lookups

__all__ = ["Builder", "key_value_config", "lookups"]
