"""Saving of models: the protocol that they share, presets and model cards."""
