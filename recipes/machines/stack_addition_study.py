"""The study of `stack_addition`: seeds, a list and the baselines."""

from .stack_family_study import stack_study

STUDY = stack_study()
