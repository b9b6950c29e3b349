"""The pages of the site: each is in the navigation, and each picture exists.

`make docs` refuses links to pages and headings that do not exist, and names that are not in
the code, but neither of these.
"""

import inspect
import re
import runpy
import tomllib
from pathlib import Path

import pytest

from keras_memory import layers, recipes, testing, zoo

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WINGS = ["attention", "pointing", "memory_networks", "machines", "associative", "recurrent"]


def pages_of(entries):
    for entry in entries:
        for target in entry.values():
            yield from [target] if isinstance(target, str) else pages_of(target)


def test_every_page_is_in_the_navigation_once():
    project = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    pages = [path.name for path in DOCS.glob("*.md")]
    written = [f"gallery/{path.stem}.md" for path in (DOCS / "gallery").glob("*.py")]
    assert sorted(pages_of(project["nav"])) == sorted(pages + written)


def test_every_picture_exists():
    for page in DOCS.rglob("*.md"):
        for target in re.findall(r"!\[[^]]*\]\(([^)\s]+)", page.read_text("utf-8")):
            assert target.startswith("http") or (page.parent / target).is_file(), (
                page,
                target,
            )


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_begins_with_a_picture_and_its_code_and_ends_with_mathematics(wing):
    text = (DOCS / f"{wing}.md").read_text("utf-8")
    start = r"# [^\n]+\n\n!\[[^]\n]+\]\(images/(\w+\.png)\)\n\n```python\n(.*?)```"
    picture, code = re.match(start, text, re.DOTALL).groups()
    assert f'.savefig("{picture}")' in code  # which `python docs/wings.py` writes
    *_, last, reference = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert (last, reference) == ("The mathematics", "Reference")


def references():
    """The dotted names in the references of all pages."""
    pages = "\n".join(page.read_text("utf-8") for page in DOCS.glob("*.md"))
    return re.findall(r"^::: keras_memory\.([\w.]+)$", pages, re.MULTILINE)


def test_every_public_name_is_in_a_reference():
    listed = {path.rpartition(".")[2] for path in references()}
    for face in (layers, zoo, recipes, testing):
        named = {name: getattr(face, name) for name in face.__all__}
        public = {
            n for n, it in named.items() if inspect.isclass(it) or inspect.isfunction(it)
        }
        assert public - listed == set()


def test_no_reference_comes_twice():
    listed = references()
    assert len(listed) > 90
    assert sorted(listed) == sorted(set(listed))


def test_the_site_reads_examples_and_call_arguments_as_such():
    griffe = pytest.importorskip("griffe", reason="griffe")
    namespace = runpy.run_path(str(DOCS / "docstrings.py"))
    text = inspect.cleandoc(layers.DotScore.__doc__)
    docstring = griffe.Docstring(namespace["with_sections"](text), parser="google")
    kinds = {section.kind.value: section.value for section in docstring.parse()}
    [(kind, code)] = kinds["examples"]
    assert kind.value == "examples"
    assert code.startswith(">>> ") and code.endswith("\n(2, 3, 5)")
    assert "- `query, key`: As for every `Score`" in kinds["text"]
