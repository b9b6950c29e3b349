"""Pointing: the layers."""
