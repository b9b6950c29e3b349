"""Writes the tables and the references of README.md and docs/: `python docs/generate.py`.

What it writes stands between `<!-- name -->` and `<!-- end -->`. Tables of layers come from
signatures and docstrings, those of results from the presets' metadata, as
`docs/presets.toml` says; references list the public names, and the registered recipes.
"""

import inspect
import re
import string
import tomllib
import types
from pathlib import Path

import keras

from keras_memory import layers, zoo
from keras_memory.layers.citation import papers_of
from keras_memory.recipes.boards import BOARDS, board
from keras_memory.recipes.registry import RECIPES
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
# The sections of a reference; what is of several classes goes to the last of them.
KINDS = {
    "Layers": keras.Layer,
    "Scores": layers.Score,
    "Selections": layers.Selection,
    "Losses and metrics": (keras.Loss, keras.Metric),
    "Models": keras.Model,
    "Functions": types.FunctionType,
}


def pages():
    """`(path, text)` of every page of which a part is generated, as it should be."""
    parts = {
        "README.md": {"presets": results("zoo/presets/{}/README.md", for_screen=True)},
        "docs/index.md": {"presets": results("cards/{}.md", for_screen=True)},
        "docs/presets.md": {"presets": results("cards/{}.md")},
        "docs/layers.md": {"layers": layer_tables()},
    }
    for name, wing in BOARDS.items():
        parts[f"docs/{wing}.md"] = {"board": board_table(name)}
    references = {wing: reference(wing, layers, zoo) for wing in WINGS if wing} | {
        "layers": reference("", layers),
        "models": reference("", zoo),
        "recipes": reference_of_recipes(),
    }
    parts |= {f"docs/reference/{k}.md": {"reference": v} for k, v in references.items()}
    for page, generated in parts.items():
        text = (ROOT / page).read_text("utf-8")
        for name, part in generated.items():
            before, rest = text.split(f"<!-- {name} -->")
            _, end, after = rest.partition("<!-- end -->")
            text = f"{before}<!-- {name} -->\n\n{part}\n\n{end}{after}"
        yield ROOT / page, text


def board_table(name):
    """A board, as the command prints it."""
    rows = [{**row, "card": row["card"] and f"`{row['card']}`"} for row in board(name)]
    return table([*rows[0]], [row.values() for row in rows])


def of_wing(wing, *floors):
    """`(name, thing)` of a wing's public classes and functions, bases first, then by file."""
    named = [(name, getattr(floor, name)) for floor in floors for name in floor.__all__]
    found = [
        pair for pair in named if not inspect.ismodule(pair[1]) and wing_of(pair[1]) == wing
    ]

    def place(pair):
        thing = pair[1]
        return thing not in KINDS.values(), thing.__module__, inspect.getsourcelines(thing)[1]

    return sorted(found, key=place)


def wing_of(thing):
    """The wing in whose folder it is; of what lies beside them, ""."""
    folder = thing.__module__.split(".")[2]
    return folder if folder in WINGS else ""


# References.


def reference(wing, *floors):
    """The public names of a wing, in sections, as mkdocstrings takes them."""
    sections = {kind: [] for kind in KINDS}
    for name, thing in of_wing(wing, *floors):
        face = layers.__name__ if hasattr(layers, name) else thing.__module__
        sections[kind_of(thing)].append(f"::: {face}.{name}")
    parts = [f"## {kind}\n\n" + "\n".join(lines) for kind, lines in sections.items() if lines]
    return "\n\n".join(parts)


def kind_of(thing):
    if not isinstance(thing, type):
        return "Functions"
    return [kind for kind, classes in KINDS.items() if issubclass(thing, classes)][-1]


def reference_of_recipes():
    """Each module, which says what is learned, and its recipe."""
    return "\n".join(
        f"::: keras_memory.recipes.{wing}.{name}\n    options:\n      members: [{cls}]"
        for name, (wing, cls, _) in RECIPES.items()
    )


# Layers.


def layer_tables():
    parts = []
    for wing, title in WINGS.items():
        rows = [row(*pair) for pair in of_wing(wing, layers) if isinstance(pair[1], type)]
        header = ["Layer", "What it is", "Paper", "Masks", "Streaming", "Cost"]
        parts += [f"## {title}", table(header, rows)]
    return "\n\n".join(parts)


def row(name, cls):
    first, *_ = inspect.cleandoc(cls.__doc__).split("\n")
    link = f"[`{name}`]({page_of(cls)}#{layers.__name__}.{name})"
    return [link, cell(first), paper(cls), masks(cls), streaming(cls), cost(cls)]


def page_of(cls):
    """The page of the reference that has a layer."""
    return f"reference/{wing_of(cls) or 'layers'}.md"


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


def results(cards, for_screen=False):
    """The table of results, whose names lead to cards: all rows, or those for one screen."""
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
            "beyond": {row["condition"]: row for row in metadata.get("beyond", [])},
            "studies": {study["title"]: study for study in metadata.get("studies", [])},
            "papers": data["papers"],
        }
        link = f"[`{name}`]({cards.format(name)}){entry.get('more', '')}"
        first = entry.get("of") or ("" if name == last else link)
        texts = [entry["on"], entry["ours"], entry["paper"]]
        rows.append([first, *(written(text, known) for text in texts)])
        last = name
    return table(["Preset", "On the test split", "Ours", "Published"], rows)


def written(text, known):
    return re.sub(r"(\d)%", r"\1 %", Formatter().vformat(text, (), known))


if __name__ == "__main__":
    for path, text in pages():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))
