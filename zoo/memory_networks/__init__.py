"""Memory networks: the models."""
