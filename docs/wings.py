"""The picture that each wing's page begins with: `python docs/wings.py`.

It is what the first example of the page saves; so both are of the same model.
"""

import contextlib
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
WINGS = ("attention", "pointing", "memory_networks", "machines", "associative", "recurrent")


def first_example(wing: str) -> str:
    text = (FOLDER / f"{wing}.md").read_text("utf-8")
    return re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]


def main() -> None:
    with contextlib.chdir(FOLDER / "images"):
        for wing in WINGS:
            exec(first_example(wing), {"__name__": wing})


if __name__ == "__main__":
    main()
