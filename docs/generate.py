"""Writes the tables of README.md and docs/: `python docs/generate.py`.

A table stands between `<!-- name -->` and `<!-- end -->`. Those of layers come from
signatures and docstrings, those of results from the presets' metadata, as
`docs/presets.toml` says.
"""

import inspect
import re
import string
import tomllib
from pathlib import Path

from keras_memory import layers
from keras_memory.layers.citation import papers_of
from keras_memory.zoo.saving.presets import Preset
from keras_memory.zoo.saving.tables import table

ROOT = Path(__file__).resolve().parents[1]
WINGS = {
    "attention": "Attention",
    "pointing": "Pointing",
    "memory_networks": "Memory networks",
    "machines": "Machines",
    "associative": "Associative memories",
    "recurrent": "Recurrent",
    "": "In every wing",
}


def pages():
    """`(path, text)` of every page that has generated tables, as it should be."""
    full = re.sub(r"\[(`\w+`)]\(zoo/[^)]*\)", r"\1", results())  # cards are not in docs/
    for path, name, tables in (
        (ROOT / "README.md", "presets", results(for_screen=True)),
        (ROOT / "docs/presets.md", "presets", full),
        (ROOT / "docs/layers.md", "layers", layer_tables()),
    ):
        text = path.read_text("utf-8")
        before, rest = text.split(f"<!-- {name} -->")
        _, after = rest.split("<!-- end -->")
        yield path, f"{before}<!-- {name} -->\n\n{tables}\n\n<!-- end -->{after}"


# Layers.


def layer_tables():
    parts = []
    for wing, title in WINGS.items():
        rows = [row(name, thing) for name, thing in of_wing(wing)]
        header = ["Layer", "What it is", "Paper", "Masks", "Streaming", "Cost"]
        parts += [f"## {title}", table(header, rows)]
    return "\n\n".join(parts)


def of_wing(wing):
    """The public classes of a wing, in the order of their files."""
    things = [(name, getattr(layers, name)) for name in layers.__all__]
    found = [
        (thing.__module__, inspect.getsourcelines(thing)[1], name, thing)
        for name, thing in things
        if isinstance(thing, type) and (thing.__module__.split(".")[2:-1] or [""])[0] == wing
    ]
    return [(name, thing) for *_, name, thing in sorted(found, key=lambda item: item[:3])]


def row(name, cls):
    first, *_ = inspect.cleandoc(cls.__doc__).split("\n")
    return [f"`{name}`", cell(first), paper(cls), masks(cls), streaming(cls), cost(cls)]


def cell(text):
    """Text that stands in a table's cell as it is; code, between backticks, does anyway."""
    parts = text.replace("|", "\\|").split("`")
    parts[::2] = [re.sub(r"[*_]", r"\\\g<0>", part) for part in parts[::2]]
    return "`".join(parts)


def paper(cls):
    """The first paper of its docstring."""
    links = papers_of(cls)
    name = links and re.search(rf"\[([^]]+)\]\({re.escape(links[0])}\)", cls.__doc__)
    return " ".join(name[0].split()) if name else ""


def masks(cls):
    """What masks its call takes."""
    names = inspect.signature(cls.call).parameters
    taken = [name.removesuffix("_mask") for name in names if name.endswith("_mask")]
    taken += ["mask"] if "mask" in names else []
    taken += ["causal"] if "use_causal_mask" in names else []
    return ", ".join(name for name in taken if name != "use_causal")


def streaming(cls):
    if hasattr(cls, "state_size"):
        return "cell"
    return "step" if hasattr(cls, "step") else ""


def cost(cls):
    """The section `Cost` of its docstring."""
    found = re.search(r"^ +Cost:\s+(.*?)(?:\n\n|\Z)", cls.__doc__, re.M | re.S)
    return " ".join(found[1].split()) if found else ""


# Results.


class Values(tuple):
    """Numbers that are written as one, or as a range."""

    def __format__(self, spec):
        ends = list(dict.fromkeys(format(value, spec) for value in (min(self), max(self))))
        return " to ".join([*(end.rstrip("%") for end in ends[:-1]), ends[-1]])


def values(study, key):
    """The numbers of a column, `column`, or of one of its cells, `column|row`."""
    column, _, line = key.partition("|")
    at = study["columns"].index(column)
    cells = [r[at] for r in study["rows"] if not line or str(r[0]) == line]
    texts = [text for each in cells for text in str(each).split(", ")]
    return Values(float(text.replace(",", "")) for text in texts)


class Formatter(string.Formatter):
    """`{studies[title][column]}`, and all that `str.format` knows."""

    def get_field(self, field, args, kwargs):
        thing, *keys = re.findall(r"[^\[\]]+", field)
        value = kwargs[thing]
        for key in keys:
            value = (
                values(value, key) if thing == "studies" and key is keys[-1] else value[key]
            )
        return value, thing


def results(for_screen=False):
    """The table of results: all rows, or those for one screen."""
    data = tomllib.loads((ROOT / "docs/presets.toml").read_text("utf-8"))
    rows, last = [], None
    for entry in data["row"]:
        if for_screen and not entry.get("screen"):
            continue
        name = entry.get("preset")
        metadata = Preset.get(name).metadata if name else {}
        known = {
            "metrics": metadata.get("metrics", {}),
            "published": {k: v for k, (v, _) in metadata.get("published", {}).items()},
            "studies": {study["title"]: study for study in metadata.get("studies", [])},
            "papers": data["papers"],
        }
        link = f"[`{name}`](zoo/presets/{name}/README.md){entry.get('more', '')}"
        first = entry.get("of") or ("" if name == last else link)
        texts = [entry["on"], entry["ours"], entry.get("paper", "")]
        rows.append([first, *(written(text, known) for text in texts)])
        last = name
    return table(["Preset", "On the test split", "Ours", "Published"], rows)


def written(text, known):
    return re.sub(r"(\d)%", r"\1 %", Formatter().vformat(text, (), known))


if __name__ == "__main__":
    for path, text in pages():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
