"""Sets of images with the attention weight of each image."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .text import SMALL


def image_attention(
    sets: Sequence[tuple[ArrayLike, ArrayLike]],
    titles: Sequence[str] | None = None,
    cmap: str = "gray",
) -> Figure:
    """Sets of images, a row each, with the attention weight of each image below it.

    Args:
        sets: Pairs `(images, weights)`: images `(items, height, width)`, from black at 0 to
            white; weights `(items,)`, in [0, 1].
        titles: The title of each row.
        cmap: Matplotlib's colours: `"gray_r"` is for images that are white at 0.

    Returns:
        A `matplotlib.figure.Figure`.

    Example:

    >>> images = np.random.default_rng(0).random((3, 8, 8))
    >>> figure = image_attention([(images, [0.1, 0.7, 0.2])], ["a bag of three"])
    """
    columns = max(len(np.asarray(weights)) for _, weights in sets)
    longest = max(map(len, titles or [""]))
    size = (max(0.62 * columns, longest / SMALL) + 0.3, 1.25 * len(sets))
    figure = Figure(figsize=size, layout="constrained")
    rows = figure.subfigures(len(sets), squeeze=False)[:, 0]
    for part, (images, weights), title in zip(
        rows, sets, titles or [""] * len(sets), strict=True
    ):
        part.suptitle(title, x=0.01, ha="left", fontsize="small")
        axes = part.subplots(2, columns, squeeze=False, height_ratios=[5, 1])
        for axis in axes.flat:
            axis.set_axis_off()
        for above, below, image, weight in zip(*axes, images, weights, strict=False):
            above.imshow(image, cmap=cmap, vmin=0, vmax=np.max(images))
            below.barh(0, weight, color="tab:red")
            below.set_xlim(0, 1)
            below.text(0.5, -1.6, f"{weight:.2f}", ha="center", fontsize="x-small")
    return figure
