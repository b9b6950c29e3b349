"""Associative memory: the layers."""
