"""The sentences that support an answer, as they are numbered in the story that is read."""

import numpy as np

from ..running.argument_types import Arrays


def supports_read(texts: Arrays, last_sentences: int, most: int) -> np.ndarray:
    """Numbers of sentences, from 1, among those read, integers `(questions, most)`.

    Of a longer story, the last sentences alone are read: a support that is not among them is
    left out, and those after it take its place. 0, for none, comes last.

    Args:
        texts: Arrays `story`, strings of a sentence a line, and `supporting_facts`, numbers
            of these sentences in order, padded with 0.
        last_sentences: How many sentences are read.
        most: Supports of a question that are returned.
    """
    counts = np.array([1 + story.count(b"\n") for story in texts["story"]], int)
    cut = np.maximum(counts - last_sentences, 0)
    numbers = np.maximum(texts["supporting_facts"].astype(int) - cut[:, None], 0)
    order = np.argsort(numbers == 0, axis=1, kind="stable")
    numbers = np.take_along_axis(numbers, order, axis=1)
    return np.pad(numbers, [[0, 0], [0, most]])[:, :most]
