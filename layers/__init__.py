"""The mathematics: Keras layers and RNN cells of attention and external memory."""

import warnings
from typing import TYPE_CHECKING

from .associative.bidirectional_memory import BidirectionalMemory
from .associative.continuous_memory import ContinuousMemory
from .associative.dense_memory import DenseAssociativeMemory
from .associative.hopfield_attention import HopfieldAttention
from .associative.hopfield_heads import HopfieldAssociation, HopfieldLookup, HopfieldPooling
from .associative.hopfield_memory import HopfieldMemory
from .associative.learned_dense_memory import LearnedDenseMemory
from .associative.occlusion import Occlusion
from .attention import scores, selections
from .attention.additive_score import AdditiveScore
from .attention.attention import Attention
from .attention.attention_rnn import AttentionRNN
from .attention.gaussian_window import GaussianWindowAttention
from .attention.hard_selections import ArgMax, Sample, StraightThroughGumbel
from .attention.local import LocalAttention
from .attention.monotonic import MonotonicAttention
from .attention.multi_head import MultiHeadAttention
from .attention.pooling import AttentionPooling
from .attention.reinforce import Policy, ReinforceLoss
from .attention.saliency import KWinners, SaliencyGate, WinnerTakeAllPooling
from .attention.score import Score
from .attention.scores import (
    BilinearScore,
    CosineScore,
    DotScore,
    ScaledDotScore,
    SeparateScore,
)
from .attention.selection import Selection
from .attention.selections import Softmax, Sparsemax, TopKSoftmax
from .item_wise import ItemWise
from .learned_first import LearnedFirst
from .machines.addressing import (
    ContentAddressing,
    HeadAddressing,
    circular_shift,
    interpolate_weights,
    sharpen_weights,
)
from .machines.allocation import allocation_weights, retention, slot_usage
from .machines.dnc import DNCCell
from .machines.masked_lookup import masked_cosine
from .machines.memory import read_memory, write_memory
from .machines.neural_structures import NeuralDeQue, NeuralQueue, NeuralStack
from .machines.ntm import NTMCell
from .machines.sparse_access import SparseAccessCell
from .machines.stack_rnn import StackRNNCell
from .machines.structured_memory import StructuredMemoryCell
from .machines.tapes import TapeRNN
from .machines.temporal_links import (
    advance_links,
    follow_links,
    precedence_weights,
    temporal_links,
)
from .memory_cell import MemoryCell
from .memory_networks.adaptive_halting import AdaptiveHalting
from .memory_networks.attention_gru import AttentionGRUCell
from .memory_networks.entity_cell import EntityMemoryCell
from .memory_networks.episodic_memory import EpisodicMemory
from .memory_networks.fact_keys import FactKeys
from .memory_networks.fact_reader import FactReader
from .memory_networks.key_hashing import KeyHashing
from .memory_networks.learned_encoding import LearnedSentenceEncoding
from .memory_networks.linear_start import LinearStart
from .memory_networks.memory_hop import MemoryHop
from .memory_networks.memory_slots import MemorySlots
from .memory_networks.sentence_embedding import SentenceEmbedding
from .memory_networks.sentence_times import SentenceAges
from .memory_networks.supporting_facts import SupportingFacts
from .memory_networks.supporting_facts_loss import SupportingFactsLoss
from .memory_networks.transformer_step import TransformerStep
from .memory_networks.word_ngrams import WordNGrams
from .memory_networks.word_windows import WordWindows
from .pointing.index_logits import IndexLogits
from .pointing.pointer import PointerAttention
from .pointing.pointer_rnn import PointerRNN
from .recurrent.backtracking import SparseAttentiveBacktracking
from .recurrent.context_window import ContextWindow
from .recurrent.letter_convolution import LetterConvolution
from .recurrent.letter_ngrams import LetterNGrams
from .recurrent.linear_chain_crf import LinearChainCRF
from .recurrent.simple_cells import ElmanCell, JordanCell
from .recurrent.stroke_mixture import StrokeMixture, StrokeMixtureLoss
from .recurrent.window_rnn import WindowRNN
from .time_loop import MemoryRNN
from .traced_cell import TracedCell

__all__ = [
    "AdaptiveHalting",
    "AdditiveScore",
    "ArgMax",
    "Attention",
    "AttentionGRUCell",
    "AttentionPooling",
    "AttentionRNN",
    "BidirectionalMemory",
    "BilinearScore",
    "ContentAddressing",
    "ContextWindow",
    "ContinuousMemory",
    "CosineScore",
    "DNCCell",
    "DenseAssociativeMemory",
    "DotScore",
    "ElmanCell",
    "EntityMemoryCell",
    "EpisodicMemory",
    "FactKeys",
    "FactReader",
    "GaussianWindowAttention",
    "HeadAddressing",
    "HopfieldAssociation",
    "HopfieldAttention",
    "HopfieldLookup",
    "HopfieldMemory",
    "HopfieldPooling",
    "IndexLogits",
    "ItemWise",
    "JordanCell",
    "KWinners",
    "KeyHashing",
    "LearnedDenseMemory",
    "LearnedFirst",
    "LearnedSentenceEncoding",
    "LetterConvolution",
    "LetterNGrams",
    "LinearChainCRF",
    "LinearStart",
    "LocalAttention",
    "MemoryCell",
    "MemoryHop",
    "MemoryRNN",
    "MemorySlots",
    "MonotonicAttention",
    "MultiHeadAttention",
    "NTMCell",
    "NeuralDeQue",
    "NeuralQueue",
    "NeuralStack",
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
    "SparseAccessCell",
    "SparseAttentiveBacktracking",
    "Sparsemax",
    "StackRNNCell",
    "StraightThroughGumbel",
    "StrokeMixture",
    "StrokeMixtureLoss",
    "StructuredMemoryCell",
    "SupportingFacts",
    "SupportingFactsLoss",
    "TapeRNN",
    "TopKSoftmax",
    "TracedCell",
    "TransformerStep",
    "WindowRNN",
    "WinnerTakeAllPooling",
    "WordNGrams",
    "WordWindows",
    "advance_links",
    "allocation_weights",
    "circular_shift",
    "follow_links",
    "interpolate_weights",
    "masked_cosine",
    "precedence_weights",
    "read_memory",
    "retention",
    "scores",
    "selections",
    "sharpen_weights",
    "slot_usage",
    "temporal_links",
    "write_memory",
]

# Names of the version before, which warn: old name -> new name.
RENAMED = {
    "interpolate": "interpolate_weights",
    "read": "read_memory",
    "sharpen": "sharpen_weights",
    "write": "write_memory",
}


if not TYPE_CHECKING:  # to a checker, any name would be there

    def __getattr__(name):
        if name not in RENAMED:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        warnings.warn(
            f"{__name__}.{name} is now {RENAMED[name]}", DeprecationWarning, stacklevel=2
        )
        return globals()[RENAMED[name]]
