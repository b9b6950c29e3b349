"""Associative memory: the models."""
