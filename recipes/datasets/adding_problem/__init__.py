"""The adding problem: two numbers of a long sequence are marked; what is their sum?"""

from .adding_problem_dataset_builder import Builder, adding_config, additions

__all__ = ["Builder", "adding_config", "additions"]
