"""Run the gallery, and write its pages and notebooks: `python docs/gallery.py [NAME …]`.

Each file of docs/gallery is a notebook in the percent format. It is executed from beginning
to end; an error in it is one of this program. What it prints and draws goes into the page
`docs/gallery/NAME.md`, and the notebook lies beside it, as `NAME.ipynb`.
"""

import concurrent.futures
import sys
import tempfile
import time
from pathlib import Path

import jupytext
import nbclient
import nbformat
from nbconvert import MarkdownExporter

FOLDER = Path(__file__).resolve().parent / "gallery"
INLINE = "%matplotlib inline"  # figures are drawn where they are the last of a cell
SECONDS = 600


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook of a file, with what its cells print and draw."""
    notebook = jupytext.read(path)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(INLINE))
    notebook.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        nbclient.NotebookClient(
            notebook, timeout=SECONDS, resources=resources, coalesce_streams=True
        ).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":  # what TensorFlow tells of the machine is no result
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
    return notebook


def write(path: Path) -> float:
    """The page and the notebook of a file; how many seconds it ran."""
    begin = time.monotonic()
    notebook = executed(path)
    nbformat.write(notebook, path.with_suffix(".ipynb"))
    notebook.cells = [cell for cell in notebook.cells if cell.source != INLINE]
    text, resources = MarkdownExporter().from_notebook_node(
        notebook, {"unique_key": f"images/{path.stem}"}
    )
    for name, picture in resources["outputs"].items():
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_bytes(picture)
    download = f"\n[This page as a notebook]({path.stem}.ipynb)\n"
    path.with_suffix(".md").write_text(text.rstrip() + "\n" + download, "utf-8")
    return time.monotonic() - begin


def main() -> None:
    paths = [FOLDER / f"{name}.py" for name in sys.argv[1:]] or sorted(FOLDER.glob("*.py"))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, seconds in zip(paths, pool.map(write, paths), strict=True):
            print(f"{path.stem}: {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
