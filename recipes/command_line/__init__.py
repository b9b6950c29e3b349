"""The command `keras-memory`."""

from .commands import main

__all__ = ["main"]
