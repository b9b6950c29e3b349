"""What the slots of an entity network take in and contain."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .text import shortened, wrapped

LONGEST = 100  # characters of a sentence
OPEN = 0.3  # a gate above that has the word of its slot in it


def entity_slots(
    sentences: Sequence[str],
    gates: ArrayLike,
    contents: Sequence[Sequence[str]],
    attention: ArrayLike,
    title: str = "",
) -> Figure:
    """A story with the slots that each sentence updates, and what these contain then.

    A row is a sentence, a column a slot. The darker, the wider its gate is open; the word is
    what the slot contains after the sentence. Below is how much the question reads of each.

    Args:
        sentences: Strings.
        gates: Shape `(sentences, slots)`, in [0, 1].
        contents: A word for each slot after each sentence.
        attention: The weights of the question over the slots, shape `(slots,)`.
        title: What to write above.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> story = ["Mary went to the garden.", "John went to the hall."]
    >>> gates, contents = [[0.9, 0.1], [0.0, 0.8]], [["garden", ""], ["garden", "hall"]]
    >>> figure = entity_slots(story, gates, contents, [0.9, 0.1], "Where is Mary?")
    """
    gates, attention = np.asarray(gates, "float64"), np.asarray(attention, "float64")
    rows = [shortened(sentence, LONGEST) for sentence in sentences]
    slots = gates.shape[1]
    widest = max(map(len, [*rows, ""]))
    longest = max((len(word) for row in contents for word in row), default=1)
    size = (1.5 + 0.075 * widest + slots * max(0.35, 0.075 * longest), 1.6 + 0.27 * len(rows))
    figure = Figure(figsize=size, layout="constrained")
    above, below = figure.subplots(2, height_ratios=[max(1, len(rows)), 1])
    above.imshow(gates.reshape(-1, slots), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    above.set_xticks(range(slots), range(1, slots + 1))
    above.xaxis.tick_top()
    above.set_yticks(range(len(rows)), rows)
    below.imshow(attention[None], cmap="Oranges", vmin=0, vmax=1, aspect="auto")
    below.set_yticks([0], ["(question)"])
    for axis in (above, below):
        axis.tick_params(length=0)
    below.set_xticks([])
    for (row, slot), gate in np.ndenumerate(gates):
        if gate > OPEN:
            colour = "white" if gate > 0.6 else "black"
            style = {"ha": "center", "va": "center", "color": colour, "fontsize": "x-small"}
            above.text(slot, row, contents[row][slot], **style)
    figure.suptitle(wrapped(title, size[0]), fontsize="medium")
    return figure
