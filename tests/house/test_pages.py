"""Files, functions and classes that pages name exist, and so do the pages that they link."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
PAGES += sorted((DOCS / "reference").glob("*.md"))
IN_HOUSE = r"`((?:layers|zoo|recipes|testing|tests|templates|docs|benchmarks)/[\w/.]*)`"


def name(page):
    return str(page.relative_to(ROOT))


def slug(heading):
    """The anchor of a heading, as GitHub and the site make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_and_anchors(page):
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        linked = page.parent / path if path else page
        if linked.parent.name == "gallery":  # a page that `make docs` writes from a program
            linked = linked.with_suffix(".py")
        if linked.parent.name == "cards":  # and one that it copies
            linked = ROOT / "zoo/presets" / linked.stem / "README.md"
        assert linked.exists(), target
        if anchor:
            text_of_linked = linked.read_text("utf-8")
            headings = re.findall(r"^#+ (.*)$", text_of_linked, re.MULTILINE)
            entries = re.findall(r"^::: (.*)$", text_of_linked, re.MULTILINE)
            assert anchor in [*map(slug, headings), *entries], target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_exist(page):
    for path in re.findall(IN_HOUSE, page.read_text("utf-8")):
        assert (ROOT / path).exists(), path


def test_backends_are_stated_in_one_way():
    stated = (
        "Layers and models are written in `keras.ops`. All tests run on TensorFlow; those of "
        "layers and of the zoo, and the goldens, on JAX and on PyTorch, too; on PyTorch also "
        "the promises of `tests/conformance/`."
    )
    for page in ("docs/index.md", "docs/layers.md", "CHANGELOG.md"):
        assert stated in " ".join((ROOT / page).read_text("utf-8").split()), page
    makefile = (ROOT / "Makefile").read_text("utf-8")
    parts = re.findall(r"^\tKERAS_BACKEND=(\w+) \$\(pytest\) (.*)$", makefile, re.M)
    assert "elsewhere := tests/layers tests/zoo tests/testing\n" in makefile
    assert parts == [
        ("jax", '-m "not slow and not long" $(elsewhere) $(goldens)'),
        ("jax", '-m "long and not slow" $(share) $(elsewhere)'),
        ("torch", '-m "not slow" $(elsewhere) tests/conformance'),
    ]
    assert "$(MAKE) torch\n" in makefile


def test_walks_name_what_is_in_the_files():
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    steps = re.findall(r"^\| `([\w/]+\.py)` \| (`[^|]*) \|", text, re.MULTILINE)
    assert len(steps) > 20
    for path, names in steps:
        source = (ROOT / path).read_text("utf-8")
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"^ *(def|class) {name}\b", source, re.MULTILINE), (path, name)
