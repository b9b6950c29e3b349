"""What models that answer questions about stories share."""

from collections.abc import Mapping
from typing import Any

from keras import ops

from ...layers.precision import widen
from ..checked_model import CheckedModel
from ..saving.pretrained import Endpoints
from ..saving.transfer import Names
from ..text import names, text_spec


class StoryModel(CheckedModel):
    """Base of these models: a subclass has `text`, `arguments` and `answer`."""

    answer: Any

    def answers_of(self, logits: Any) -> dict[str, Any]:
        """The likeliest `answer`, its `probability`, and the `probabilities` of all."""
        probabilities = ops.softmax(widen(logits))
        return {
            "answer": names(self.arguments["vocabulary"], ops.argmax(probabilities, axis=-1)),
            "probability": ops.max(probabilities, axis=-1),
            "probabilities": probabilities,
        }

    @property
    def entry_names(self) -> Mapping[str, Names]:
        words = self.arguments["vocabulary"]
        return {
            "(question_)?embedding/table_[0-9]+": (words, None),
            "read_out/kernel": (None, words),
            "read_out/bias": (words,),
        }

    @property
    def ids_below(self) -> Mapping[str, int]:
        size = 1 + self.text.size
        return {"story": size, "question": size}

    def endpoints(self) -> Endpoints:
        """Functions of strings for a SavedModel, by name, with their signatures."""
        question = text_spec("question")
        return {
            "serving_default": (self.answer, [text_spec("story"), question]),
            "answer_sentences": (self.answer, [text_spec("story", rank=2), question]),
        }


def with_a_sentence(story: Any) -> Any:
    """Numbers `(batch, sentences, words)` with one sentence at least: a loop takes a step.

    Where their number is not known, as in an exported model, one of padding comes last.
    """
    story = ops.convert_to_tensor(story)
    return ops.pad(story, [[0, 0], [0, int(not story.shape[1])], [0, 0]])
