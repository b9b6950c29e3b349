"""The models: built of the layers, with trained presets, traces and figures."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["figures"],
    submod_attrs={
        "associative.autoencoder": ["Autoencoder"],
        "metrics.bits": ["BitsPerSequence", "WrongBitsPerSequence"],
        "beam_search": ["beam_search"],
        "associative.bidirectional_associative_memory": ["BidirectionalAssociativeMemory"],
        "associative.continuous_hopfield_network": ["ContinuousHopfieldNetwork"],
        "associative.dense_hopfield_network": ["DenseHopfieldNetwork"],
        "associative.dense_memory_classifier": ["DenseMemoryClassifier"],
        "attention.encoder_decoder": ["EncoderDecoder"],
        "attention.hierarchical_attention": ["HierarchicalAttention"],
        "associative.hopfield_network": ["HopfieldNetwork"],
        "memory_networks.key_value_memory": ["KeyValueMemory"],
        "metrics.last_steps": ["LastStepsAccuracy"],
        "memory_networks.memn2n": ["MemN2N"],
        "memory_networks.memn2n_language_model": ["MemN2NLanguageModel"],
        "machines.ntm": ["NTM"],
        "pointing.pointer_network": ["PointerNetwork"],
        "saving.presets": ["presets"],
        "saving.pretrained": ["PretrainedModel", "from_preset", "load"],
        "associative.set_classifier": ["SetClassifier"],
        "recurrent.sparse_attentive_rnn": ["SparseAttentiveRNN"],
    },
)
