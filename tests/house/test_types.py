"""A type checker reads what users write: right programs pass, and each mistake is reported.

Public signatures alone are checked here, as a program of a user meets them; the inside of the
library is not checked.
"""

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from keras_memory import layers, recipes, testing, zoo
from keras_memory.layers import argument_types
from keras_memory.layers.associative import binary_updates, continuous_memory
from keras_memory.layers.associative.hopfield_memory import ORDERS
from keras_memory.layers.associative.storage_rules import STORAGE_RULES
from keras_memory.layers.memory_networks.sentence_embedding import ENCODINGS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def errors(tmp_path_factory):
    """The lines that the checker reports, with its messages, by file."""
    project = tmp_path_factory.mktemp("project")
    (project / "keras_memory").symlink_to(ROOT)  # as if it were installed
    readme = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    (project / "readme.py").write_text("\n".join(readme), "utf-8")
    for name in ("consumer.py", "mistakes.py"):
        (project / name).write_text((HERE / name).read_text("utf-8"), "utf-8")
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
    assert report["summary"]["filesAnalyzed"] == 3
    found = {"consumer": {}, "mistakes": {}, "readme": {}}
    for problem in report["generalDiagnostics"]:
        if problem["severity"] == "error":
            line = problem["range"]["start"]["line"] + 1
            found[Path(problem["file"]).stem][line] = problem["message"]
    return found


@pytest.mark.parametrize("name", ["consumer", "readme"])
def test_what_is_right_passes(name, errors):
    assert errors[name] == {}


def test_each_mistake_is_reported(errors):
    lines = (HERE / "mistakes.py").read_text("utf-8").splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if line.endswith("# wrong")]
    assert sorted(errors["mistakes"]) == wrong


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
