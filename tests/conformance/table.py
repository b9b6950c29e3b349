"""Every public layer and model, each a `Case` of `keras_memory.testing`.

A new one enters with an `Entry`. Sizes in quotes are dynamic: they may differ from call to
call.
"""

import keras
import numpy as np
from keras import ops

from keras_memory import layers, testing, zoo
from keras_memory.layers.machines.dnc import CORRECTIONS


@keras.saving.register_keras_serializable(package="conformance")
class NegativeDistance(layers.Score):
    """The example of `Score`: what a user's own score must be able to do."""

    def compare(self, query, key):
        difference = query[..., :, None, :] - key[..., None, :, :]
        return -ops.sum(ops.square(difference), axis=-1)


@keras.saving.register_keras_serializable(package="conformance")
class Rectified(layers.Selection):
    """The example of `Selection`."""

    def select(self, scores, training=False):
        positive = ops.relu(scores)
        return positive / (ops.sum(positive, axis=-1, keepdims=True) + 1e-6)


@keras.saving.register_keras_serializable(package="conformance")
class RunningMean(layers.MemoryCell):
    """A user's own memory cell: a learned projection, and the mean of what it gave."""

    output_size = 4
    state_shapes = {"total": (2, 2), "count": ()}

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 4), name="kernel")
        self.first = self.add_weight(shape=(2, 2), name="first")

    def initial_state(self):
        return {"total": self.first}

    def step(self, inputs, state, training=None):
        new = ops.reshape(ops.matmul(inputs, self.kernel), (-1, 2, 2))
        total = state["total"] + ops.cast(new, state["total"].dtype)
        count = state["count"] + 1
        mean = ops.reshape(total, (-1, 4)) / count[:, None]
        return mean, {"total": total, "count": count}


def cell(controller=None, **arguments):
    controller = controller or keras.layers.LSTMCell(6)
    sizes = {"memory_slots": 7, "memory_width": 5, "num_heads": 2}
    return layers.NTMCell(controller, **{**sizes, **arguments})


def dnc(**arguments):
    sizes = {"memory_slots": 7, "memory_width": 5, "num_heads": 2}
    return layers.DNCCell(keras.layers.LSTMCell(6), **sizes, **arguments)


def sam_cell(**arguments):
    sizes = {"memory_slots": 7, "memory_width": 5, "num_heads": 2, "k_top": 3}
    return layers.SparseAccessCell(keras.layers.LSTMCell(6), **{**sizes, **arguments})


def structured(*structures):
    return layers.StructuredMemoryCell(keras.layers.LSTMCell(5), structures)


def tape_rnn(**arguments):
    return layers.TapeRNN(keras.layers.LSTMCell(5), **arguments)


def rnn(cell):
    return layers.MemoryRNN(cell, return_sequences=True)


def ntm(**arguments):
    sizes = {"memory_slots": 7, "memory_width": 5, "controller_units": 6}
    return zoo.NTM(input_units=3, output_units=2, **{**sizes, **arguments})


def sam(**arguments):
    sizes = {"memory_slots": 7, "memory_width": 5, "controller_units": 6, "k_top": 3}
    return zoo.SAM(input_units=3, output_units=2, **{**sizes, **arguments})


def memn2n(**arguments):
    sizes = {"dim": 4, "hops": 2, "memory_size": 6, "noise": 0.0}
    return zoo.MemN2N(["a", "b", "c"], **{**sizes, **arguments})


def tagger(**arguments):
    sizes = {"embedding_dim": 4, "units": 3, "dropout": 0.0}
    return zoo.SequenceTagger(
        ["a", "b"], ["O", "B-x", "I-x", "B-y"], **{**sizes, **arguments}
    )


def stored(layer, **sides):
    """A layer that has stored something."""
    rng = np.random.default_rng(6)
    layer(**{n: np.sign(rng.normal(size=(4, u))) for n, u in sides.items()}, training=True)
    return layer


def model_of_patterns(model):
    """A model that has stored something."""
    patterns = np.sign(np.random.default_rng(6).normal(size=(4, 6)))
    model.memory.store(patterns.astype("float32"))
    return model


def model_of_pairs(model):
    rng = np.random.default_rng(6)
    sides = (np.sign(rng.normal(size=(4, units))).astype("float32") for units in (6, 4))
    model.memory.store(*sides)
    return model


def simplex(values):
    powers = np.exp(values)
    return powers / powers.sum(-1, keepdims=True)


def token(values):
    return np.minimum(3, np.abs(3 * values)).astype("int32")


def sign(values):
    return np.sign(values).astype("float32")


RANGES = {
    "cues": sign,
    "first": sign,
    "second": sign,
    "is_sentence": lambda values: values > -0.3,
    "source": token,
    "target": token,
    "ids": token,
    "ages": token,
    "keys": token,
    "story": token,
    "symbols": token,
    "letters": token,
    "tags": token,
    "question": token,
    "words": token,
    "text": token,
    "length": token,
    "chosen": token,
    "given": token,
    "pointers": token,
    "strength": np.abs,
    "gate": lambda values: 1 / (1 + np.exp(-values)),
    "shift": simplex,
    "sharpness": lambda values: 1 + np.abs(values),
    "previous_weights": simplex,
}


def Entry(name, covers, make, inputs, tags=(), **named):
    tags = {*tags, "any_input"}
    return testing.Case(name, covers, make, inputs, tags, ranges=RANGES, **named)


PAIR = {"query": ("queries", 4), "key": ("keys", 4)}
LOOK = {"key": (2, 5), "memory": ("slots", 5), "strength": (2, 1)}
HEADS = {
    **LOOK,
    "gate": (2, 1),
    "shift": (2, 3),
    "sharpness": (2, 1),
    "previous_weights": (2, "slots"),
}
SCORES = {"scores": ("queries", "keys"), "mask": ("queries", "keys")}
READ = {"query": ("queries", 4), "value": ("keys", 4), "value_mask": ("keys",)}
KEYED = {"query": ("queries", 4), "value": ("keys", 5), "key": ("keys", 4)}
HOP = {"query": (4,), "value": ("keys", 4), "key": ("keys", 4), "value_mask": ("keys",)}
ITEMS = {"inputs": ("items", 4), "mask": ("items",)}
LOOK_BACK = {
    "inputs": ("queries", 3),
    "memory": ("keys", 4),
    "memory_mask": ("keys",),
}
POINTS = {"points": ("items", 2), "length": (), "pointers": ("steps",)}
TAPE = {"tape": ("steps", 4), "length": ()}
CUES = {"cues": (6,)}
PAIRS = {"first": (6,), "second": (4,)}
FACTS = {"candidates": ("items", 4), "facts": ("items", 4)}
CHOSEN = np.arange(12).reshape(6, 2) % 3  # numbers of sentences
SET = {"items": ("items", 4), "length": ()}
WORDS, LETTERS = {"words": ("words",)}, {"letters": ("words", "letters")}
TAGGED = {"logits": ("steps", 4), "tags": ("steps",), "mask": ("steps",)}
SEQUENCE, STEPS = {"sequences": ("steps", 3)}, {"inputs": ("steps", 3)}

TRANSDUCER = {"controller_units": 5, "embedding_units": 3, "memory_width": 2}
CAUSAL, RECURRENT = {"causal"}, {"causal", "recurrent"}
SAMPLES = {"gradients_arrive": "outside training it takes the largest, or samples"}
RECALLS = {"gradients_arrive": "what it recalls is of signs, or an end of iterated updates"}
ITERATES = {
    **RECALLS,
    "gradients_by_finite_differences": "no gradient passes through what is iterated",
}
LOGITS = {"all_masked_reads_nothing": "its output is logits, that of a masked key low"}


def bias(layer, arrays, found):
    """Of heads that read nothing: that of the projection of their output."""
    return np.broadcast_to(layer.output_dense.bias, found.shape)


def beside_the_state(layer, arrays, found):
    """Of a recurrence that reads nothing: its state, and then that."""
    read = np.zeros_like(found[..., layer.units :])
    if hasattr(layer.attention, "output_dense"):
        read = bias(layer.attention, arrays, read)
    return np.concatenate([found[..., : layer.units], read], axis=-1)


def window_on_nothing(layer, arrays, found):
    """Of a recurrence whose window reads nothing: its state, and zeros."""
    return np.where(np.arange(found.shape[-1]) < layer.units, found, 0)


def as_the_state_was(layer, arrays, found):
    """Of a hop that reads nothing."""
    query = arrays["query"]
    return np.tanh(query @ np.asarray(layer.kernel)) if layer.mapped else query


TABLE = [
    Entry("DotScore", layers.DotScore, layers.DotScore, PAIR),
    Entry("CosineScore", layers.CosineScore, layers.CosineScore, PAIR),
    Entry("ScaledDotScore", layers.ScaledDotScore, layers.ScaledDotScore, PAIR),
    Entry("BilinearScore", layers.BilinearScore, layers.BilinearScore, PAIR),
    Entry("BilinearScore_rank", layers.BilinearScore, lambda: layers.BilinearScore(3), PAIR),
    Entry("AdditiveScore", layers.AdditiveScore, layers.AdditiveScore, PAIR),
    Entry("SeparateScore", layers.SeparateScore, layers.SeparateScore, PAIR),
    Entry(
        "AdditiveScore_units",
        layers.AdditiveScore,
        lambda: layers.AdditiveScore(units=6, max_elements=1),
        PAIR,
    ),
    Entry(
        "Score",
        layers.Score,
        NegativeDistance,
        PAIR,
        expected_failures={
            "large_numbers_are_finite": "the square of 1e20 is not in float32"
        },
    ),
    Entry("Softmax", layers.Softmax, lambda: layers.Softmax(0.5), SCORES),
    Entry("TopKSoftmax", layers.TopKSoftmax, lambda: layers.TopKSoftmax(2), SCORES),
    Entry("Sparsemax", layers.Sparsemax, layers.Sparsemax, SCORES),
    Entry("ArgMax", layers.ArgMax, layers.ArgMax, SCORES, expected_failures=SAMPLES),
    Entry("Sample", layers.Sample, layers.Sample, SCORES, expected_failures=SAMPLES),
    Entry(
        "StraightThroughGumbel",
        layers.StraightThroughGumbel,
        layers.StraightThroughGumbel,
        SCORES,
        expected_failures=SAMPLES,
    ),
    Entry("Selection", layers.Selection, Rectified, SCORES),
    Entry("LinearStart", layers.LinearStart, layers.LinearStart, SCORES),
    Entry("Attention", layers.Attention, layers.Attention, READ),
    Entry(
        "Attention_parts",
        layers.Attention,
        lambda: layers.Attention(layers.AdditiveScore(units=6), "sparsemax"),
        KEYED,
    ),
    Entry(
        "MultiHeadAttention",
        layers.MultiHeadAttention,
        lambda: layers.MultiHeadAttention(2, 3),
        READ,
        unread=bias,
    ),
    Entry("LocalAttention", layers.LocalAttention, lambda: layers.LocalAttention(1), READ),
    Entry(
        "LocalAttention_predictive",
        layers.LocalAttention,
        lambda: layers.LocalAttention(2, predictive=True, score="bilinear"),
        KEYED,
    ),
    Entry(
        "GaussianWindowAttention",
        layers.GaussianWindowAttention,
        lambda: layers.GaussianWindowAttention(3),
        READ,
    ),
    Entry(
        "MonotonicAttention",
        layers.MonotonicAttention,
        lambda: layers.MonotonicAttention(offset=0.0),
        READ,
    ),
    Entry("AttentionPooling", layers.AttentionPooling, layers.AttentionPooling, ITEMS),
    Entry("HopfieldAttention", layers.HopfieldAttention, layers.HopfieldAttention, READ),
    Entry(
        "HopfieldAttention_updates",
        layers.HopfieldAttention,
        lambda: layers.HopfieldAttention(2.0, True, 3, tolerance=1e-3, score="bilinear"),
        KEYED,
    ),
    Entry(
        "HopfieldAssociation",
        layers.HopfieldAssociation,
        lambda: layers.HopfieldAssociation(2, 3, learn_beta=True, updates=2),
        READ,
        unread=bias,
    ),
    Entry(
        "HopfieldPooling",
        layers.HopfieldPooling,
        lambda: layers.HopfieldPooling(2, 3, updates=2),
        ITEMS,
        unread=bias,
    ),
    Entry(
        "HopfieldLookup",
        layers.HopfieldLookup,
        lambda: layers.HopfieldLookup(2, 3, slots=5),
        {"inputs": ("items", 4)},
    ),
    Entry(
        "HopfieldMemory",
        layers.HopfieldMemory,
        lambda: stored(layers.HopfieldMemory(), cues=6),
        CUES,
        expected_failures=RECALLS,
    ),
    Entry(
        "HopfieldMemory_synchronous",
        layers.HopfieldMemory,
        lambda: stored(layers.HopfieldMemory("storkey", "synchronous"), cues=6),
        CUES,
        expected_failures=RECALLS,
    ),
    Entry(
        "DenseAssociativeMemory",
        layers.DenseAssociativeMemory,
        lambda: stored(layers.DenseAssociativeMemory(7), cues=6),
        CUES,
        expected_failures=RECALLS,
    ),
    Entry(
        "DenseAssociativeMemory_power",
        layers.DenseAssociativeMemory,
        lambda: stored(layers.DenseAssociativeMemory(7, 3, updates="asynchronous"), cues=6),
        CUES,
        expected_failures=RECALLS,
    ),
    Entry(
        "LearnedDenseMemory",
        layers.LearnedDenseMemory,
        lambda: layers.LearnedDenseMemory(3, memories=5),
        {"inputs": (6,)},
    ),
    Entry(
        "ContinuousMemory",
        layers.ContinuousMemory,
        lambda: stored(layers.ContinuousMemory(7, beta=0.5), cues=6),
        CUES,
        expected_failures=ITERATES,
    ),
    Entry(
        "Occlusion",
        layers.Occlusion,
        lambda: layers.Occlusion((2, 3)),
        {"inputs": (6,)},
    ),
    Entry(
        "AttentionRNN",
        layers.AttentionRNN,
        lambda: layers.AttentionRNN(keras.layers.GRUCell(5)),
        LOOK_BACK,
        unread=beside_the_state,
    ),
    Entry(
        "AttentionRNN_heads",
        layers.AttentionRNN,
        lambda: layers.AttentionRNN(
            keras.layers.LSTMCell(5), layers.MultiHeadAttention(2, 3, output_dim=4)
        ),
        LOOK_BACK,
        unread=beside_the_state,
    ),
    Entry(
        "WindowRNN",
        layers.WindowRNN,
        lambda: layers.WindowRNN(keras.layers.LSTMCell(5)),
        LOOK_BACK,
        unread=window_on_nothing,
    ),
    Entry(
        "SparseAttentiveBacktracking",
        layers.SparseAttentiveBacktracking,
        lambda: layers.SparseAttentiveBacktracking(
            keras.layers.LSTMCell(5), k_top=2, k_trunc=None, k_att=2
        ),
        ITEMS,
    ),
    Entry(
        "SparseAttentiveBacktracking_all",
        layers.SparseAttentiveBacktracking,
        lambda: layers.SparseAttentiveBacktracking(
            keras.layers.SimpleRNNCell(5), k_top=None, k_trunc=None, return_sequences=True
        ),
        {"inputs": ("items", 4)},
    ),
    Entry(
        "SparseAttentiveBacktracking_truncated",
        layers.SparseAttentiveBacktracking,
        lambda: layers.SparseAttentiveBacktracking(keras.layers.GRUCell(5), k_top=0),
        ITEMS,
    ),
    Entry(
        "PointerAttention",
        layers.PointerAttention,
        layers.PointerAttention,
        {**PAIR, "key_mask": ("keys",)},
        expected_failures=LOGITS,
    ),
    Entry("IndexLogits", layers.IndexLogits, lambda: layers.IndexLogits(4), PAIR),
    Entry(
        "PointerRNN",
        layers.PointerRNN,
        lambda: layers.PointerRNN(keras.layers.LSTMCell(5)),
        LOOK_BACK,
        expected_failures=LOGITS,
    ),
    Entry(
        "PointerRNN_glimpse",
        layers.PointerRNN,
        lambda: layers.PointerRNN(
            keras.layers.GRUCell(5), glimpse=layers.Attention("additive")
        ),
        LOOK_BACK,
        expected_failures=LOGITS,
    ),
    Entry(
        "LearnedFirst", layers.LearnedFirst, layers.LearnedFirst, {"sequences": ("items", 4)}
    ),
    Entry("MemoryHop", layers.MemoryHop, layers.MemoryHop, HOP, unread=as_the_state_was),
    Entry(
        "MemoryHop_parts",
        layers.MemoryHop,
        lambda: layers.MemoryHop("bilinear", "sparsemax", mapped=True, activation="tanh"),
        HOP,
        unread=as_the_state_was,
    ),
    Entry(
        "SentenceEmbedding",
        layers.SentenceEmbedding,
        lambda: layers.SentenceEmbedding(vocabulary_size=3, dim=4),
        {"ids": ("items", 4)},
    ),
    Entry(
        "SentenceEmbedding_tables",
        layers.SentenceEmbedding,
        lambda: layers.SentenceEmbedding(3, 4, tables=2, encoding="bag_of_words", max_ages=2),
        {"ids": ("items", 4), "ages": ("items",)},
    ),
    *(
        Entry(
            f"EpisodicMemory_{variant}",
            layers.EpisodicMemory,
            lambda variant=variant: layers.EpisodicMemory(2, variant),
            {"facts": ("items", 4), "question": (4,), "mask": ("items",)},
            expected_failures={
                "all_masked_reads_nothing": "the question alone updates the memory"
            },
        )
        for variant in ("dmn", "dmn_plus")
    ),
    Entry(
        "AdaptiveHalting",
        layers.AdaptiveHalting,
        lambda: layers.AdaptiveHalting(keras.layers.Dense(4, activation="tanh"), max_steps=3),
        {"states": ("items", 4), "signals": ("items", 4), "mask": ("items",)},
    ),
    Entry(
        "TransformerStep",
        layers.TransformerStep,
        lambda: layers.TransformerStep(2, 3),
        {"vectors": ("items", 4), "mask": ("items",)},
    ),
    Entry(
        "LearnedSentenceEncoding",
        layers.LearnedSentenceEncoding,
        lambda: layers.LearnedSentenceEncoding(max_words=3),
        {"words": ("items", 4), "mask": ("items",)},
    ),
    Entry(
        "WordNGrams",
        layers.WordNGrams,
        lambda: layers.WordNGrams(3, n=2, buckets=20),
        {"ids": ("items", 4)},
        expected_failures={"gradients_arrive": "integers in, integers out"},
    ),
    Entry(
        "WordWindows",
        layers.WordWindows,
        lambda: layers.WordWindows(3, width=3),
        {"ids": ("items", 4)},
        expected_failures={"gradients_arrive": "integers in, integers out"},
    ),
    Entry(
        "FactKeys",
        layers.FactKeys,
        lambda: layers.FactKeys(3),
        {"ids": ("items", 4)},
        expected_failures={"gradients_arrive": "integers in, integers out"},
    ),
    Entry(
        "KeyHashing",
        layers.KeyHashing,
        lambda: layers.KeyHashing([2]),
        {"keys": ("items", 4), "question": (3,)},
        expected_failures={"gradients_arrive": "integers in, integers out"},
    ),
    Entry(
        "SupportingFacts",
        layers.SupportingFacts,
        lambda: layers.SupportingFacts(2, max_ages=2),
        {"question": (4,), **FACTS, "ages": ("items",), "mask": ("items",)},
        expected_failures=LOGITS,
    ),
    Entry(
        "SupportingFacts_given",
        layers.SupportingFacts,
        lambda: layers.SupportingFacts(2, nonlinear=False),
        {"question": (4,), **FACTS, "ages": ("items",), "given": (2,)},
    ),
    Entry(
        "FactReader",
        layers.FactReader,
        lambda: layers.FactReader(),
        {"question": (4,), "facts": ("items", 4), "chosen": (2,)},
    ),
    Entry(
        "ItemWise",
        layers.ItemWise,
        lambda: layers.ItemWise(
            keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(5)])
        ),
        {"inputs": ("items", 2, 4)},
    ),
    Entry("SaliencyGate", layers.SaliencyGate, layers.SaliencyGate, ITEMS),
    Entry("KWinners", layers.KWinners, lambda: layers.KWinners(2), ITEMS),
    Entry(
        "WinnerTakeAllPooling",
        layers.WinnerTakeAllPooling,
        lambda: layers.WinnerTakeAllPooling(2),
        ITEMS,
    ),
    Entry(
        "Policy",
        layers.Policy,
        layers.Policy,
        {"answer": (3,), "weights": (1, "keys"), "context": (4,)},
        expected_failures={
            "gradients_by_finite_differences": "it keeps gradients from what it hands on"
        },
    ),
    Entry("ContentAddressing", layers.ContentAddressing, layers.ContentAddressing, LOOK),
    Entry(
        "ContentAddressing_mask",
        layers.ContentAddressing,
        lambda: layers.ContentAddressing(layers.DotScore()),
        {**LOOK, "memory_mask": ("slots",)},
    ),
    Entry("HeadAddressing", layers.HeadAddressing, layers.HeadAddressing, HEADS),
    Entry(
        "HeadAddressing_parts",
        layers.HeadAddressing,
        lambda: layers.HeadAddressing("bilinear", "sparsemax"),
        HEADS,
    ),
    Entry("NTMCell", layers.NTMCell, lambda: rnn(cell()), SEQUENCE, RECURRENT),
    Entry(
        "DNCCell",
        layers.DNCCell,
        lambda: rnn(dnc(corrections=CORRECTIONS)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "DNCCell_sparse_links",
        layers.DNCCell,
        lambda: rnn(dnc(links_per_slot=3)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "SparseAccessCell",
        layers.SparseAccessCell,
        lambda: rnn(sam_cell()),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "ElmanCell", layers.ElmanCell, lambda: rnn(layers.ElmanCell(6)), SEQUENCE, RECURRENT
    ),
    Entry(
        "ElmanCell_output",
        layers.ElmanCell,
        lambda: rnn(layers.ElmanCell(6, 4, output_activation="sigmoid")),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "JordanCell",
        layers.JordanCell,
        lambda: rnn(layers.JordanCell(6, 4)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "JordanCell_hybrid",
        layers.JordanCell,
        lambda: rnn(layers.JordanCell(6, 2, recurrent=True, teacher_forcing=True)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry("ContextWindow", layers.ContextWindow, lambda: layers.ContextWindow(2, 1), ITEMS),
    Entry("LinearChainCRF", layers.LinearChainCRF, layers.LinearChainCRF, TAGGED),
    Entry("LetterNGrams", layers.LetterNGrams, lambda: layers.LetterNGrams(4, 50), LETTERS),
    Entry(
        "LetterConvolution",
        layers.LetterConvolution,
        lambda: layers.LetterConvolution(4, letter_dim=3, buckets=8),
        LETTERS,
    ),
    Entry("StrokeMixture", layers.StrokeMixture, lambda: layers.StrokeMixture(3), STEPS),
    Entry(
        "HandwritingRNN",
        zoo.HandwritingRNN,
        lambda: zoo.HandwritingRNN("ab", units=4, components=2),
        {"points": ("steps", 3), "text": ("keys",)},
    ),
    Entry(
        "HandwritingRNN_blind",
        zoo.HandwritingRNN,
        lambda: zoo.HandwritingRNN("ab", units=4, components=2, window=False),
        {"points": ("steps", 3)},
    ),
    Entry(
        "RecurrentNetwork",
        zoo.RecurrentNetwork,
        lambda: zoo.RecurrentNetwork(3, 2, units=4),
        STEPS,
        CAUSAL,
    ),
    Entry(
        "RecurrentNetwork_elman",
        zoo.RecurrentNetwork,
        lambda: zoo.RecurrentNetwork(3, 2, "elman", units=4),
        STEPS,
        CAUSAL,
    ),
    Entry(
        "SequenceTagger",
        zoo.SequenceTagger,
        lambda: tagger(letters=5, letter_dim=3, crf=True),
        {**WORDS, **LETTERS, "tags": ("words",)},
    ),
    Entry(
        "SequenceTagger_hybrid",
        zoo.SequenceTagger,
        lambda: tagger(encoder="hybrid", window=1, intents=["yes", "no"]),
        {**WORDS, "tags": ("words",)},
    ),
    Entry(
        "SequenceTagger_self_attention",
        zoo.SequenceTagger,
        lambda: tagger(encoder="self_attention", units=8, depth=2),
        WORDS,
    ),
    Entry(
        "StackRNNCell",
        layers.StackRNNCell,
        lambda: rnn(layers.StackRNNCell(6, stacks=3, recurrent=True)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "StackRNNCell_list",
        layers.StackRNNCell,
        lambda: rnn(layers.StackRNNCell(6, stacks=2, depth=4, structure="list", no_op=True)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "EntityMemoryCell",
        layers.EntityMemoryCell,
        lambda: rnn(layers.EntityMemoryCell(slots=5, dim=3)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "AttentionGRUCell",
        layers.AttentionGRUCell,
        lambda: rnn(layers.AttentionGRUCell(4, update_gate=True)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry("TapeRNN", layers.TapeRNN, tape_rnn, TAPE),
    Entry(
        "TapeRNN_memory",
        layers.TapeRNN,
        lambda: tape_rnn(memory_moves=(-1, 0, 1)),
        TAPE,
    ),
    Entry(
        "TapeMachine",
        zoo.TapeMachine,
        lambda: zoo.TapeMachine(
            3, controller_units=5, memory_moves=(0, 1), width=4, init_scale=0.5
        ),
        {"symbols": ("steps",), "length": ()},
        expected_failures={
            "gradients_by_finite_differences": "it keeps gradients from what samples decide"
        },
    ),
    Entry(
        "NeuralStack",
        layers.NeuralStack,
        lambda: rnn(layers.NeuralStack(2, room=7)),
        {"sequences": ("steps", 4)},
        RECURRENT,
    ),
    Entry(
        "NeuralQueue",
        layers.NeuralQueue,
        lambda: rnn(layers.NeuralQueue(2)),
        {"sequences": ("steps", 4)},
        RECURRENT,
    ),
    Entry(
        "NeuralDeQue",
        layers.NeuralDeQue,
        lambda: rnn(layers.NeuralDeQue(2)),
        {"sequences": ("steps", 8)},
        RECURRENT,
    ),
    Entry(
        "StructuredMemoryCell",
        layers.StructuredMemoryCell,
        lambda: rnn(structured(layers.NeuralQueue(2, room=7), layers.NeuralDeQue(3, room=7))),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "StructuredMemoryCell_steps",
        layers.StructuredMemoryCell,
        lambda: rnn(structured(layers.NeuralStack(3))),
        SEQUENCE,
        RECURRENT,
    ),
    Entry("MemoryCell", layers.MemoryCell, lambda: rnn(RunningMean()), SEQUENCE, RECURRENT),
    Entry(
        "NTMCell_dense",
        layers.NTMCell,
        lambda: rnn(cell(keras.layers.Dense(6), score="dot", selection="sparsemax")),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "MemoryRNN",
        layers.MemoryRNN,
        lambda: rnn(cell(initial_memory="learned")),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "MemoryRNN_gru",
        layers.MemoryRNN,
        lambda: rnn(keras.layers.GRUCell(4)),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "TracedCell",
        layers.TracedCell,
        lambda: rnn(layers.TracedCell(cell())),
        SEQUENCE,
        RECURRENT,
    ),
    Entry(
        "SetClassifier",
        zoo.SetClassifier,
        lambda: zoo.SetClassifier(4, classes=3, num_heads=2, key_dim=3, hidden_units=5),
        SET,
    ),
    Entry(
        "SetClassifier_labels",
        zoo.SetClassifier,
        lambda: zoo.SetClassifier(4, num_heads=2, key_dim=3, labels=["no", "yes"]),
        SET,
    ),
    Entry(
        "SetClassifier_lookup",
        zoo.SetClassifier,
        lambda: zoo.SetClassifier(
            (2, 4),
            reading="lookup",
            embedding=keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(5)]),
            num_heads=2,
            key_dim=3,
            slots=6,
        ),
        {"items": ("items", 2, 4), "length": ()},
    ),
    Entry(
        "MemoryTransducer",
        zoo.MemoryTransducer,
        lambda: zoo.MemoryTransducer(3, 3, "deque", **TRANSDUCER),
        {"source": ("keys",), "target": ("steps",)},
    ),
    Entry(
        "MemoryTransducer_lstm",
        zoo.MemoryTransducer,
        lambda: zoo.MemoryTransducer(3, 3, "lstm", controller_layers=2, **TRANSDUCER),
        {"source": ("keys",), "target": ("steps",)},
    ),
    Entry("NTM", zoo.NTM, ntm, STEPS, CAUSAL),
    Entry(
        "StackRNN",
        zoo.StackRNN,
        lambda: zoo.StackRNN(
            symbols=3, units=6, stacks=3, hard_actions=False, action_noise=0.0
        ),
        STEPS,
        CAUSAL,
    ),
    Entry("SAM", zoo.SAM, sam, STEPS, CAUSAL),
    Entry(
        "SAM_feedforward",
        zoo.SAM,
        lambda: sam(controller="feedforward", num_heads=2),
        STEPS,
        CAUSAL,
    ),
    Entry(
        "DNC",
        zoo.DNC,
        lambda: zoo.DNC(
            input_units=3,
            output_units=2,
            controller="feedforward",
            controller_units=6,
            memory_slots=7,
            memory_width=5,
            num_heads=2,
            corrections=CORRECTIONS,
        ),
        STEPS,
        CAUSAL,
    ),
    Entry(
        "MemoryMachine",
        zoo.MemoryMachine,
        lambda: zoo.MemoryMachine(cell(), input_units=3, output_units=2),
        STEPS,
        CAUSAL,
    ),
    Entry(
        "SparseAttentiveRNN",
        zoo.SparseAttentiveRNN,
        lambda: zoo.SparseAttentiveRNN(3, 2, units=5, k_top=2, k_trunc=None, k_att=2),
        {"vectors": ("items", 3), "length": ()},
    ),
    Entry(
        "SparseAttentiveRNN_symbols",
        zoo.SparseAttentiveRNN,
        lambda: zoo.SparseAttentiveRNN(
            4, 2, "classification", symbols=True, embedding_units=3, units=5, k_att=1
        ),
        {"symbols": ("steps",), "length": ()},
    ),
    Entry(
        "SparseAttentiveRNN_labels",
        zoo.SparseAttentiveRNN,
        lambda: zoo.SparseAttentiveRNN(
            3, 2, "classification", units=5, k_top=2, k_att=2, labels=["no", "yes"]
        ),
        {"vectors": ("items", 3), "length": ()},
    ),
    Entry(
        "SparseAttentiveRNN_characters",
        zoo.SparseAttentiveRNN,
        lambda: zoo.SparseAttentiveRNN(
            4, 4, symbols=True, units=5, k_att=2, labels=["a", "b", "c", "d"]
        ),
        {"symbols": ("steps",), "length": ()},
    ),
    Entry(
        "KeyValueMemory",
        zoo.KeyValueMemory,
        lambda: zoo.KeyValueMemory(dim=4, classes=3, score="additive"),
        {"query": (4,), "key": ("keys", 4), "value": ("keys", 3)},
    ),
    Entry(
        "EncoderDecoder",
        zoo.EncoderDecoder,
        lambda: zoo.EncoderDecoder("abcd", "xy", embedding_dim=3, units=4),
        {"source": ("keys",), "target": ("steps",)},
    ),
    Entry(
        "PointerNetwork",
        zoo.PointerNetwork,
        lambda: zoo.PointerNetwork(units=4, rule="permutation"),
        POINTS,
    ),
    Entry(
        "PointerNetwork_scale",
        zoo.PointerNetwork,
        lambda: zoo.PointerNetwork(units=4, scale=[0.5, 20.0]),
        POINTS,
    ),
    Entry(
        "PointerNetwork_glimpse",
        zoo.PointerNetwork,
        lambda: zoo.PointerNetwork(units=4, glimpse=True),
        POINTS,
    ),
    Entry(
        "PointerNetwork_angle",
        zoo.PointerNetwork,
        lambda: zoo.PointerNetwork(units=4, order="angle", bidirectional=True),
        POINTS,
    ),
    Entry(
        "HierarchicalAttention",
        zoo.HierarchicalAttention,
        lambda: zoo.HierarchicalAttention(
            ["good", "bad"], ["no", "yes"], sentences=3, words=4, embedding_dim=3, units=2
        ),
        {"ids": (3, 4)},
    ),
    Entry(
        "HopfieldNetwork",
        zoo.HopfieldNetwork,
        lambda: model_of_patterns(zoo.HopfieldNetwork(6)),
        CUES,
        expected_failures=RECALLS,
    ),
    Entry(
        "DenseHopfieldNetwork",
        zoo.DenseHopfieldNetwork,
        lambda: model_of_patterns(zoo.DenseHopfieldNetwork(6, slots=5)),
        CUES,
        expected_failures=RECALLS,
    ),
    Entry(
        "DenseMemoryClassifier",
        zoo.DenseMemoryClassifier,
        lambda: zoo.DenseMemoryClassifier(6, 3, memories=5),
        {"visible": (6,)},
    ),
    Entry(
        "ContinuousHopfieldNetwork",
        zoo.ContinuousHopfieldNetwork,
        lambda: model_of_patterns(zoo.ContinuousHopfieldNetwork(6, slots=5, beta=0.5)),
        CUES,
        expected_failures=ITERATES,
    ),
    Entry(
        "Autoencoder",
        zoo.Autoencoder,
        lambda: zoo.Autoencoder(6, (5, 3), corruption=layers.Occlusion((2, 3))),
        CUES,
    ),
    Entry(
        "EntityNetwork",
        zoo.EntityNetwork,
        lambda: zoo.EntityNetwork(["a", "b", "c"], dim=4, slots=3, max_words=3),
        {"story": ("items", 4), "question": (4,)},
    ),
    Entry(
        "UniversalTransformer",
        zoo.UniversalTransformer,
        lambda: zoo.UniversalTransformer(
            ["a", "b", "c"], dim=4, num_heads=2, hidden_dim=3, max_steps=3, noise=0.0
        ),
        {"story": ("items", 4), "question": (4,)},
    ),
    Entry(
        "DynamicMemoryNetwork",
        zoo.DynamicMemoryNetwork,
        lambda: zoo.DynamicMemoryNetwork(["a", "b", "c"], dim=4, passes=2),
        {"story": ("items", 4), "question": (4,)},
    ),
    Entry(
        "DynamicMemoryNetwork_dmn",
        zoo.DynamicMemoryNetwork,
        lambda: zoo.DynamicMemoryNetwork(["a", "b", "c"], dim=4, passes=2, variant="dmn"),
        {"story": ("items", 4), "question": (4,)},
    ),
    *(
        Entry(
            f"KeyValueMemoryNetwork_{keys}",
            zoo.KeyValueMemoryNetwork,
            lambda keys=keys, common=common: zoo.KeyValueMemoryNetwork(
                ["a", "b", "c"], dim=4, keys=keys, width=3, common=common
            ),
            {"story": ("items", 4), "question": (4,)},
        )
        for keys, common in (("sentence", None), ("window", None), ("fact", ["b"]))
    ),
    Entry("MemN2N", zoo.MemN2N, memn2n, {"story": ("items", 4), "question": (4,)}),
    Entry(
        "MemN2N_layer_wise",
        zoo.MemN2N,
        lambda: memn2n(tying="layer_wise", score="additive", activation="relu"),
        {"story": ("items", 4), "question": (4,)},
    ),
    Entry(
        "SupportedMemoryNetwork",
        zoo.SupportedMemoryNetwork,
        lambda: zoo.SupportedMemoryNetwork(
            ["a", "b", "c"], dim=4, facts=2, ngrams=2, buckets=20, noise=0.0
        ),
        {"story": ("items", 4), "question": (4,), "facts": CHOSEN.astype("int32")},
    ),
    Entry(
        "MemN2NLanguageModel",
        zoo.MemN2NLanguageModel,
        lambda: zoo.MemN2NLanguageModel(3, dim=4, hops=2, memory_size=5),
        {"words": ("items",)},
    ),
    Entry(
        "NTM_feedforward",
        zoo.NTM,
        lambda: ntm(controller="feedforward", num_heads=2, initial_memory="learned"),
        STEPS,
        CAUSAL,
    ),
    Entry(
        "MemorySlots",
        layers.MemorySlots,
        lambda: layers.MemorySlots(6),
        {"memories": ("items", 4), "is_sentence": ("items",)},
    ),
    Entry(
        "SentenceAges",
        layers.SentenceAges,
        lambda: layers.SentenceAges(0.5, seed=3),
        {"mask": ("items",)},
        expected_failures={"gradients_arrive": "Booleans in, integers out"},
    ),
    Entry(
        "BidirectionalMemory",
        layers.BidirectionalMemory,
        lambda: stored(layers.BidirectionalMemory(), first=6, second=4),
        PAIRS,
        expected_failures=RECALLS,
    ),
    Entry(
        "BidirectionalAssociativeMemory",
        zoo.BidirectionalAssociativeMemory,
        lambda: model_of_pairs(zoo.BidirectionalAssociativeMemory(6, 4)),
        PAIRS,
        expected_failures=RECALLS,
    ),
]

NAMES = [entry.name for entry in TABLE]
