"""The moving picture of the README, a tape written and read: `python docs/moving_tape.py`.

A neural Turing machine copies twelve vectors. A step is a frame; light is a bit that is 1,
and the slot at which a head is.
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.figure import Figure

from keras_memory import zoo

FILE = Path(__file__).resolve().parent / "images" / "moving_tape.gif"
VECTORS, SLOTS, STILL = 12, 27, 10  # slots of the picture; frames at the end
ROWS = {
    "reads": (8, "cividis"),
    "writes to slot": (SLOTS, "magma"),
    "reads from slot": (SLOTS, "magma"),
    "gives": (8, "cividis"),
}


def trace():
    inputs = np.zeros((1, 2 * VECTORS + 1, 9), "float32")
    inputs[0, :VECTORS, :8] = np.random.default_rng(3).integers(0, 2, (VECTORS, 8))
    inputs[0, VECTORS, 8] = 1
    found = zoo.from_preset("ntm_copy").trace(inputs)
    outputs = np.where(np.arange(2 * VECTORS + 1)[:, None] > VECTORS, found["outputs"][0], 0)
    heads = [found[f"{kind}_weights"][0] for kind in ("write", "read")]
    slots = 1 - np.arange(SLOTS)  # the heads go from slot 0 to those before it
    heads = [head.reshape(len(head), -1)[:, slots] for head in heads]
    return dict(zip(ROWS, (inputs[0, :, :8], *heads, outputs), strict=True))


def main() -> None:
    steps = trace()
    with mpl.rc_context({"font.size": 9, "axes.spines.top": False}):
        figure = Figure(figsize=(7.2, 5.0), dpi=90, layout="constrained")
        heights = [size for size, _ in ROWS.values()]
        axes = figure.subplots(4, 1, sharex=True, height_ratios=[max(h, 11) for h in heights])
        images = []
        for axis, (name, values) in zip(axes, steps.items(), strict=True):
            blank = np.full(values.T.shape, np.nan)
            cmap = mpl.colormaps[ROWS[name][1]].with_extremes(bad="0.97")
            images.append(axis.imshow(blank, cmap, aspect="auto", vmin=0, vmax=1))
            axis.set(ylabel=name, yticks=[])
        axes[-1].set_xlabel("step")

    def draw(frame):
        for image, values in zip(images, steps.values(), strict=True):
            seen = np.arange(len(values)) <= frame
            image.set_data(np.where(seen, values.T, np.nan))
        return images

    frames = 2 * VECTORS + 1 + STILL
    FuncAnimation(figure, draw, frames).save(FILE, PillowWriter(fps=6))
    print(f"{FILE}: {FILE.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
