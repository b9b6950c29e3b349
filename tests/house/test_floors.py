"""The house: floors and wings, and what each file may take from where.

`layers` ← `zoo` ← `recipes`, on each floor six wings. A file takes from the floors below,
from its own wing, from `attention/`, and from the ground: the files that are in no wing.
"""

import ast
import functools
import re
import sys
from pathlib import Path

import pytest

from keras_memory import zoo

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("layers", "zoo", "recipes")
# What each takes from, beside itself; `page` and `testing` are not floors: recipes
# serve the one, and none takes from the other.
BELOW = {
    "layers": (),
    "zoo": ("layers",),
    "recipes": ("layers", "zoo", "page"),
    "page": ("zoo",),
    "testing": ("layers",),
}
WINGS = (
    "attention",
    "pointing",
    "memory_networks",
    "machines",
    "associative",
    "recurrent",
)
# What each floor takes from outside, beside Python's own; recipes take what they need.
OUTSIDE = {
    "layers": {"keras", "numpy"},
    "zoo": {
        "h5py",
        "keras",
        "numpy",
        "huggingface_hub",
        "lazy_loader",
        "matplotlib",
        "scipy",
        "wrapt",
    },
    "page": set(),
    "testing": {"keras", "numpy", "tensorflow", "jax", "torch"},
}
# Strings are TensorFlow's on every backend, and a SavedModel's endpoints are of strings.
OF_TENSORFLOW = "zoo/text"
# Imports at run time, by a name that is computed or kept in a stub: all of them. Those of the
# ground reach wings, and so does a face.
BY_NAME = {
    # Faces import a module when one of its names is used; the stub beside them lists these.
    "zoo/__init__.py": [
        "lazy_loader.attach_stub(__name__, __file__)",
        "importlib.import_module('.preset_folders', __name__)",
        "importlib.import_module('.saving.deferred', __name__)",
    ],
    "zoo/figures/__init__.py": ["lazy_loader.attach_stub(__name__, __file__)"],
    "recipes/__init__.py": ["lazy_loader.attach_stub(__name__, __file__)"],
    # The module of a wing's board, by the board's name.
    "recipes/boards.py": ["importlib.import_module(f'.{BOARDS[name]}.board', __package__)"],
    # The class of a preset, or of a registered name, by way of the zoo's face.
    "zoo/saving/deferred.py": ["importlib.import_module('..', __package__)"],
    "zoo/saving/pretrained.py": [
        "importlib.import_module('...layers', __package__)",
        "importlib.import_module('..', __package__)",
    ],
    # The recipe of a name.
    "recipes/registry.py": ["importlib.import_module(f'.{wing}.{name}', __package__)"],
}
IMPORTERS = {"import_module", "__import__", "attach", "attach_stub", "exec", "eval"}


def files(floor):
    return sorted(
        path.relative_to(ROOT)
        for path in (ROOT / floor).rglob("*.py")
        if path.relative_to(ROOT).parts[1] != "presets"
    )


EVERY = [path for floor in BELOW for path in files(floor)]


def statements(tree):
    """All nodes of a file but what is for type checkers alone."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from statements(node)


def imports(path):
    """`(module, name, is ours)` of each import of a file, wherever in it."""
    for node in statements(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = path.parts[:-1][: len(path.parts) - node.level]
            module = ".".join([*above, *filter(None, [node.module])])
            for alias in node.names:
                yield module, alias.name, True
        elif isinstance(node, ast.ImportFrom):
            yield node.module, "", False
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, "", False


def imports_by_name(source):
    """The calls of a source that import what an import statement would name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in IMPORTERS:
                yield ast.unparse(node)


@functools.cache
def faces():
    """`(floor, public name)` to the file that has it."""
    layers = {name: module for module, name, _ in imports(Path("layers/__init__.py"))}
    public = {("layers", name): module for name, module in layers.items()}
    for name in zoo.__all__:
        thing = getattr(zoo, name)
        module = getattr(thing, "__module__", None) or thing.__name__
        public["zoo", name] = module.removeprefix("keras_memory.")
    return {key: Path(*module.split(".")) for key, module in public.items()}


def taken(path):
    """The files of the house that a file imports from, also by way of a floor's face."""
    for module, name, ours in imports(path):
        if ours:
            target = Path(*module.split(".")) if module else Path()
            inner = target / name
            if (ROOT / inner).is_dir() or (ROOT / inner).with_suffix(".py").is_file():
                target = inner
            if path.name != "__init__.py":
                target = faces().get((str(target), name), target)
            yield target if (ROOT / target).is_dir() else target.with_suffix(".py")


def wing(path):
    return path.parts[1] if len(path.parts) > 1 and path.parts[1] in WINGS else None


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_imports_go_down(path):
    allowed = (path.parts[0], *BELOW[path.parts[0]])
    for target in taken(path):
        assert target == Path() or target.parts[0] in allowed, target


@pytest.mark.parametrize("path", [path for path in EVERY if wing(path)], ids=str)
def test_a_wing_takes_from_itself_attention_and_the_ground(path):
    """On its own floor and below."""
    for target in taken(path):
        assert wing(target) in (None, "attention", wing(path)), target


@pytest.mark.parametrize("floor", FLOORS)
def test_the_ground_takes_from_no_wing(floor):
    """But faces, which name what is on their floor, and figures, which plot it."""
    for path in files(floor):
        if wing(path) is None and path.name != "__init__.py" and "figures" not in path.parts:
            above = [target for target in taken(path) if target.parts[:1] == (floor,)]
            assert not [target for target in above if wing(target)], path


def test_no_circle():
    """Faces are left out: inside the house nobody imports from that of the own floor."""
    arrows = {path: set(taken(path)) & set(EVERY) for path in EVERY}
    while free := [path for path in arrows if not arrows[path] & set(arrows)]:
        for path in free:
            del arrows[path]
    assert not arrows


@pytest.mark.parametrize("path", [p for p in EVERY if p.parts[0] in OUTSIDE], ids=str)
def test_what_comes_from_outside(path):
    for module, _, ours in imports(path):
        top = module.split(".")[0]
        if ours or top in sys.stdlib_module_names:
            continue
        if top == "tensorflow" and path.parts[0] == "zoo":
            assert str(path.parent) == OF_TENSORFLOW
        else:
            assert top in OUTSIDE[path.parts[0]], module


def test_imports_by_name_are_those_that_are_listed():
    """Other tests of this file read statements, and would not find these."""
    found = {str(p): set(imports_by_name((ROOT / p).read_text("utf-8"))) for p in EVERY}
    listed = {path: set(calls) for path, calls in BY_NAME.items()}
    assert {path: calls for path, calls in found.items() if calls} == listed


def test_an_import_by_name_would_be_found():
    source = "x = __import__('a').b\nfor n in ('c',):\n    importlib.import_module(n)\n"
    found = sorted(imports_by_name(source))
    assert found == ["__import__('a')", "importlib.import_module(n)"]


def test_what_keras_loads_when_it_is_imported_waits_for_no_module_of_ours_that_imports_it():
    """Else `import keras_memory.zoo.saving.checks` alone would go round in a circle."""
    hook = ROOT / "zoo/saving/deferred.py"
    ours = re.findall(r"^from \.(\w+) import", hook.read_text("utf-8"), re.MULTILINE)
    assert ours
    for name in ours:
        assert "import keras" not in hook.with_name(f"{name}.py").read_text("utf-8")
