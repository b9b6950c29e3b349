"""`keras-memory predict MODEL --file questions.jsonl`: a question in each line."""

import contextlib
import functools
import itertools
import json
import sys
from pathlib import Path

import typer

from ...zoo.saving.atomic_files import json_text, whole_file
from ..running.json_lines import json_object

STANDARD_INPUT = "-"
AT_ONCE = 32  # questions


def answer_file(path, out, questions, answers):
    """Answer each line of a file; answers, a JSON object a line, are written as they come.

    Lines of a file are answered AT_ONCE, those of standard input one by one.

    Args:
        path: A file of JSON lines, as `{"bits": "1010"}`; or `-`, standard input.
        out: Where answers go, whole or not at all; `None` for standard output.
        questions: Those that the recipe takes, and an example of each.
        answers: From the questions of lines, dictionaries, to a dictionary for each.

    Raises:
        ValueError: A line is not a JSON object of the questions, or has no answer; file and
            line are named. Lines of a file are read before the first is answered.
    """
    if not questions:
        raise ValueError("Expected a model that takes questions. Received: one that has none")
    size = 1
    if path != STANDARD_INPUT:
        size = AT_ONCE
        for _ in _lines(path, questions):
            pass
    with _written(out) as write:
        lines = iter(_progress(_lines(path, questions)))
        while part := list(itertools.islice(lines, size)):
            for found in _answered(part, answers):
                write(json_text(found, ensure_ascii=False))


def _answered(lines, answers):
    """The answers to lines at once; where one has none, to each, up to that one."""
    try:
        yield from answers([given for _, given in lines])
    except ValueError as error:
        if len(lines) == 1:
            raise ValueError(f"{lines[0][0]}: {error}") from None
        for line in lines:
            yield from _answered([line], answers)


def _lines(path, questions):
    """Where each line is, and its questions."""
    name = "standard input" if path == STANDARD_INPUT else path
    with _opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                where = f"{name}, line {number}"
                yield where, _parsed(line, where, questions)


def _opened(path):
    if path == STANDARD_INPUT:
        return contextlib.nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise ValueError(
            f"Expected a file of questions. Received: {path} ({error.strerror})"
        ) from None


def _parsed(line, where, questions):
    found = json_object(line)
    if found is None or found.keys() != questions.keys():
        received = line.decode("utf-8", "replace").strip()
        raise ValueError(f"{where}: Expected {_json(questions)}. Received: {received:.80}")
    return {name: _typed(value) for name, value in found.items()}


def _typed(value):
    """A value as it is typed: sentences in lines, and other lists and numbers in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return _json(value)


def _json(value):
    return json.dumps(value, ensure_ascii=False)


@contextlib.contextmanager
def _written(out):
    if out is None:
        yield typer.echo
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as beside, beside.open("w", encoding="utf-8") as file:
        yield functools.partial(print, file=file)


def _progress(lines):
    """The lines, with a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(lines, "answering", console=console, disable=not console.is_terminal)
