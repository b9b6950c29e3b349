"""Memory machines: the recipes."""
