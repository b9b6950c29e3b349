"""Attention weights over keys, sentences and words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from .text import shortened, wrapped

LONGEST = 100  # characters of a sentence of a story
LINE = 92  # characters of a line of a document, without its margins


def attention_map(
    weights: ArrayLike,
    keys: str | Sequence[str] = "key",
    queries: str | Sequence[str] = "query",
) -> Figure:
    """The attention weights of each query over the keys, a row a query.

    Args:
        weights: Shape `(queries, keys)`, in [0, 1].
        keys: What a column is, or the name of each.
        queries: What a row is, or the name of each.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> figure = attention_map([[0.9, 0.1, 0], [0, 0.2, 0.8]], keys="abc", queries="xy")
    """
    weights = np.asarray(weights, "float64")
    rows, columns = weights.shape
    size = (min(12, 2 + 0.3 * columns), min(12, 1.5 + 0.3 * rows))
    figure = Figure(figsize=size, layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(weights, cmap="magma", vmin=0, vmax=1, interpolation="nearest")
    for side, names, inches in zip(
        (axis.xaxis, axis.yaxis), (keys, queries), size, strict=True
    ):
        if isinstance(names, str):
            side.set_label_text(wrapped(names, inches - 1))
            side.get_major_locator().set_params(integer=True, min_n_ticks=1)
        else:
            side.set_ticks(range(len(names)), names)
    long = not isinstance(keys, str) and max(map(len, keys)) > 1
    axis.tick_params(axis="x", rotation=90 if long else 0)
    figure.colorbar(image, ax=axis, label="weight", shrink=np.clip(rows / columns, 0.4, 1))
    return figure


def story_attention(
    sentences: Sequence[str],
    weights: ArrayLike,
    title: str = "",
    rest: str = "(empty slots)",
    read: str = "hop",
) -> Figure:
    """A story with the weight that each hop of a memory network gives to each sentence.

    Args:
        sentences: Strings.
        weights: Shape `(hops, slots)`, in [0, 1]; slots beyond the sentences are empty, and
            the weight of all of them is one row.
        title: What to write above.
        rest: What slots beyond the sentences are.
        read: What a column is called.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> story = ["Mary took the milk.", "Mary went to the garden."]
    >>> weights = [[0.9, 0.1, 0.0], [0.1, 0.8, 0.1]]  # two hops; the third slot is empty
    >>> figure = story_attention(story, weights, "Where is the milk?")
    """
    weights = np.asarray(weights, "float64")
    filled, empty = weights[:, : len(sentences)], weights[:, len(sentences) :]
    rows = [*(shortened(sentence, LONGEST) for sentence in sentences), rest]
    weights = np.concatenate([filled, empty.sum(axis=1, keepdims=True)], axis=1)
    hops = [f"{read} {hop + 1}" for hop in range(len(weights))]
    widest = max(map(len, rows))
    column = max(0.6, 0.1 * len(hops[0]))
    size = (1.5 + 0.075 * widest + column * len(hops), 1 + 0.27 * len(rows))
    figure = Figure(figsize=size, layout="constrained")
    axis = figure.subplots()
    axis.imshow(weights.T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axis.set_xticks(range(len(hops)), hops)
    axis.xaxis.tick_top()
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0)
    for (hop, row), weight in np.ndenumerate(weights):
        if weight >= 0.01:
            colour = "white" if weight > 0.5 else "black"
            axis.text(hop, row, f"{weight:.2f}", ha="center", va="center", color=colour)
    figure.suptitle(wrapped(title, size[0]), fontsize="medium")
    return figure


def document_attention(
    sentences: Sequence[Sequence[str]],
    word_weights: Any,
    sentence_weights: ArrayLike,
    title: str = "",
) -> Figure:
    """A document with its sentences and words shaded by how much they are attended to.

    As figure 5 of [Yang et al., 2016](https://aclanthology.org/N16-1174): red, before each
    sentence, is its weight; blue is the weight of a word in its sentence, the paler the lower
    the weight of its sentence. Each is relative to the largest.

    Args:
        sentences: The words of each sentence, lists of strings.
        word_weights: Shape `(sentences, words)`; padding is unused.
        sentence_weights: Shape `(sentences,)`.
        title: What to write above.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> review = [["a", "dull", "story"], ["well", "played"]]
    >>> weights = [[0.1, 0.8, 0.1], [0.3, 0.7, 0.0]]
    >>> figure = document_attention(review, weights, [0.6, 0.4], "negative")
    """
    of_sentences = _relative(sentence_weights)
    boxes, marks, line = [], [], 0
    for i, words in enumerate(sentences):
        marks.append((line, of_sentences[i]))
        column, of_words = 3, np.sqrt(of_sentences[i]) * _relative(word_weights[i])
        for j, word in enumerate(words):
            word = shortened(word, LINE)
            if column + len(word) > LINE + 4:
                line, column = line + 1, 3
            boxes.append((line, column, word, of_words[j]))
            column += len(word) + 1
        line += 1
    height = 0.26 * line + 0.5
    figure = Figure(figsize=(11, height), layout="constrained")
    axis = figure.subplots()
    axis.set(xlim=(0, LINE + 4), ylim=(line, 0))
    axis.set_title(wrapped(title, inches=10), loc="left")
    axis.axis("off")
    for row, weight in marks:
        axis.add_patch(Rectangle((0, row + 0.05), 2, 0.9, color=(1, 1 - weight, 1 - weight)))
    for row, column, word, weight in boxes:
        corner = (column - 0.3, row + 0.05)
        blue = (1 - 0.7 * weight, 1 - 0.45 * weight, 1)
        axis.add_patch(Rectangle(corner, len(word) + 0.6, 0.9, color=blue))
        axis.text(column, row + 0.55, word, family="monospace", fontsize=12.5, va="center")
    return figure


def _relative(weights):
    """Weights as fractions of the largest; zeros, where all are zero."""
    weights = np.asarray(weights, "float64")
    return weights / (weights.max() or 1)
