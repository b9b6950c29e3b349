"""JSON lines of a user's own: an object in each."""

import json
from typing import Any


def json_object(line: str | bytes) -> dict[str, Any] | None:
    """The object in a line, of texts that UTF-8 has; or `None`, if it is something else.

    Args:
        line: Text, or bytes in UTF-8.
    """
    try:
        text = line.decode("utf-8-sig") if isinstance(line, bytes) else line
        found = json.loads(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair fails
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
