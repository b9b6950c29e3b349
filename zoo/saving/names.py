"""What a name that is not known may have meant. Needs no Keras, so it answers fast."""

import difflib
from collections.abc import Iterable

PACKAGE = "keras_memory>"  # before the registered names of our classes


def did_you_mean(name: object, known: Iterable[str], most: int = 1) -> str:
    """The end of a message that a name is not known: the nearest ones that are.

    Args:
        name: What was received.
        known: The names that there are.
        most: How many of them to suggest.

    Example:

    >>> did_you_mean("softmacks", ["argmax", "softmax"])
    "; did you mean 'softmax'?"
    """
    by_lower = {other.lower(): other for other in known}
    lower = str(name).lower()
    whole = [other for other in by_lower if len(lower) > 2 and lower in other]
    near = [*whole, *difflib.get_close_matches(lower, by_lower, n=most)]
    near = list(dict.fromkeys(near))[:most]
    if not near:
        return ""
    *first, last = (repr(by_lower[other]) for other in near)
    return f"; did you mean {', '.join(first)}{' or ' if first else ''}{last}?"
