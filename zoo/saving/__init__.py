"""Presets: models saved, loaded, and told of."""
