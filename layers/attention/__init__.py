"""Attention: the layers."""
