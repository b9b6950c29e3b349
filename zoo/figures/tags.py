"""Pictures of tagged sentences."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

MOST_TAGS = 14  # in a picture
LEAST = 0.01  # probability of a tag that is in it


def tag_probabilities(
    words: Sequence[str], tags: Sequence[str], probabilities: np.ndarray
) -> Figure:
    """The probability of each tag of each word of a sentence, the darker the higher.

    Tags that are nowhere likely are left out.

    Args:
        words: The words of the sentence.
        tags: The names of the tags.
        probabilities: `(words, tags)`; rows beyond the words are padding.

    Returns:
        A matplotlib figure.

    Example:

    >>> probabilities = np.array([[0.9, 0.1], [0.2, 0.8]])
    >>> figure = tag_probabilities(["to", "Boston"], ["O", "B-to"], probabilities)
    """
    probabilities = np.asarray(probabilities)[: len(words)]
    likeliest = probabilities.max(axis=0)
    chosen = np.argsort(-likeliest, kind="stable")[:MOST_TAGS]
    chosen = chosen[likeliest[chosen] >= LEAST]
    chosen = chosen[np.argsort(probabilities[:, chosen].argmax(axis=0), kind="stable")]
    longest = max(len(tags[tag]) for tag in chosen)
    figure = Figure(
        figsize=(1.2 + 0.09 * longest + 0.5 * len(words), 1.3 + 0.26 * len(chosen)),
        layout="constrained",
    )
    axis = figure.subplots()
    image = axis.imshow(
        probabilities[:, chosen].T, cmap="Blues", vmin=0, vmax=1, aspect="auto"
    )
    axis.set_xticks(range(len(words)), words, rotation=60, ha="right")
    axis.set_yticks(range(len(chosen)), [tags[tag] for tag in chosen])
    figure.colorbar(image, ax=axis, label="probability")
    return figure
