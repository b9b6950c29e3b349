from pathlib import Path

import pytest

from keras_memory.zoo.saving.atomic_files import (
    read_json,
    whole_file,
    whole_folder,
    write_text,
)


def test_new_file(tmp_path):
    with whole_file(tmp_path / "a" / "b.txt") as beside:
        beside.write_text("new")
        assert beside.suffix == ".txt"
        assert not (tmp_path / "a" / "b.txt").exists()
    assert (tmp_path / "a" / "b.txt").read_text() == "new"
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_failure_leaves_the_older_file(tmp_path):
    path = tmp_path / "b.txt"
    path.write_text("old")
    with pytest.raises(KeyError), whole_file(path) as beside:
        beside.write_text("half")
        raise KeyError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_write_text(tmp_path):
    path = tmp_path / "b.txt"
    path.write_text("old")
    write_text(path, "ε")
    assert path.read_text(encoding="utf-8") == "ε"
    assert list(tmp_path.iterdir()) == [path]


def test_folder_as_a_file(tmp_path):
    """A SavedModel is a folder; it too may take the place of nothing."""
    with whole_file(tmp_path / "exported") as beside:
        beside.mkdir()
        (beside / "part").write_text("new")
    assert (tmp_path / "exported" / "part").read_text() == "new"


@pytest.mark.parametrize("old", [None, {"a": "old", "gone": "old"}], ids=["new", "replaced"])
def test_folder(old, tmp_path):
    path = tmp_path / "deep" / "folder"
    if old:
        path.mkdir(parents=True)
        for name, text in old.items():
            (path / name).write_text(text)
    with whole_folder(path, "a") as beside:
        (beside / "a").write_text("new")
        (beside / "inner").mkdir()
        (beside / "inner" / "b").write_text("new")
    assert sorted(entry.name for entry in path.iterdir()) == ["a", "inner"]
    assert (path / "a").read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_failure_leaves_the_older_folder(tmp_path):
    path = tmp_path / "folder"
    path.mkdir()
    (path / "a").write_text("old")
    with pytest.raises(KeyError), whole_folder(path, "a") as beside:
        (beside / "a").write_text("half")
        raise KeyError
    assert (path / "a").read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_failure_leaves_no_new_folder(tmp_path):
    with pytest.raises(KeyError), whole_folder(tmp_path / "folder", "a") as beside:
        (beside / "a").write_text("half")
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_kind_is_left_alone(tmp_path):
    thesis = tmp_path / "folder" / "thesis.tex"
    write_text(thesis, "years of work")
    with (
        pytest.raises(ValueError, match="with a to replace.*which holds other files"),
        whole_folder(tmp_path / "folder", "a"),
    ):
        pytest.fail("was let in")
    assert thesis.read_text() == "years of work"


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "folder").mkdir()
    with whole_folder(tmp_path / "folder", "a") as beside:
        (beside / "a").write_text("new")
    assert (tmp_path / "folder" / "a").read_text() == "new"


def test_a_folder_that_cannot_take_its_place_gives_it_back(tmp_path, monkeypatch):
    write_text(tmp_path / "folder" / "a", "old")
    replace = Path.replace

    def fail_for_the_new(self, target):
        if (self / "a").exists() and (self / "a").read_text() == "new":
            raise OSError("no")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_for_the_new)
    with pytest.raises(OSError, match="no"), whole_folder(tmp_path / "folder", "a") as beside:
        (beside / "a").write_text("new")
    assert (tmp_path / "folder" / "a").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_what_a_killed_writer_left_goes_with_the_next(tmp_path):
    write_text(tmp_path / ".writing-b.txt" / "b.txt", "half")
    write_text(tmp_path / "b.txt", "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["b.txt"]


def test_a_folder_moved_aside_by_a_killed_writer_comes_back(tmp_path):
    write_text(tmp_path / ".writing-folder" / ".old" / "a", "old")
    with pytest.raises(KeyError), whole_folder(tmp_path / "folder", "a"):
        raise KeyError
    assert (tmp_path / "folder" / "a").read_text() == "old"


@pytest.mark.parametrize("text", ["", "{", "\udcff"])
def test_read_json_names_the_file(tmp_path, text):
    (tmp_path / "b.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ValueError, match="Expected JSON in .*b.json"):
        read_json(tmp_path / "b.json")
