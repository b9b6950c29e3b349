"""Memory networks: the recipes."""
