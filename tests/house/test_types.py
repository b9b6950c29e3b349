"""A type checker reads what users write: right programs pass, and each mistake is reported.

Public signatures alone are checked here, as a program of a user meets them; the inside of the
library is not checked.
"""

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import keras_memory
from keras_memory import layers, recipes, testing, zoo
from keras_memory.layers import argument_types
from keras_memory.layers.associative import binary_updates, continuous_memory
from keras_memory.layers.associative.hopfield_memory import ORDERS
from keras_memory.layers.associative.storage_rules import STORAGE_RULES
from keras_memory.layers.memory_networks.sentence_embedding import ENCODINGS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# What users reach by a dot, as an editor completes it.
FACES = {
    "keras_memory": keras_memory,
    "layers": layers,
    "zoo": zoo,
    "zoo.figures": zoo.figures,
    "recipes": recipes,
    "testing": testing,
}
# What Keras calls, with arguments and results that it documents.
HOOKS = {"build", "call", "from_config", "get_config"}
HOOKS |= {"compute_loss", "compute_mask", "compute_output_shape", "compute_output_spec"}
# Whose public functions and methods have types.
TYPED = "layers", "recipes/running", "testing", "zoo"
# Whose methods have: the functions beside recipes are those of studies, which `Study` types.
# Of neither are `command_line`, which Typer calls, and `datasets`, of which TFDS calls most.
RECIPES = "associative", "attention", "machines", "memory_networks", "pointing", "recurrent"
RECIPES = tuple(f"recipes/{wing}" for wing in RECIPES)


def names_of_faces():
    """A program in which a type checker reports each name that a face has, a name a line."""
    imports = "import keras_memory; from keras_memory import layers, recipes, testing, zoo"
    return [imports] + [
        f"reveal_type({face}.{n})" for face in FACES for n in FACES[face].__all__
    ]


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """What the checker reports, `(severity, message)` by line, by file."""
    project = tmp_path_factory.mktemp("project")
    (project / "keras_memory").symlink_to(ROOT)  # as if it were installed
    readme = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    (project / "readme.py").write_text("\n".join(readme), "utf-8")
    for name in ("consumer.py", "mistakes.py"):
        (project / name).write_text((HERE / name).read_text("utf-8"), "utf-8")
    (project / "names.py").write_text("\n".join(names_of_faces()), "utf-8")
    settings = {
        "include": ["*.py"],
        "typeCheckingMode": "standard",
        "reportMissingModuleSource": "none",
    }
    (project / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    checker = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable]
    completed = subprocess.run(
        [*checker, "--outputjson"], cwd=project, capture_output=True, text=True, timeout=120
    )
    assert completed.returncode in (0, 1), completed.stderr
    report = json.loads(completed.stdout)
    assert report["summary"]["filesAnalyzed"] == 4
    found = {"consumer": {}, "mistakes": {}, "names": {}, "readme": {}}
    for problem in report["generalDiagnostics"]:
        line = problem["range"]["start"]["line"] + 1
        found[Path(problem["file"]).stem][line] = problem["severity"], problem["message"]
    return found


def errors(reported):
    return {n: message for n, (severity, message) in reported.items() if severity == "error"}


@pytest.mark.parametrize("name", ["consumer", "readme"])
def test_what_is_right_passes(name, reported):
    assert errors(reported[name]) == {}


def test_every_public_name_is_completed(reported):
    """An editor knows each name that there is at run time, and its type."""
    revealed = {n: message for n, (_, message) in reported["names"].items()}
    for number, line in enumerate(names_of_faces()[1:], 2):
        assert 'Type of "' in revealed[number], line
        assert not revealed[number].endswith(('is "Unknown"', 'is "Any"')), line


def test_models_and_figures_are_in_their_stub():
    """A name that loads late is in a stub, or neither users nor editors find it."""
    nodes = {
        (path.parent.name, node.name): node
        for path in (ROOT / "zoo").rglob("*.py")
        if path.name != "text.py"  # of the figures: what they share
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef))
    }
    models = {
        name
        for (_, name), node in nodes.items()
        if isinstance(node, ast.ClassDef)
        and any("register_keras_serializable" in ast.unparse(d) for d in node.decorator_list)
    }
    figures = {n for (folder, n) in nodes if folder == "figures" and not n.startswith("_")}
    assert len(models) > 10 and models <= set(zoo.__all__)
    assert len(figures) > 10 and figures == set(zoo.figures.__all__)


def test_each_mistake_is_reported(reported):
    lines = (HERE / "mistakes.py").read_text("utf-8").splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if line.endswith("# wrong")]
    assert sorted(errors(reported["mistakes"])) == wrong


def public():
    """`(name, function)`: what a user calls, with constructors for classes."""
    for face in (layers, zoo, zoo.figures, recipes, testing):
        for name in face.__all__:
            thing = getattr(face, name)
            if inspect.isclass(thing):
                yield f"{name}.__init__", vars(thing).get("__init__")
            elif inspect.isfunction(thing):
                yield name, thing
    for cls in (recipes.Recipe, recipes.Run, zoo.PretrainedModel):
        for name, thing in vars(cls).items():
            if not name.startswith("_") and inspect.isfunction(thing):
                yield f"{cls.__name__}.{name}", thing


@pytest.mark.parametrize(
    "function", [pytest.param(f, id=name) for name, f in public() if inspect.isfunction(f)]
)
def test_every_public_argument_has_a_type(function):
    parameters = inspect.signature(function).parameters
    assert [
        name
        for name, parameter in parameters.items()
        if name not in ("self", "cls") and parameter.annotation is parameter.empty
    ] == []


@pytest.mark.parametrize(
    "function", [pytest.param(f, id=name) for name, f in public() if inspect.isfunction(f)]
)
def test_every_public_result_has_a_type(function):
    signature = inspect.signature(function)
    assert signature.return_annotation is not signature.empty


def written(folder):
    """`(name, function)`: what is public, as it is written; nothing of it is imported."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        file = path.relative_to(ROOT)
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and folder in TYPED:
                yield f"{file}: {node.name}", node
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and method.name not in HOOKS:
                        yield f"{file}: {node.name}.{method.name}", method


def is_typed(function):
    """Whether each argument has a type, and the result."""
    every = ast.walk(function.args)
    arguments = [a for a in every if isinstance(a, ast.arg) and a.arg not in ("self", "cls")]
    return function.returns is not None and all(a.annotation for a in arguments)


@pytest.mark.parametrize("folder", [*TYPED, *RECIPES])
def test_every_public_method_has_types(folder):
    public = {
        name: function
        for name, function in written(folder)
        if function.name == "__init__" or not function.name.startswith("_")
    }
    assert len(public) > 5
    assert [name for name, function in public.items() if not is_typed(function)] == []


def annotation(cls, argument):
    return inspect.signature(cls).parameters[argument].annotation


@pytest.mark.parametrize(
    "written, table",
    [
        (argument_types.ScoreName, layers.scores.SCORES),
        (argument_types.SelectionName, layers.selections.SELECTIONS),
        (annotation(layers.HopfieldMemory, "rule"), STORAGE_RULES),
        (annotation(layers.HopfieldMemory, "updates"), binary_updates.UPDATES),
        (annotation(layers.HopfieldMemory, "order"), ORDERS),
        (annotation(layers.DenseAssociativeMemory, "updates"), binary_updates.UPDATES),
        (annotation(layers.ContinuousMemory, "similarity"), continuous_memory.SIMILARITIES),
        (annotation(layers.SentenceEmbedding, "encoding"), ENCODINGS),
    ],
)
def test_names_in_types_are_those_that_there_are(written, table):
    assert sorted(get_args(written)) == sorted(table)
