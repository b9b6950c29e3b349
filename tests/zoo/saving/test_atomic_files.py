import contextlib
import json
import math
import os
import signal
from pathlib import Path

import pytest

from keras_memory.zoo.saving.atomic_files import (
    InUseError,
    discard_half_written,
    json_text,
    locked,
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


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_folder_that_cannot_take_its_place_gives_it_back(tmp_path, monkeypatch, error):
    """Whatever happens between the two renames."""
    write_text(tmp_path / "folder" / "a", "old")
    replace = Path.replace

    def fail_for_the_new(self, target):
        if (self / "a").exists() and (self / "a").read_text() == "new":
            raise error("no")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_for_the_new)
    with pytest.raises(error, match="no"), whole_folder(tmp_path / "folder", "a") as beside:
        (beside / "a").write_text("new")
    assert (tmp_path / "folder" / "a").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["folder"]


def test_two_who_write_the_same_file_do_not_meet(tmp_path):
    path = tmp_path / "b.txt"
    with whole_file(path) as one:
        one.write_text("one")
        with whole_file(path) as two:
            two.write_text("two")
        assert path.read_text() == "two"
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("is_gone", [True, False])
def test_two_who_begin_the_same_file_at_once(tmp_path, monkeypatch, is_gone):
    """One takes the new folder of the other for that of a killed writer, before its lock."""
    mkdir, taken, other = Path.mkdir, [], contextlib.ExitStack()

    def mkdir_and_lose(self, *arguments, **options):
        mkdir(self, *arguments, **options)
        if self.name.startswith(".writing-") and not taken:
            taken.append(self)
            if is_gone:
                discard_half_written(tmp_path, "b.txt")
            else:
                other.enter_context(locked(self))

    monkeypatch.setattr(Path, "mkdir", mkdir_and_lose)
    with other:
        write_text(tmp_path / "b.txt", "new")
    assert taken
    assert (tmp_path / "b.txt").read_text() == "new"


@pytest.mark.parametrize("ending", ["", ".0123abcd"])
def test_what_killed_writers_left_goes(tmp_path, ending):
    """Of those that write still, nothing."""
    for name in ("b.txt", "c.npz"):
        write_text(tmp_path / f".writing-{name}{ending}" / name, "half")
    write_text(tmp_path / ".writing-d" / ".old" / "a", "old")
    with whole_file(tmp_path / "e") as beside:
        beside.write_text("half")
        discard_half_written(tmp_path)
        assert sorted(x.name for x in tmp_path.iterdir()) == [beside.parent.name, "d"]


def test_a_lock_is_of_one_at_a_time(tmp_path):
    with locked(tmp_path):
        with pytest.raises(InUseError, match="in use by another process"), locked(tmp_path):
            pytest.fail("was let in")
        (tmp_path / "file").write_text("")
    with locked(tmp_path):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_whoever_unlocks_leaves_the_lock_of_another(tmp_path):
    """Of one who locked an emptied folder anew."""
    with contextlib.ExitStack() as second:
        with locked(tmp_path):
            (tmp_path / ".lock").unlink()
            second.enter_context(locked(tmp_path))
        with pytest.raises(InUseError), locked(tmp_path):
            pytest.fail("was let in")
    assert not list(tmp_path.iterdir())


def test_the_lock_of_a_killed_process_ends_with_it(tmp_path):
    if not (child := os.fork()):
        with locked(tmp_path):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert (tmp_path / ".lock").exists()
    with locked(tmp_path):
        pass


def test_json_has_no_nan():
    value = {"a": [math.nan, 1.5, (math.inf,)], "b": {"c": -math.inf, "d": "NaN"}}
    assert json.loads(json_text(value)) == {
        "a": [None, 1.5, [None]],
        "b": {"c": None, "d": "NaN"},
    }


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
