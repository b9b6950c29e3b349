"""Attention: the recipes."""
