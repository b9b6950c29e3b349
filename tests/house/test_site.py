"""The pages of the site: each is in the navigation, and has what its kind has.

`make docs` refuses links to pages and headings that do not exist, and names that are not in
the code, but none of this.
"""

import inspect
import pkgutil
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
    pages += [f"reference/{path.name}" for path in (DOCS / "reference").glob("*.md")]
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
    assert re.findall(r"^## (.*)$", text, re.MULTILINE)[-1] == "The mathematics"
    assert f"(reference/{wing}.md)" in text
    assert f"(../{wing}.md)" in (DOCS / f"reference/{wing}.md").read_text("utf-8")


def text_of_references():
    pages = sorted((DOCS / "reference").glob("*.md"))
    return "\n".join(page.read_text("utf-8") for page in pages)


def references():
    """The dotted names in all references."""
    return re.findall(r"^::: keras_memory\.([\w.]+)$", text_of_references(), re.MULTILINE)


def entries():
    """The classes and functions in all references, by their dotted names."""
    blocks = r"^::: keras_memory\.([\w.]+)\n(?: +options:\n +members: \[(.*)])?"
    for path, members in re.findall(blocks, text_of_references(), re.MULTILINE):
        thing = pkgutil.resolve_name(f"keras_memory.{path}")
        if not inspect.ismodule(thing):
            yield path, thing
            continue
        named = {name: it for name, it in vars(thing).items() if not name.startswith("_")}
        own = {
            name
            for name, it in named.items()
            if is_entry(it) and it.__module__ == thing.__name__ and has_text(it)
        }
        for name in members.split(", ") if members else sorted(own):
            yield f"{path}.{name}", named[name]


def is_entry(thing):
    return inspect.isclass(thing) or inspect.isfunction(thing)


def has_text(thing):
    """A docstring of its own: without one, it is not in the reference of its module."""
    return bool(thing.__doc__) and not thing.__doc__.startswith(f"{thing.__name__}(")


def test_references_are_apart_from_prose():
    for page in DOCS.glob("*.md"):
        assert not re.search("^::: ", page.read_text("utf-8"), re.MULTILINE), page


def test_every_entry_of_a_reference_has_an_example():
    found = dict(entries())
    assert len(found) > 250
    assert {"zoo.pointing.rules.triangles", "recipes.machines.ntm_copy.NTMCopy"} <= {*found}
    without = [
        path
        for path, thing in found.items()
        if not re.search(r"^ *(>>> |```python)", thing.__doc__, re.MULTILINE)
    ]
    assert without == []


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


def test_classes_in_docstrings_are_links():
    pytest.importorskip("griffe", reason="griffe")
    with_links = runpy.run_path(str(DOCS / "docstrings.py"))["with_links"]
    cell, model = "keras_memory.layers.NTMCell", "keras_memory.zoo.machines.ntm.NTM"
    text = "As `NTMCell` of `zoo.NTM`, `NotOurs` and `read`.\n\n```python\nNTMCell\n```"
    linked = with_links(text)
    assert linked.startswith(
        f"As [`NTMCell`][{cell}] of [`zoo.NTM`][{model}], `NotOurs` and "
    )
    assert linked.endswith("`read`.\n\n```python\nNTMCell\n```")
    assert with_links("As `NTMCell`.", cell) == "As `NTMCell`."


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
