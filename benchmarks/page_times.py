"""What each tab of the page weighs and how long it takes: `python -m benchmarks.page_times`.

It builds `build/page` where it is not built yet, and prints the table of docs/page.md, of
medians. First: nothing is in the browser's cache; warm: all of it is; further: one more run
of what the tab runs first. It needs npm and Chromium.
"""

import functools
import shutil
import statistics
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

from keras_memory.page import build, building
from keras_memory.page.serving import LOOPBACK, Handler, Server
from keras_memory.recipes.command_line.live_page import export
from keras_memory.zoo.saving.tables import table

FOLDER = Path("build/page")
ROUNDS, RUNS = 3, 10
# What is pressed for a further answer, where a tab has no text to be read anew.
PRESSED = {"tape": "Random", "points": "10 at random"}
READY = "#panel-{}[data-state=ready]"
SETTLED = "body:not([aria-busy=true])"
AGAIN = """([name, pressed]) => {
    const panel = document.getElementById(`panel-${name}`);
    const buttons = [...panel.querySelectorAll("button")];
    const button = buttons.find(({ textContent }) => textContent === pressed);
    const begun = performance.now();
    if (button) button.click();
    else panel.querySelector("textarea, input[type=text]").dispatchEvent(new Event("input"));
    return new Promise((resolve) => {
        const observer = new MutationObserver(() => {
            if (document.body.getAttribute("aria-busy") === "true") return;
            observer.disconnect();
            resolve(performance.now() - begun);
        });
        observer.observe(document.body, { attributes: true });
    });
}"""


def opened(context, address, name):
    """The page with a tab of it, seconds until its answer, and bytes of models."""
    page = context.new_page()
    files = set()
    page.on("request", lambda request: files.add(request.url))
    page.goto(f"{address}#{name}")
    page.wait_for_selector(READY.format(name))
    seconds = page.evaluate("performance.now()") / 1000
    page.wait_for_selector(SETTLED)
    models = [url.removeprefix(address) for url in files if "/models/" in url]
    return page, seconds, sum((FOLDER / path).stat().st_size for path in models)


def measured(browser, address, name):
    """Title, kilobytes, seconds twice and milliseconds, of a tab."""
    first, warm, further = [], [], []
    for _ in range(ROUNDS):
        context = browser.new_context()
        page, seconds, size = opened(context, address, name)
        first.append(seconds)
        page.close()
        page, seconds, _ = opened(context, address, name)
        warm.append(seconds)
        if building.tabs()[name]["models"]:
            pressed = PRESSED.get(name, "")
            further += [page.evaluate(AGAIN, [name, pressed]) for _ in range(RUNS)]
        title = page.text_content(f"#tab-{name}")
        context.close()
    found = [f"{statistics.median(seconds):.1f}" for seconds in (first, warm)]
    if not further:
        return [title, "none", *found, "–"]
    return [title, f"{size / 1000:,.0f}", *found, f"{statistics.median(further):.0f}"]


def main():
    build(FOLDER, export)
    server = Server((LOOPBACK, 0), functools.partial(Handler, directory=FOLDER))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        address = f"http://{LOOPBACK}:{server.server_port}/"
        rows = [measured(browser, address, name) for name in building.tabs()]
    columns = ["Tab", "Models, KB", "First answer, s", "Warm, s", "Further answer, ms"]
    print(table(columns, rows))


if __name__ == "__main__":
    main()
