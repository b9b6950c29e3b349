"""Numbers with instructions: to be added to a memory, passed over, forgotten, or read."""

from .memory_instructions_dataset_builder import Builder, instructions_config, sequences

__all__ = ["Builder", "instructions_config", "sequences"]
