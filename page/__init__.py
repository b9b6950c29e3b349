"""The page on which models work in a browser: its files, and how they are put together."""

from .building import build
from .serving import serve

__all__ = ["build", "serve"]
