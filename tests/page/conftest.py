"""The page, built once into build/page, and a tab of a browser on it."""

import contextlib
import fcntl
import json
import shutil
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build/page"
SCREENSHOTS = ROOT / "build/screenshots"
PATIENCE = 20_000  # milliseconds


@pytest.fixture(scope="session")
def playwright():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright")
    with sync_api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright):
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None or shutil.which("npm") is None:
        pytest.skip("needs Chromium and npm")
    browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def address(chromium):
    """Where the page is served."""
    from keras_memory.page import build
    from keras_memory.page.serving import LOOPBACK, serve
    from keras_memory.recipes.command_line.live_page import export

    BUILT.parent.mkdir(exist_ok=True)
    with BUILT.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several processes with tests, one builds
        build(BUILT, export)
    found, has_started = [], threading.Event()

    def opened(address):
        found.append(address)
        has_started.set()

    threading.Thread(target=serve, args=(BUILT, 0, opened), daemon=True).start()
    assert has_started.wait(10)
    assert LOOPBACK in found[0]
    return found[0]


@pytest.fixture(scope="session")
def context(chromium):
    """What pages of the browser share: what was loaded once is in its cache."""
    size = {"width": 1000, "height": 900}
    new = chromium.new_context(viewport=size, reduced_motion="reduce")
    with contextlib.closing(new) as opened:
        opened.set_default_timeout(PATIENCE)
        yield opened


@pytest.fixture(scope="session")
def tab(context, address):
    """A function of a tab's name: a context with a page of the browser, once it can be used.

    With `own`, that model is the user's. When it ends, nothing went wrong on the page, and
    nothing was requested from elsewhere.
    """

    @contextlib.contextmanager
    def opened(name, own=None):
        page = context.new_page()
        wrong, requests = [], []
        page.on("console", lambda entry: wrong.append(f"{entry.type}: {entry.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        if own is not None:
            show_as_own(page, own)
        page.goto(f"{address}#{name}")
        page.wait_for_selector(f"#panel-{name}[data-state]")
        yield page
        page.close()
        assert wrong == []
        assert [url for url in requests if not url.startswith(address)] == []

    return opened


def show_as_own(page, name):
    """Let a model of the page be the one that a user named."""
    folder = BUILT / "models" / name
    found = json.loads((folder / "model.json").read_text("utf-8"))
    models = {"own": {"name": "runs/mine", "class": found["class"]}}
    page.route("**/models.json", lambda route: route.fulfill(json=models))
    page.route(
        "**/models/own/*",
        lambda route: route.fulfill(path=folder / route.request.url.rpartition("/")[2]),
    )


@pytest.fixture(scope="session")
def screenshot():
    """A function of the browser's page and a name: a picture of it, to be looked up."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(
        path=SCREENSHOTS / f"{name}.png", full_page=True
    )


@pytest.fixture(scope="session")
def described():
    """A function of a model's name: what `model.json` of it has, and its other files."""

    def read(name):
        folder = BUILT / "models" / name
        return {
            path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")
        }

    return read
