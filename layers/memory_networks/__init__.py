"""Memory networks: the layers."""
