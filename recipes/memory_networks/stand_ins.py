"""Names that a model does not know, for whom others stand in that it does.

A model has learned what is done with names, and in every base they have to do with something
else: so a name may be exchanged for one that is not in the base, and the answer exchanged
back.
"""

import re
from collections.abc import Collection, Mapping, Sequence

WORD = re.compile(r"[\w'-]+")


class StandIns:
    """Exchanges unknown names of facts, and of the question about them, for known ones.

    Args:
        facts: A list of facts, each a sentence of a subject, a relation and an object.
        question: The question.
        known: The words that the model knows, in lower case.
        subjects: Names that may stand in for a subject.
        objects: From a relation to the names that may stand in for its object.

    Raises:
        ValueError: A fact is not of three words, its relation is not known, or there are more
            unknown names than may stand in.
    """

    def __init__(
        self,
        facts: Sequence[str],
        question: str,
        known: Collection[str],
        subjects: Sequence[str],
        objects: Mapping[str, Sequence[str]],
    ) -> None:
        self.facts = facts
        self.question = question
        words = {word.lower() for text in (*facts, question) for word in WORD.findall(text)}
        free = set(known) - words
        self._by_name, self._spelling = {}, {}
        for fact in facts:
            subject, relation, thing = _parts(fact, objects)
            for name, choices in ((subject, subjects), (thing, objects[relation])):
                if name.lower() not in known and name.lower() not in self._by_name:
                    chosen = _first_free(choices, free, name)
                    free.remove(chosen)
                    self._by_name[name.lower()] = chosen
                    self._spelling[chosen] = name

    def exchanged(self) -> list[str]:
        """Facts, a text with a line each, and the question, in known names."""
        facts = "\n".join(self.facts)
        return [_replaced(text, self._by_name) for text in (facts, self.question)]

    def returned(self, text: str) -> str:
        """A text with the names as they were."""
        return _replaced(text, self._spelling)


def _parts(fact, objects):
    words = WORD.findall(fact)
    if len(words) != 3 or words[1].lower() not in objects:
        raise ValueError(
            "Expected facts of a subject, a relation and an object, a word each, the relation"
            f" one of {', '.join(objects)}. Received: {fact!r}"
        )
    return words[0], words[1].lower(), words[2]


def _first_free(choices, free, name):
    for choice in choices:
        if choice in free:
            return choice
    raise ValueError(f"Expected fewer names that the model does not know. Received: {name!r}")


def _replaced(text, by_word):
    return WORD.sub(lambda word: by_word.get(word[0].lower(), word[0]), text)
