"""Files of weights in half precision: half the size; loaded, they are as wide as ever."""

from pathlib import Path

import h5py
import numpy as np

WIDEST = np.finfo("float16").max


def halve(path: Path) -> None:
    """Write the numbers of a file of weights in half precision.

    Raises:
        ValueError: One of them is too large for it; the file is as it was.
    """
    beside = path.with_suffix(".half")
    with h5py.File(path) as source, h5py.File(beside, "w") as target:
        source.visititems(lambda name, node: _copy(name, node, target))
    beside.replace(path)


def halved(numbers: np.ndarray, name: str) -> np.ndarray:
    """The numbers of a weight of that name in half precision; whole ones as they are.

    Raises:
        ValueError: One of them is too large for it.
    """
    if numbers.dtype.kind != "f":
        return numbers
    if (largest := np.abs(numbers).max(initial=0)) > WIDEST:
        raise ValueError(
            f"Expected weights up to {WIDEST:.0f} for half precision. Received: {largest} in "
            f"{name}"
        )
    return numbers.astype("float16")


def _copy(name, node, target):
    if isinstance(node, h5py.Group):
        copy = target.require_group(name)
    else:
        copy = target.create_dataset(name, data=halved(node[()], name))
    copy.attrs.update(node.attrs)
