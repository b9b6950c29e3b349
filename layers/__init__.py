"""The mathematics: Keras layers and RNN cells of attention and external memory."""

from .additive import AdditiveScore
from .addressing import (
    ContentAddressing,
    HeadAddressing,
    circular_shift,
    interpolate,
    sharpen,
)
from .attention import Attention, MultiHeadAttention
from .attention_rnn import AttentionRNN
from .hard_selections import ArgMax, Sample, StraightThroughGumbel
from .heads import read, write
from .local import LocalAttention
from .moving import GaussianWindowAttention, MonotonicAttention
from .ntm import NTMCell
from .pointer import PointerAttention
from .pooling import AttentionPooling
from .recurrence import MemoryRNN
from .reinforce import Policy, ReinforceLoss
from .saliency import KWinners, SaliencyGate, WinnerTakeAllPooling
from .scores import BilinearScore, CosineScore, DotScore, ScaledDotScore, Score
from .selections import Selection, Softmax, Sparsemax, TopKSoftmax
from .tracing import TracedCell

__all__ = [
    "AdditiveScore",
    "ArgMax",
    "Attention",
    "AttentionPooling",
    "AttentionRNN",
    "BilinearScore",
    "ContentAddressing",
    "CosineScore",
    "DotScore",
    "GaussianWindowAttention",
    "HeadAddressing",
    "KWinners",
    "LocalAttention",
    "MemoryRNN",
    "MonotonicAttention",
    "MultiHeadAttention",
    "NTMCell",
    "PointerAttention",
    "Policy",
    "ReinforceLoss",
    "SaliencyGate",
    "Sample",
    "ScaledDotScore",
    "Score",
    "Selection",
    "Softmax",
    "Sparsemax",
    "StraightThroughGumbel",
    "TopKSoftmax",
    "TracedCell",
    "WinnerTakeAllPooling",
    "circular_shift",
    "interpolate",
    "read",
    "sharpen",
    "write",
]
