"""Memory machines: the layers."""
