"""Chunks of words, as slots of a request: where each begins and ends, and what it is."""

from collections.abc import Iterable, Sequence

# A chunk's first and last character, its number of the sentence and its kind.
Chunk = tuple[int, int, int, str]
BEGIN, SINGLE, LAST = "BSU", "SU", "ESL"


def chunks(sentences: Iterable[Sequence[str]]) -> set[Chunk]:
    """The chunks that tags such as `B-city`, `I-city` and `O` stand for.

    A chunk begins with `B-`, and goes on with `I-` of the same kind. As in the script of the
    CoNLL tasks, `I-` of another kind, or after no chunk, begins one, too. `E-` ends a chunk,
    and `S-` is a whole one.

    Args:
        sentences: Tags of the words of each.

    Returns:
        A set of (sentence, first word, last word, kind).

    Example:

    >>> sorted(chunks([["B-city", "I-city", "O", "I-day"]]))
    [(0, 0, 1, 'city'), (0, 3, 3, 'day')]
    """
    found = set()
    for number, tags in enumerate(sentences):
        first, before = None, ("O", "")
        for word, tag in enumerate([*tags, "O"]):
            prefix, _, kind = tag.partition("-")
            is_inside = prefix != "O"
            begins = is_inside and (
                prefix in BEGIN or kind != before[1] or before[0] in (*LAST, *SINGLE, "O")
            )
            if first is not None and (begins or not is_inside):
                found.add((number, first, word - 1, before[1]))
                first = None
            if begins:
                first = word
            before = (prefix, kind) if is_inside else ("O", "")
    return found


def chunk_f1(
    targets: Iterable[Sequence[str]], predictions: Iterable[Sequence[str]]
) -> dict[str, float]:
    """Precision, recall and F1 of predicted chunks, in percent.

    F1 = 2 P R / (P + R), P = right / predicted, R = right / true

    A chunk is right if its first word, its last word and its kind are.

    Args:
        targets: True tags of the words of each sentence.
        predictions: Predicted ones.

    Returns:
        `precision`, `recall` and `f1`; 0 where there is nothing to count.

    Example:

    >>> chunk_f1([["B-city", "O", "B-day"]], [["B-city", "O", "O"]])["recall"]
    50.0
    """
    true, predicted = chunks(targets), chunks(predictions)
    right = len(true & predicted)
    return {
        "precision": 100.0 * right / max(1, len(predicted)),
        "recall": 100.0 * right / max(1, len(true)),
        "f1": 200.0 * right / max(1, len(true) + len(predicted)),
    }
