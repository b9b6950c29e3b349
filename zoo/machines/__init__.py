"""Memory machines: the models."""
