"""Losses and metrics of sequences."""
