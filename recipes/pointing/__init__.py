"""Pointing: the recipes."""
