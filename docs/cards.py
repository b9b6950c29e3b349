"""The model cards as pages of the site: `python docs/cards.py` copies them to docs/cards."""

import shutil
from pathlib import Path

from keras_memory import zoo
from keras_memory.zoo.saving.presets import CARD, Preset

FOLDER = Path(__file__).resolve().parent / "cards"


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in zoo.presets():
        folder = Preset.get(name).folder
        pictures = FOLDER / name
        pictures.mkdir(parents=True)
        text = (folder / CARD).read_text("utf-8")
        for picture in folder.glob("*.png"):
            shutil.copy(picture, pictures)
            text = text.replace(f"]({picture.name})", f"]({name}/{picture.name})")
        (FOLDER / f"{name}.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
