"""Attention: the models."""
