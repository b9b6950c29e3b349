import pytest

from keras_memory.zoo.whole_files import whole_file, whole_folder, write_text


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
    with whole_folder(path) as beside:
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
    with pytest.raises(KeyError), whole_folder(path) as beside:
        (beside / "a").write_text("half")
        raise KeyError
    assert (path / "a").read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_failure_leaves_no_new_folder(tmp_path):
    with pytest.raises(KeyError), whole_folder(tmp_path / "folder") as beside:
        (beside / "a").write_text("half")
        raise KeyError
    assert list(tmp_path.iterdir()) == []
