from . import figures as figures
from .associative.autoencoder import Autoencoder as Autoencoder
from .associative.bidirectional_associative_memory import (
    BidirectionalAssociativeMemory as BidirectionalAssociativeMemory,
)
from .associative.continuous_hopfield_network import (
    ContinuousHopfieldNetwork as ContinuousHopfieldNetwork,
)
from .associative.dense_hopfield_network import DenseHopfieldNetwork as DenseHopfieldNetwork
from .associative.dense_memory_classifier import (
    DenseMemoryClassifier as DenseMemoryClassifier,
)
from .associative.hopfield_network import HopfieldNetwork as HopfieldNetwork
from .associative.set_classifier import SetClassifier as SetClassifier
from .attention.encoder_decoder import EncoderDecoder as EncoderDecoder
from .attention.hierarchical_attention import HierarchicalAttention as HierarchicalAttention
from .beam_search import beam_search as beam_search
from .machines.dnc import DNC as DNC
from .machines.memory_machine import MemoryMachine as MemoryMachine
from .machines.memory_transducer import MemoryTransducer as MemoryTransducer
from .machines.ntm import NTM as NTM
from .machines.sam import SAM as SAM
from .machines.stack_rnn import StackRNN as StackRNN
from .machines.tape_machine import TapeMachine as TapeMachine
from .memory_networks.dynamic_memory_network import (
    DynamicMemoryNetwork as DynamicMemoryNetwork,
)
from .memory_networks.entity_network import EntityNetwork as EntityNetwork
from .memory_networks.key_value_memory import KeyValueMemory as KeyValueMemory
from .memory_networks.key_value_memory_network import (
    KeyValueMemoryNetwork as KeyValueMemoryNetwork,
)
from .memory_networks.memn2n import MemN2N as MemN2N
from .memory_networks.memn2n_language_model import MemN2NLanguageModel as MemN2NLanguageModel
from .memory_networks.supported import SupportedMemoryNetwork as SupportedMemoryNetwork
from .memory_networks.universal_transformer import (
    UniversalTransformer as UniversalTransformer,
)
from .metrics.bits import BitsPerSequence as BitsPerSequence
from .metrics.bits import WrongBitsPerSequence as WrongBitsPerSequence
from .metrics.chunks import chunk_f1 as chunk_f1
from .metrics.chunks import chunks as chunks
from .metrics.episodes import EpisodeCost as EpisodeCost
from .metrics.episodes import EpisodeReinforce as EpisodeReinforce
from .metrics.episodes import FutureCost as FutureCost
from .metrics.episodes import WrongSymbols as WrongSymbols
from .metrics.last_steps import LastStepsAccuracy as LastStepsAccuracy
from .metrics.tag_error import TagError as TagError
from .pointing.pointer_network import PointerNetwork as PointerNetwork
from .recurrent.handwriting_rnn import HandwritingRNN as HandwritingRNN
from .recurrent.recurrent_network import RecurrentNetwork as RecurrentNetwork
from .recurrent.sequence_tagger import SequenceTagger as SequenceTagger
from .recurrent.sparse_attentive_rnn import SparseAttentiveRNN as SparseAttentiveRNN
from .saving.presets import presets as presets
from .saving.pretrained import PretrainedModel as PretrainedModel
from .saving.pretrained import from_preset as from_preset
from .saving.pretrained import load as load
from .saving.upload import upload_preset as upload_preset
