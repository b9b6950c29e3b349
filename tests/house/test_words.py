"""The field's words: what docs/glossary.md replaced stays out of names, comments and docs."""

import io
import re
import tokenize
from pathlib import Path

import pytest

from keras_memory import layers, recipes, zoo

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "layers",
    "zoo",
    "recipes",
    "page",
    "benchmarks",
    "docs",
    "testing",
    "templates",
    "tests",
)

# What is out, wherever it stands, as a regular expression, and what to write instead.
WORDS = {
    r"said": "predicted, prediction, answer; of a paper: stated",
    r"lay_out|laid out": "to_batch; arranged",
    r"(?<![tT]here )is no (?!longer|more|larger|smaller)\w+": "is not a …",
    r"(score|selection)_named": "scores.get, selections.get",
    r"build_part|with_parts": "build_once, deserialized",
    r"remind(s|ed|er|ers|ing)?( of)?": "retrieve, retrieved steps; recall",
    r"look(s|ed|ing)?(?!(ed|s|ing)?[ -]up)( back)?( at)?": "hop, read, attend to",
    r"drawn": "sampled; of figures: plotted",
    r"held(?![ _-]out)": "stored; compared with",
    r"asked( for)?": "requested; question",
    r"sees? to|seen to": "handles",
    r"side by side": "in parallel; beside each other",
    r"again and again": "iterated",
    r"great numbers?": "large numbers",
    r"(?i:draws)": "samples; of figures: plots",
    r"(?i:tells? of|tells|told)": "reports, describes; of kinds: distinguishes",
    r"(?i:asks?|asking)( for)?": "requests, needs, takes",
    r"to be had": "available",
    r"having|remembering": "what it is, or does",
    r"(?i:remember(s|ed)?)": "stores; of figures: from memory, not checked",
    r"spoken|say_\w+": "printed, print_…",
    r"(?i:(stands?|stood) behind)": "the study of; what … is made of",
}
# What is out as the name of a variable, an argument or an attribute.
NAMES = {
    "there": "step_mask, item_mask",
    "done": "step_count, or what it counts",
    "kept": "the output buffer, or what is stored",
    "wanted": "target, targets",
    "few": "the thing",
    "some": "the thing",
    "all_": "the thing",
    "shown": "visible, displayed",
    "looked": "attended, addressed",
}
# Where a paper or another library has the word, or an alias, by file. What
# model cards and metrics have stays as it was published with them.
ALLOWED = {
    "zoo/figures/__init__.py": ("reminder", "held"),
    "zoo/figures/capacity.py": ("held",),
    "recipes/associative/bam_letters.py": ("drawn", "draws", "held"),
    "recipes/associative/dense_memory_mnist.py": ("remembered",),
    "recipes/associative/hopfield_mnist_bags_study.py": ("drawn",),
    "recipes/pointing/family_study.py": ("side by side",),
    "recipes/recurrent/family.py": ("reminders",),
    "recipes/recurrent/sab_permuted_mnist_study.py": ("drawn",),
    "recipes/running/moved.py": ("lay_out",),
    "recipes/running/fields.py": ("draws",),
    "recipes/running/recipe.py": ("lay_out",),
    # What the code under test has, by the names above; a mathematician; a sentence.
    "tests/recipes/associative/test_bam_letters.py": ("draws", "held"),
    "tests/recipes/datasets/test_pointing_builders.py": ("held",),
    "tests/recipes/recurrent/test_family.py": ("reminders",),
    "tests/zoo/text/test_text.py": ("is no end",),
    # Words of the data.
    "recipes/datasets/travel_requests/grammar.py": ("look",),
    "recipes/datasets/written_dates/no_dates.py": ("look", "said"),
    # Aliases that warn.
    "tests/recipes/test_registry.py": ("lay_out",),
    "tests/zoo/figures/test_old_names.py": ("held", "reminder"),
}


def hits(text, words=WORDS):
    """`(line, what was found, what to write)` in a text."""
    for word, instead in words.items():
        for found in re.finditer(rf"(?<![a-zA-Z])({word})(?![a-zA-Z])", text):
            yield text.count("\n", 0, found.start()) + 1, found.group(), instead


def names(text):
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string in NAMES:
            yield token.start[0], token.string, NAMES[token.string]


def files(folder, kind="py"):
    return sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob(f"*.{kind}"))


# All but this file, which has the words.
CODE = [
    path
    for folder in FOLDERS
    for path in files(folder)
    if path != Path(__file__).resolve().relative_to(ROOT)
]
PAGES = [
    Path("README.md"),
    Path("CONTRIBUTING.md"),
    *(
        path.relative_to(ROOT)
        for pages in (ROOT / "docs", ROOT / "docs/reference")
        for path in sorted(pages.glob("*.md"))
        if path.name != "glossary.md"
    ),
]


@pytest.mark.parametrize("path", [*CODE, *PAGES], ids=str)
def test_words_that_are_out(path):
    text = (ROOT / path).read_text("utf-8")
    found = [*hits(text), *(names(text) if path.suffix == ".py" else ())]
    found = [hit for hit in found if hit[1] not in ALLOWED.get(str(path), ())]
    assert not found, "\n".join(
        f"{path}:{n}: {word!r}, write {new}" for n, word, new in found
    )


def test_words_that_are_out_are_found():
    assert [word for _, word, _ in hits("what it said\nThe cell is no cell")] == [
        "said",
        "is no cell",
    ]
    assert not list(hits("There is no longer a look-up table. It looks up words: besaid."))
    assert [name for _, name, _ in names("there = 1  # there\n")] == ["there"]


def test_the_glossary_names_what_there_is():
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    for name in re.findall(r"`([A-Z]\w+)`", text):
        known = any(hasattr(floor, name) for floor in (layers, zoo, recipes))
        assert known or name in ("True", "Run", "Recipe"), name
