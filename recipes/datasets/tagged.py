"""Sentences with a tag for each word, out of files: of columns, or of a line each."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from .reading import LARGEST_TEXT, read_lines

# A sentence, its words and tags as texts with a space between, and what it is about.
Sentence = tuple[str, str, str]
# Beginnings of the names of files and folders, by split.
STEMS = {"train": ("train",), "validation": ("dev", "val"), "test": ("test",)}
# Of files of one line a sentence: words, tags, intents.
PARALLEL = "seq.in", "seq.out", "label"
# Of a single file, every tenth sentence is for validation, and the one after it for testing.
TENTHS = {"validation": (8,), "test": (9,), "train": tuple(range(8))}
CONLL_U = 10  # columns, separated by tabs
WORD, UPOS = 1, 3  # of them
DOCUMENT = "-DOCSTART-"
NO_INTENT = "none"


def tagged_features():
    """The features of a data set of tagged sentences."""
    text = tfds.features.Text()
    return tfds.features.FeaturesDict({"words": text, "tags": text, "intent": text})


def read_parallel(folder, largest=LARGEST_TEXT):
    """Sentences of a folder with the files `seq.in`, `seq.out` and perhaps `label`.

    Args:
        folder: The folder.
        largest: The most bytes of a file.

    Raises:
        ValueError: A sentence has no words, or other than one tag for each; the message
            names file and line.
    """
    words, tags, intents = (Path(folder) / name for name in PARALLEL)
    paths = [words, tags, *([intents] if intents.exists() else [])]
    size, *others = (sum(1 for _ in read_lines(path, largest)) for path in paths)
    for path, found in zip(paths[1:], others, strict=True):
        if found != size:
            raise ValueError(
                f"{path}: Expected {size} lines, as in {words.name}. Received: {found}"
            )
    columns = [read_lines(path, largest) for path in paths]
    if len(columns) == len(PARALLEL[:2]):
        columns.append(itertools.repeat(NO_INTENT, size))
    for row, (sentence, tag, intent) in enumerate(zip(*columns, strict=True), start=1):
        if not sentence.split():
            raise ValueError(f"{words}:{row}: Expected words. Received: none")
        if len(tag.split()) != len(sentence.split()):
            raise ValueError(
                f"{tags}:{row}: Expected {len(sentence.split())} tags, one for each word. "
                f"Received: {len(tag.split())}"
            )
        check_tags(tag.split(), f"{tags}:{row}")
        if not intent.split():
            raise ValueError(f"{intents}:{row}: Expected an intent. Received: none")
        yield " ".join(sentence.split()), " ".join(tag.split()), intent.strip()


def read_columns(path, largest=LARGEST_TEXT):
    """Sentences of a file of columns: a word a line, its tag last, a blank line between.

    Of CoNLL-U, the word is the second column and the tag the fourth, the part of speech.

    Args:
        path: The file.
        largest: The most bytes that it may have.

    Raises:
        ValueError: A line has no tag, or a tag is malformed; the message names file and line.
    """
    words, tags = [], []
    for row, line in enumerate(itertools.chain(read_lines(path, largest), [""]), start=1):
        source, columns = f"{path}:{row}", line.split("\t")
        if len(columns) == CONLL_U:
            if line.startswith("#") or not columns[0].isdigit():
                continue  # words that the next lines divide, or that are not there
            columns = [columns[WORD].replace(" ", "\u00a0"), columns[UPOS]]
        else:
            if line.startswith("# "):
                continue
            columns = line.split()
        if not columns or columns[0] == DOCUMENT:
            if words:
                yield " ".join(words), " ".join(tags), NO_INTENT
            words, tags = [], []
            continue
        if len(columns) < 2 or not all(columns):
            raise ValueError(
                f"{source}: Expected a word and its tag. Received: {line[:80]!r}"
            )
        check_tags(columns[-1:], source)
        words.append(columns[0])
        tags.append(columns[-1])


def read_sentences(path: str) -> Iterator[Sentence]:
    """Sentences of a file of columns, or of a folder with `seq.in` and `seq.out`.

    Raises:
        ValueError: There is no such file or folder, it has no sentences, or a line is
            malformed; the message names file and line.
    """
    found = Path(path)
    if not found.exists():
        raise ValueError(f"Expected a file of sentences. Received: {path}, no such file")
    if found.is_dir() and not all((found / name).exists() for name in PARALLEL[:2]):
        raise ValueError(
            f"{path}: Expected files {' and '.join(PARALLEL[:2])} in a folder. Received: none"
        )
    is_empty = True
    for sentence in (read_parallel if found.is_dir() else read_columns)(path, None):
        is_empty = False
        yield sentence
    if is_empty:
        raise ValueError(f"{path}: Expected sentences. Received: none")


def check_tags(tags, source):
    """Raise a `ValueError` for a tag that is to begin or go on with nothing, as `B-`."""
    for tag in tags:
        if tag.endswith("-") and len(tag) == len("B-") and tag[0] in "BIES":
            raise ValueError(f"{source}: Expected a tag such as 'B-city'. Received: {tag!r}")


def read_user(path, split):
    """Arrays of strings `words`, `tags` and `intent` of a split of the user's own data.

    Args:
        path: A folder that has, for each split, a file of columns or a folder of files
            `seq.in` and `seq.out`, called `train…`, `dev…` or `val…`, and `test…`; or one
            file of columns.
        split: `"train"`, `"validation"` or `"test"`.

    Raises:
        ValueError: There is no such data, or it is malformed.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        names = sorted(p for p in path.iterdir() if p.name.startswith(STEMS[split]))
        if not names:
            raise ValueError(
                f"{path}: Expected a file or folder {STEMS[split][0]}…. Received: none"
            )
        read = read_parallel if names[0].is_dir() else read_columns
        sentences = list(read(names[0]))
    elif path.is_file():
        sentences = [s for i, s in enumerate(read_columns(path)) if i % 10 in TENTHS[split]]
    else:
        raise ValueError(f"Expected a file or a folder. Received: {path}, which is neither")
    if not sentences:
        raise ValueError(f"{path}: Expected sentences for {split}. Received: none")
    names = ("words", "tags", "intent")
    columns = zip(*sentences, strict=True)
    encoded = ([text.encode() for text in column] for column in columns)
    return {n: np.array(c, object) for n, c in zip(names, encoded, strict=True)}
