"""The study of `memn2n_ptb`: the paper's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..datasets.penn_treebank import Builder
from ..running.study import Study

if TYPE_CHECKING:
    from ..running.study import Published
    from .memn2n_ptb import MemN2NPTB

# Test perplexity by hops and words of memory, with 150 units.
PUBLISHED = {
    (2, 100): 121,
    (3, 100): 122,
    (4, 100): 120,
    (5, 100): 118,
    (6, 100): 115,
    (7, 100): 114,
    (6, 25): 118,
    (6, 50): 114,
    (6, 75): 114,
    (6, 125): 112,
    (6, 150): 114,
    (7, 200): 111,
}


def published(recipe: MemN2NPTB) -> Published:
    size = recipe.hops, recipe.memory_size
    perplexity = PUBLISHED.get(size) if recipe.dim == 150 else None
    if perplexity is None:
        return {}
    return {"perplexity": (perplexity, "Sukhbaatar et al. 2015, table 2")}


STUDY = Study(
    data=f"penn_treebank {Builder.VERSION} (Mikolov's version)",
    published=published,
    loss_label="cross-entropy in nats a word",
)
