"""The study of recipes that predict characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .beyond import characters
from .family_study import long_span_study

if TYPE_CHECKING:
    from ..running.study import Study

SOURCE = "Ke et al. 2018, a larger network"


def character_study(bits: Mapping[Any, float], **fields: Any) -> Study:
    """The study of a text.

    Args:
        bits: Published bits a character, by `variant` or method.
        **fields: As of `Study`.
    """

    def published(recipe):
        found = bits.get(recipe.variant, bits.get(recipe.method))
        return {"bits_per_character": (found, SOURCE)} if found else {}

    label = "cross-entropy in nats a character"
    return long_span_study(published=published, loss_label=label, beyond=characters, **fields)
