"""How the site reads docstrings: an extension of Griffe, which `zensical.toml` names.

Examples and call arguments, which Griffe takes for prose, become code and a list.
"""

import re
import textwrap
from typing import Any

import griffe

# To the next section, which is a name, a colon and what is indented; or to the end.
EXAMPLE = re.compile(r"^Example:\n\n(.*?)(?=^[A-Z][\w ]*:\n    |\Z)", re.M | re.S)
# Results that begin with code: Griffe takes what is before a colon for their type.
RESULTS = re.compile(r"^Returns:\n(    `.*\n(?:(?:    .*)?\n)*)", re.M)
CALL_ARGUMENTS = re.compile(r"^Call arguments:\n((?:(?:    .*)?\n)+)", re.M)
ARGUMENT = re.compile(r"^(\w[^:\n]*):", re.M)


def with_sections(text: str) -> str:
    """A docstring as Griffe reads sections."""
    text = EXAMPLE.sub(_examples, f"{text}\n")
    text = RESULTS.sub(_results, text)
    return CALL_ARGUMENTS.sub(_call_arguments, text)


def _examples(found):
    return f"Examples:\n{textwrap.indent(found[1].strip(), '    ')}\n\n"


def _results(found):
    return f"**Returns:**\n\n{textwrap.dedent(found[1])}"


def _call_arguments(found):
    return "**Call arguments:**\n\n" + ARGUMENT.sub(r"- `\1`:", textwrap.dedent(found[1]))


class Docstrings(griffe.Extension):
    """Rewrites the docstring of each object."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring:
            obj.docstring.value = with_sections(obj.docstring.value)
