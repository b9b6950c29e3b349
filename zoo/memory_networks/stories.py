"""Stories as the numbers of their words."""

from typing import Any

from keras import ops


def with_a_sentence(story: Any) -> Any:
    """Numbers `(batch, sentences, words)` with one sentence at least: a loop takes a step.

    Where their number is not known, as in an exported model, one of padding comes last.
    """
    story = ops.convert_to_tensor(story)
    return ops.pad(story, [[0, 0], [0, int(not story.shape[1])], [0, 0]])
