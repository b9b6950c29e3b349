"""How the site reads docstrings: an extension of Griffe, which `zensical.toml` names.

Examples and call arguments, which Griffe takes for prose, become code and a list; classes
that the references have become links to them.
"""

import re
import textwrap
from pathlib import Path
from typing import Any

import griffe

# To the next section, which is a name, a colon and what is indented; or to the end.
EXAMPLE = re.compile(r"^Example:\n\n(.*?)(?=^[A-Z][\w ]*:\n    |\Z)", re.M | re.S)
# Results that begin with code: Griffe takes what is before a colon for their type.
RESULTS = re.compile(r"^Returns:\n(    `.*\n(?:(?:    .*)?\n)*)", re.M)
CALL_ARGUMENTS = re.compile(r"^Call arguments:\n((?:(?:    .*)?\n)+)", re.M)
ARGUMENT = re.compile(r"^(\w[^:\n]*):", re.M)
# A class between backticks, as `NTMCell` or `zoo.NTM`.
CLASS = re.compile(r"(?<!`)`((?:layers\.|zoo\.|recipes\.)?([A-Z]\w+))`(?!`)")
PAGES = sorted((Path(__file__).parent / "reference").glob("*.md"))
ENTRIES = {
    path.rpartition(".")[2]: path
    for page in PAGES
    for path in re.findall(r"^::: (.*)$", page.read_text("utf-8"), re.M)
}


def with_sections(text: str) -> str:
    """A docstring as Griffe reads sections."""
    text = EXAMPLE.sub(_examples, f"{text}\n")
    text = RESULTS.sub(_results, text)
    return CALL_ARGUMENTS.sub(_call_arguments, text)


def with_links(text: str, path: str = "") -> str:
    """A docstring in which classes that the references have, but for its own, are links."""
    return CLASS.sub(lambda found: _link(found, path), text)


def _link(found, path):
    code, entry = found[0], ENTRIES.get(found[2])
    return code if entry is None or entry == path else f"[{code}][{entry}]"


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
            text = with_sections(obj.docstring.value)
            obj.docstring.value = with_links(text, obj.path)
