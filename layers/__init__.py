"""The mathematics: Keras layers and RNN cells of attention and external memory."""

from .addressing import (
    ContentAddressing,
    HeadAddressing,
    circular_shift,
    interpolate,
    masked_softmax,
    sharpen,
)
from .heads import read, write
from .ntm import NTMCell
from .recurrence import MemoryRNN
from .scores import CosineScore, DotScore, Score
from .tracing import TracedCell

__all__ = [
    "ContentAddressing",
    "CosineScore",
    "DotScore",
    "HeadAddressing",
    "MemoryRNN",
    "NTMCell",
    "Score",
    "TracedCell",
    "circular_shift",
    "interpolate",
    "masked_softmax",
    "read",
    "sharpen",
    "write",
]
