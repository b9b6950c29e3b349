"""The page's folder: its own files, the runtime that npm fetches, and exported models."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..zoo.saving.atomic_files import read_json, whole_folder, write_text

FILES = Path(__file__).parent
KINDS = (".html", ".css", ".js", ".svg", ".json")
OF_NPM = ("package.json", "package-lock.json")
RUNTIME = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
OWN = "own"

Export = Callable[[str, dict[str, Any], Path], object]


def build(folder: str | os.PathLike[str], export: Export, own: str | None = None) -> Path:
    """Write the page; models and the runtime that are there already stay.

    Args:
        folder: Of the page.
        export: A function of a model's name, of changed arguments and of a folder: it writes
            the folder, with the functions of the model and `model.json`, whole or not at all.
        own: The name of a further model, which takes the place of those of its tab.

    Returns:
        The folder.

    Raises:
        ValueError: There is no tab for the class of the model, or npm cannot fetch the
            runtime.
        FileNotFoundError: There is no npm.
    """
    folder = Path(folder)
    for path in _own_files():
        target = folder / path.relative_to(FILES)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if not (folder / "patterns.json").exists():
        write_text(folder / "patterns.json", json.dumps(_patterns()))
    (folder / "models").mkdir(exist_ok=True)
    if not (folder / "runtime").exists():
        _fetch_runtime(folder / "runtime")
    for name in models():
        if not (folder / "models" / name).exists():
            preset, changes = _parse(name)
            export(preset, changes, folder / "models" / name)
    further = None
    if own is not None:
        export(own, {}, folder / "models" / OWN)
        further = {"name": own, "class": _check_class(folder / "models" / OWN)}
    write_text(folder / "models.json", json.dumps({"own": further}))
    return folder


def tabs() -> dict[str, dict[str, Any]]:
    """Of each tab, by its name, the `models` that it names and the class that it `takes`."""
    names = read_json(FILES / "tabs.json")
    return {name: _constants(FILES / "tabs" / f"{name}.js") for name in names}


def models() -> list[str]:
    """The models of all tabs, as `"ntm_copy"` or `"ntm_copy,memory_slots=20"`."""
    return list(dict.fromkeys(model for tab in tabs().values() for model in tab["models"]))


def _constants(path):
    text = path.read_text("utf-8")
    found = re.findall(r"^export const (models|takes) = (.*?);$", text, re.M | re.S)
    return {name: json.loads(re.sub(r",\s*\]", "]", value)) for name, value in found}


def _parse(name):
    preset, *changes = name.split(",")
    pairs = (change.split("=") for change in changes)
    return preset, {argument: json.loads(value) for argument, value in pairs}


def _own_files():
    return [
        path
        for path in sorted(FILES.rglob("*"))
        if path.suffix in KINDS
        and path.name not in OF_NPM
        and "node_modules" not in path.parts
    ]


def _patterns():
    """How texts are divided into words, for the page's own reader of them."""
    from ..zoo.text import patterns  # which may wait for TensorFlow

    return {
        "letters": patterns.LETTERS,
        "not_of_words": patterns.NOT_OF_WORDS,
        "lines": patterns.LINES,
        "documents": patterns.lines_of_words("WORDS", "LETTERS"),
        "words": patterns.WORDS,
    }


def _check_class(folder):
    received = read_json(folder / "model.json")["class"]
    classes = sorted({tab["takes"] for tab in tabs().values()} - {None})
    if received not in classes:
        raise ValueError(
            f"Expected a model of a class that has a tab ({', '.join(classes)}). Received: "
            f"{received}"
        )
    return received


def _fetch_runtime(folder):
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError(
            "Expected npm, of Node.js, which fetches the page's runtime. Received: a PATH "
            "without it"
        )
    with tempfile.TemporaryDirectory() as temporary:
        for name in OF_NPM:
            shutil.copy(FILES / name, temporary)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        finished = subprocess.run(
            [npm, "ci", *quiet], cwd=temporary, capture_output=True, text=True
        )
        if finished.returncode:
            reason = (finished.stderr.strip().splitlines() or ["nothing"])[0]
            raise ValueError(f"Expected npm to fetch the page's runtime. Received: {reason}")
        fetched = Path(temporary) / "node_modules/onnxruntime-web/dist"
        with whole_folder(folder, mark=RUNTIME[0]) as beside:
            beside.mkdir(exist_ok=True)
            for name in RUNTIME:
                shutil.copyfile(fetched / name, beside / name)
