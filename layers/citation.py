"""The papers behind a model: BibTeX of exactly the layers that are in it."""

import functools
import re
from pathlib import Path
from typing import Any

# A paper's entry has for its `url` the link by which docstrings name it.
PAPERS = Path(__file__).with_name("papers.bib")
LINK = re.compile(r"\]\((https?://\S+?)\)")


def citation(thing: Any) -> str:
    """BibTeX entries of the papers that a layer or a model, and all that is in it, come from.

    Papers are those that the docstrings of our classes name; other layers have none.

    Args:
        thing: A layer, a cell, a loss or a model, also one of your own with our layers in it;
            or a class of ours.

    Returns:
        The entries as one string, that of the outermost first; empty if there are none.

    Example:

    >>> print(keras_memory.citation(PointerAttention())[:64])
    @inproceedings{vinyals2015pointer,
      title = {Pointer Networks},
    """
    classes = [thing] if isinstance(thing, type) else map(type, _parts(thing))
    links = dict.fromkeys(link for cls in classes for link in papers_of(cls))
    return "\n\n".join(entries()[link] for link in links)


def papers_of(cls: type) -> list[str]:
    """The links of a class's docstring; of a subclass of ours, those of our class."""
    for base in cls.__mro__:
        if base.__module__.startswith("keras_memory."):
            return LINK.findall(base.__doc__ or "")
    return []


@functools.cache
def entries() -> dict[str, str]:
    """BibTeX entries by their `url`."""
    found = re.findall(r"^@.*?^}", PAPERS.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return {re.search(r"^  url = {(.*)},$", entry, re.MULTILINE)[1]: entry for entry in found}


def _parts(thing):
    """A layer and all layers in it, from the outside in."""
    yield thing
    for part in getattr(thing, "_layers", ()):
        yield from _parts(part)
