"""A user's own text, for language models of characters."""

from ...zoo.text.plain import composed
from .reading import LARGEST_TEXT, open_file


def read_text(path: str) -> str:
    """All of a text in UTF-8, composed (NFC).

    Raises:
        ValueError: There is no such file, it is empty, too large, or not such a text; the
            message names file and line.
    """
    try:
        with open_file(path, LARGEST_TEXT) as file:
            content = file.read()
    except OSError as error:
        raise ValueError(f"Expected a text. Received: {path} ({error.strerror})") from None
    try:
        text = composed(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        received = content[error.start : error.start + 40]
        raise ValueError(
            f"{path}:{row}: Expected text in UTF-8. Received: {received!r}"
        ) from None
    if not text:
        raise ValueError(f"{path}: Expected a text. Received: none")
    return text
