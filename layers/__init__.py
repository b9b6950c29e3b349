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
from .backtracking import SparseAttentiveBacktracking
from .bidirectional_memory import BidirectionalMemory
from .continuous_memory import ContinuousMemory
from .dense_memory import DenseAssociativeMemory
from .hard_selections import ArgMax, Sample, StraightThroughGumbel
from .heads import read, write
from .hopfield_attention import (
    HopfieldAssociation,
    HopfieldAttention,
    HopfieldLookup,
    HopfieldPooling,
)
from .hopfield_memory import HopfieldMemory
from .item_wise import ItemWise
from .learned_dense_memory import LearnedDenseMemory
from .linear_start import LinearStart
from .local import LocalAttention
from .memory_hop import MemoryHop, MemorySlots
from .moving import GaussianWindowAttention, MonotonicAttention
from .ntm import NTMCell
from .occlusion import Occlusion
from .pointer import IndexLogits, PointerAttention
from .pointer_rnn import LearnedFirst, PointerRNN
from .pooling import AttentionPooling
from .recurrence import MemoryRNN
from .reinforce import Policy, ReinforceLoss
from .saliency import KWinners, SaliencyGate, WinnerTakeAllPooling
from .scores import (
    BilinearScore,
    CosineScore,
    DotScore,
    ScaledDotScore,
    Score,
    SeparateScore,
)
from .selections import Selection, Softmax, Sparsemax, TopKSoftmax
from .sentence_embedding import SentenceAges, SentenceEmbedding
from .tracing import TracedCell

__all__ = [
    "AdditiveScore",
    "ArgMax",
    "Attention",
    "AttentionPooling",
    "AttentionRNN",
    "BidirectionalMemory",
    "BilinearScore",
    "ContentAddressing",
    "ContinuousMemory",
    "CosineScore",
    "DenseAssociativeMemory",
    "DotScore",
    "GaussianWindowAttention",
    "HeadAddressing",
    "HopfieldAssociation",
    "HopfieldAttention",
    "HopfieldLookup",
    "HopfieldMemory",
    "HopfieldPooling",
    "IndexLogits",
    "ItemWise",
    "KWinners",
    "LearnedDenseMemory",
    "LearnedFirst",
    "LinearStart",
    "LocalAttention",
    "MemoryHop",
    "MemoryRNN",
    "MemorySlots",
    "MonotonicAttention",
    "MultiHeadAttention",
    "NTMCell",
    "Occlusion",
    "PointerAttention",
    "PointerRNN",
    "Policy",
    "ReinforceLoss",
    "SaliencyGate",
    "Sample",
    "ScaledDotScore",
    "Score",
    "Selection",
    "SentenceAges",
    "SentenceEmbedding",
    "SeparateScore",
    "Softmax",
    "SparseAttentiveBacktracking",
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
