"""The study of recipes that read images pixel by pixel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .beyond import pixels
from .family_study import long_span_study

if TYPE_CHECKING:
    from ..running.study import Study

KE = "Ke et al. 2018"
PAPERS = "accuracy"


def pixel_study(accuracies: Mapping[Any, float], **fields: Any) -> Study:
    """The study of a set of images.

    Args:
        accuracies: Published, by `variant`.
        **fields: As of `Study`.
    """

    def published(recipe):
        found = accuracies.get(recipe.variant)
        return {PAPERS: (found, KE)} if found and recipe.metric == PAPERS else {}

    by = "cross-entropy on the validation split"
    return long_span_study(published=published, chosen_by=by, beyond=pixels, **fields)
