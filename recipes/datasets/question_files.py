"""Stories, questions and answers out of a user's own file, of any of three formats."""

from collections.abc import Iterator
from pathlib import Path

from ...zoo.text.plain import composed, words_of
from ..running.json_lines import json_object
from .babi.babi_dataset_builder import read_questions
from .reading import read_lines

FORMATS = {".txt": "babi", ".jsonl": "jsonl", ".tsv": "tsv"}
COLUMNS = "story", "question", "answer"
# A story, a line for each sentence; a question; and its answer.
Question = tuple[str, str, str]


def read_own_questions(path: str, format: str = "") -> Iterator[Question]:
    """The questions in a file.

    Args:
        path: The file.
        format: `"babi"`, numbered lines as those of the bAbI tasks; `"jsonl"`, a JSON object
            a line, of `story`, a string or a list of sentences, `question` and `answer`; or
            `"tsv"`, these three in columns with a tab between, perhaps under their names. If
            empty, by the ending of the file's name: `.txt`, `.jsonl` or `.tsv`.

    Raises:
        ValueError: There is no such file, a line is malformed, or an answer is not a word, or
            words joined by commas; the message names file and line.
    """
    format = format or FORMATS.get(Path(path).suffix.lower(), "")
    if not format:
        raise ValueError(
            f"Expected a file that ends with {', '.join(FORMATS)}, or its format. Received: "
            f"{path}"
        )
    if not Path(path).exists():
        raise ValueError(f"Expected a file of questions. Received: {path}, no such file")
    found = _of_babi(path) if format == "babi" else _of_lines(path, format)
    is_empty = True
    for source, story, question, answer in found:
        is_empty = False
        yield story, question, _answer(answer, source)
    if is_empty:
        raise ValueError(f"{path}: Expected questions. Received: none")


def _of_babi(path):
    for story, question, answer, _ in read_questions(path):
        yield path, story, question, answer


def _of_lines(path, format):
    parse = {"jsonl": _of_json, "tsv": _of_columns}[format]
    for row, line in enumerate(read_lines(path), start=1):
        fields = parse(line)
        if row == 1 and fields and tuple(map(str.lower, fields)) == COLUMNS:
            continue  # names of the columns
        source = f"{path}:{row}"
        if not fields or not all(text.strip() for text in fields[1:]):
            raise ValueError(
                f"{source}: Expected story, question and answer. Received: {line[:80]!r}"
            )
        yield source, *(text.strip() for text in fields)


def _of_json(line):
    found = json_object(line)
    if found is None or not set(COLUMNS) <= found.keys():
        return None
    story, question, answer = (found[name] for name in COLUMNS)
    if isinstance(story, list) and all(isinstance(sentence, str) for sentence in story):
        story = "\n".join(story)
    fields = story, question, answer
    return fields if all(isinstance(text, str) for text in fields) else None


def _of_columns(line):
    fields = tuple(line.split("\t"))
    return fields if len(fields) == len(COLUMNS) else None


def _answer(text, source):
    """In lower case, the words of one answer joined by commas."""
    words = [words_of(part) for part in composed(text).split(",")]
    if not all(len(part) == 1 for part in words):
        raise ValueError(
            f"{source}: Expected an answer of one word, or of words joined by commas. "
            f"Received: {text[:80]!r}"
        )
    return ",".join(word for (word,) in words)
