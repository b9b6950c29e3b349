"""Pointing: the models."""
