"""Associative memory: the recipes."""
