"""`keras-memory page`: what is built, and what is served."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from keras_memory import page
from keras_memory.recipes.command_line import commands, live_page

ADDRESS = "http://127.0.0.1:8000/"


@pytest.fixture
def called(monkeypatch, tmp_path):
    """What was built, served and opened, in their order; none of it is."""
    calls = []

    def build(folder, export, own=None):
        calls.append(("build", Path(folder), own))
        Path(folder).mkdir(parents=True, exist_ok=True)
        return Path(folder)

    def serve(folder, port, opened):
        calls.append(("serve", folder, port))
        opened(ADDRESS)

    monkeypatch.setattr(page, "build", build)
    monkeypatch.setattr(page, "serve", serve)
    monkeypatch.setattr(
        live_page.webbrowser, "open", lambda address: calls.append(("open", address))
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return calls


def run(*words):
    return CliRunner().invoke(commands.app, ["page", *words])


def test_it_is_built_in_the_cache_served_and_opened(called, tmp_path):
    result = run("--port", "8000")
    assert result.stdout == f"page: {ADDRESS} (Ctrl+C ends it)\n"
    (_, folder, own), served, opened = called
    assert folder.parent == tmp_path / "cache/keras-memory"
    assert own is None
    assert served == ("serve", folder, 8000)
    assert opened == ("open", ADDRESS)


def test_a_model_of_ones_own_is_not_in_the_cache(called):
    assert run("--model", "ntm_copy", "--no-open").exit_code == 0
    first, second, served = called
    assert second == ("build", served[1], "ntm_copy")
    assert first[1] != second[1]
    assert not second[1].exists()


def test_it_is_written_into_a_folder(called, tmp_path):
    result = run("--out", str(tmp_path / "public"))
    assert result.stdout == f"page: {tmp_path / 'public'}\n"
    assert called == [("build", tmp_path / "public", None)]


def test_an_unknown_model_is_refused_before_anything_is_built(called):
    result = run("--model", "ntm_cop")
    assert result.exit_code == 2
    assert "did you mean 'ntm_copy'" in result.stderr
    assert called == []
