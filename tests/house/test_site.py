"""The pages of the site: each is in the navigation, and each picture exists.

`make docs` refuses links to pages and headings that do not exist, and names that are not in
the code, but neither of these.
"""

import inspect
import re
import tomllib
from pathlib import Path

from keras_memory import layers, zoo

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def pages_of(entries):
    for entry in entries:
        for target in entry.values():
            yield from [target] if isinstance(target, str) else pages_of(target)


def test_every_page_is_in_the_navigation_once():
    project = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    pages = sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))
    assert sorted(pages_of(project["nav"])) == pages


def test_every_picture_exists():
    for page in DOCS.rglob("*.md"):
        for target in re.findall(r"!\[[^]]*\]\(([^)\s]+)", page.read_text("utf-8")):
            assert target.startswith("http") or (page.parent / target).is_file(), (
                page,
                target,
            )


def test_every_public_name_is_in_a_reference():
    pages = "\n".join(page.read_text("utf-8") for page in DOCS.glob("*.md"))
    listed = set(re.findall(r"^::: keras_memory\.(?:[\w.]+\.)?(\w+)$", pages, re.MULTILINE))
    for face in (layers, zoo):
        modules = {name for name in face.__all__ if inspect.ismodule(getattr(face, name))}
        assert {*face.__all__} - modules - listed == set()
