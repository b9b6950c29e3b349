"""What a model server watches: versions beside each other, each whole or not there."""

import json

import pytest
from typer.testing import CliRunner

from keras_memory.recipes.command_line import commands
from keras_memory.recipes.running import exporting
from keras_memory.recipes.running.versions import new_version, versions


def test_versions_are_beside_each_other(tmp_path):
    for version in (1, 2, 10):
        with new_version(tmp_path / "ntm", version) as beside:
            (beside / "saved_model.pb").write_text(str(version))
            assert version not in versions(tmp_path / "ntm")
    assert versions(tmp_path / "ntm") == [1, 2, 10]
    assert (tmp_path / "ntm/2/saved_model.pb").read_text() == "2"
    assert len(list((tmp_path / "ntm").iterdir())) == 3


def test_a_version_that_is_there_is_refused_and_stays(tmp_path):
    for version in (1, 3):
        (tmp_path / "ntm" / str(version)).mkdir(parents=True)
    with (
        pytest.raises(ValueError, match=r"ntm does not have, as 4\. Received: 3"),
        new_version(tmp_path / "ntm", 3),
    ):
        pass
    assert versions(tmp_path / "ntm") == [1, 3]


def test_of_two_writers_of_one_version_the_first_wins(tmp_path):
    with pytest.raises(OSError), new_version(tmp_path, 1) as beside:
        (beside / "model.onnx").write_text("second")
        with new_version(tmp_path, 1) as other:
            (other / "model.onnx").write_text("first")
    assert (tmp_path / "1/model.onnx").read_text() == "first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["1"]


def test_what_fails_leaves_nothing(tmp_path):
    with pytest.raises(KeyError), new_version(tmp_path / "ntm", 1) as beside:
        (beside / "saved_model.pb").write_text("half")
        raise KeyError
    assert not list((tmp_path / "ntm").iterdir())


@pytest.mark.parametrize("version", [0, -1])
def test_versions_begin_at_one(version, tmp_path):
    with (
        pytest.raises(ValueError, match="Expected a version from 1 on"),
        new_version(tmp_path, version),
    ):
        pass


def test_a_model_is_not_a_folder_of_versions(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved/saved_model.pb").write_text("")
    for name in ("file", "saved"):
        with (
            pytest.raises(ValueError, match=f"folder of versions.*{name}, a model itself"),
            new_version(tmp_path / name, 1),
        ):
            pass


FORMATS = {
    "tf_saved_model": "1/saved_model.pb",
    "onnx": "1/model.onnx",
    "litert": "1/model.tflite",
}


@pytest.fixture
def unconverted(monkeypatch):
    """Formats whose writers write the name of the model, and compare nothing."""
    for name, form in exporting.FORMATS.items():

        def write(model, functions, path):
            path = path / "saved_model.pb" if path.is_dir() else path
            path.write_text(model.name)

        form = form._replace(write=write, load=lambda path: None)
        monkeypatch.setitem(exporting.FORMATS, name, form)
    monkeypatch.setattr(exporting.exported, "check", lambda *_: None)


@pytest.mark.parametrize(("format", "name"), FORMATS.items())
def test_export_writes_what_servers_watch(format, name, tiny, tmp_path, unconverted):
    model, folder = tiny.model(), tmp_path / "models" / "ntm"
    written = tiny.export(model, folder, format, version=1)
    assert (folder / name).read_text() == model.name
    assert written == (folder / "1" if format == "tf_saved_model" else folder / name)
    tiny.export(model, folder, format, version=2)
    with pytest.raises(ValueError, match=r"does not have, as 3\. Received: 1"):
        tiny.export(model, folder, format, version=1)
    assert versions(folder) == [1, 2]


def test_at_the_shell(tmp_path, unconverted):
    words = ["export", "ntm_copy", str(tmp_path / "ntm"), "--version", "7", "--json"]
    completed = CliRunner().invoke(commands.app, words)
    assert json.loads(completed.stdout)["path"] == str(tmp_path / "ntm/7")
    again = CliRunner().invoke(commands.app, words)
    assert again.exit_code == 2
    assert again.stderr.startswith("keras-memory: Expected a version that ")
    assert again.stderr.count("\n") == 1
