"""The folder of the page: what it has, and what it refuses. Without a browser."""

import json
import os
import re
from pathlib import Path

import pytest

from keras_memory import zoo
from keras_memory.page import build, building
from keras_memory.page.serving import Server, serve


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A function of a shell script: `npm`, alone on the path."""

    def write(script):
        path = tmp_path / "bin" / "npm"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
        return path

    files = " ".join(building.RUNTIME)
    write(
        "mkdir -p node_modules/onnxruntime-web/dist && "
        f"cd node_modules/onnxruntime-web/dist && touch {files}"
    )
    return write


def exporter(kind="NTM"):
    """An export that writes which model it was called with, and the list of these."""
    calls = []

    def export(name, changes, folder):
        calls.append((name, changes))
        folder.mkdir(exist_ok=True)
        (folder / "model.json").write_text(json.dumps({"class": kind, "arguments": changes}))

    return export, calls


def read(path):
    return json.loads(path.read_text("utf-8"))


def test_the_folder_is_whole(tmp_path, npm):
    export, calls = exporter()
    folder = build(tmp_path / "page", export)
    assert ("ntm_copy", {"memory_slots": 20}) in calls
    assert sorted(path.name for path in (folder / "models").iterdir()) == sorted(
        building.models()
    )
    assert sorted(path.name for path in (folder / "runtime").iterdir()) == sorted(
        building.RUNTIME
    )
    assert read(folder / "models.json") == {"own": None}
    assert not (folder / "package.json").exists()
    assert not list(folder.rglob("*.py"))


def test_every_import_of_the_page_is_in_the_folder(tmp_path, npm):
    folder = build(tmp_path / "page", exporter()[0])
    found = 0
    for path in folder.rglob("*.js"):
        for name in re.findall(r'from "(.*?)";', path.read_text("utf-8")):
            assert (path.parent / name).is_file(), (path, name)
            found += 1
    assert found > 10
    for name in read(folder / "tabs.json"):
        assert (folder / "tabs" / f"{name}.js").is_file()


def test_tabs_name_presets_and_classes_that_exist():
    assert {name.partition(",")[0] for name in building.models()} <= set(zoo.presets())
    for tab in building.tabs().values():
        assert tab["takes"] is None or hasattr(zoo, tab["takes"])


def test_what_is_there_stays(tmp_path, npm):
    export, calls = exporter()
    build(tmp_path / "page", export)
    calls.clear()
    npm("exit 1")
    build(tmp_path / "page", export)
    assert calls == []


def test_a_model_of_ones_own_is_in_the_tab_of_its_class(tmp_path, npm):
    export, calls = exporter()
    folder = build(tmp_path / "page", export, own="runs/mine")
    assert calls[-1] == ("runs/mine", {})
    assert read(folder / "models.json") == {"own": {"name": "runs/mine", "class": "NTM"}}


def test_a_class_without_a_tab_is_refused(tmp_path, npm):
    export, _ = exporter(kind="SetClassifier")
    with pytest.raises(ValueError, match=r"has a tab \(.*NTM.*\). Received: SetClassifier"):
        build(tmp_path / "page", export, own="runs/mine")


def test_npm_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="Expected npm, of Node.js"):
        build(tmp_path / "page", exporter()[0])


def test_npm_fails(tmp_path, npm):
    npm("echo 'npm error network' >&2; exit 1")
    with pytest.raises(ValueError, match="Received: npm error network"):
        build(tmp_path / "page", exporter()[0])
    assert not (tmp_path / "page/runtime").exists()


def test_the_runtime_is_pinned_with_its_checksum():
    pinned = read(building.FILES / "package.json")["dependencies"]
    locked = read(building.FILES / "package-lock.json")["packages"]
    for name, version in pinned.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")
        assert "resolved" not in locked[f"node_modules/{name}"]  # the user's own registry


def test_nothing_on_the_page_leads_elsewhere():
    for path in building._own_files():
        for url in re.findall(r"https?://[^\s\"']+", path.read_text("utf-8")):
            assert url.startswith("http://www.w3.org/"), (path, url)


def test_a_port_in_use_is_refused():
    with Server(("127.0.0.1", 0), None) as taken:
        port = taken.server_port
        with pytest.raises(OSError, match=f"Expected a free port. Received: {port}"):
            serve(Path(), port, lambda address: None)
