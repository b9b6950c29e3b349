"""Boards: what the models of a wing do on its tasks, out of the model cards.

A board reads presets' metadata alone: it needs no data, and no TensorFlow.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..zoo.saving.names import did_you_mean
from ..zoo.saving.presets import Preset, presets
from .machines import board as machines
from .memory_networks import board as babi

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .running.argument_types import Rows

# Each has `rows`, of presets, and `picture`, of rows.
BOARDS = {"machines": machines, "babi": babi}


def board(name: str, folder: str | os.PathLike[str] | None = None) -> Rows:
    """What each model did on each task of a board.

    Args:
        name: The board; `"machines"` or `"babi"`.
        folder: Where presets are; those of the package if absent.

    Returns:
        The rows of `recipes.machines.board.rows` or `recipes.memory_networks.board.rows`; in
        each, `card` is the preset whose card has it.

    Raises:
        ValueError: There is no such board.
    """
    paths = presets() if folder is None else sorted(Path(folder).iterdir())
    return _board(name).rows([Preset.get(path) for path in paths])


def picture(name: str, rows: Rows) -> Figure:
    """A board as a figure of Matplotlib.

    Args:
        name: The board.
        rows: What `board` gives.

    Raises:
        ValueError: There is no such board.
    """
    return _board(name).picture(rows)


def _board(name):
    if name not in BOARDS:
        raise ValueError(
            f"Expected the name of a board ({', '.join(BOARDS)}). Received: {name!r}"
            f"{did_you_mean(name, BOARDS)}"
        )
    return BOARDS[name]
