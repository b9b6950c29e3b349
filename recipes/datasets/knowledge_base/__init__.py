"""Questions about small knowledge bases of films and people, sampled."""

from .knowledge_base_dataset_builder import Builder, knowledge_base_config

__all__ = ["Builder", "knowledge_base_config"]
