"""The examples of README.md and of the pages of docs/ run as they stand."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Those of docs/recipes.md train for minutes.
PAGES = ["README.md"] + [
    f"docs/{page.name}"
    for page in sorted((ROOT / "docs").glob("*.md"))
    if "```python" in page.read_text("utf-8") and page.name != "recipes.md"
]


def examples(page):
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_examples_run(page, only_tensorflow, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    found = examples(page)
    assert found
    for code in found:
        lines = [line for line in code.splitlines() if ".fit()" not in line]  # takes minutes
        exec("\n".join(lines), {"__name__": page})
