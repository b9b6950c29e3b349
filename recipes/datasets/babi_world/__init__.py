"""Questions about stories of a simulated world, as many and as long as wanted."""

from .babi_world_dataset_builder import Builder, babi_world_config

__all__ = ["Builder", "babi_world_config"]
