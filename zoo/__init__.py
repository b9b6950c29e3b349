"""The models: built of the layers, with trained presets, traces and figures."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["figures", "preset_folders"],
    submod_attrs={
        "autoencoder": ["Autoencoder"],
        "bits": ["BitsPerSequence", "WrongBitsPerSequence"],
        "beam_search": ["beam_search"],
        "bidirectional_associative_memory": ["BidirectionalAssociativeMemory"],
        "continuous_hopfield_network": ["ContinuousHopfieldNetwork"],
        "dense_hopfield_network": ["DenseHopfieldNetwork"],
        "dense_memory_classifier": ["DenseMemoryClassifier"],
        "encoder_decoder": ["EncoderDecoder"],
        "hierarchical_attention": ["HierarchicalAttention"],
        "hopfield_network": ["HopfieldNetwork"],
        "key_value_memory": ["KeyValueMemory"],
        "last_steps": ["LastStepsAccuracy"],
        "memn2n": ["MemN2N", "MemN2NLanguageModel"],
        "ntm": ["NTM"],
        "pointer_network": ["PointerNetwork"],
        "preset_folders": ["presets"],
        "pretrained": ["PretrainedModel", "from_preset", "load"],
        "set_classifier": ["SetClassifier"],
        "sparse_attentive_rnn": ["SparseAttentiveRNN"],
    },
)
