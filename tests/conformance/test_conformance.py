"""Every public layer and model, crossed with every promise.

A new one enters with a line of `TABLE`. Sizes in quotes are dynamic: they may differ from
call to call.
"""

import copy
import functools
import inspect
import json
import os
import subprocess
import sys
from dataclasses import dataclass

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import layers, zoo

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="compares TensorFlow with the rest, in processes of their own",
)


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


@dataclass(frozen=True)
class Entry:
    name: str
    covers: type
    make: callable
    inputs: dict  # shapes without the batch, by the name of the call argument


def cell(controller=None, **arguments):
    controller = controller or keras.layers.LSTMCell(6)
    sizes = {"memory_slots": 7, "memory_width": 5, "num_heads": 2}
    return layers.NTMCell(controller, **{**sizes, **arguments})


def rnn(cell):
    return layers.MemoryRNN(cell, return_sequences=True)


def ntm(**arguments):
    sizes = {"memory_slots": 7, "memory_width": 5, "controller_units": 6}
    return zoo.NTM(input_units=3, output_units=2, **{**sizes, **arguments})


def memn2n(**arguments):
    sizes = {"dim": 4, "hops": 2, "memory_size": 6, "noise": 0.0}
    return zoo.MemN2N(["a", "b", "c"], **{**sizes, **arguments})


def having(layer, **sides):
    """A layer that has stored something."""
    rng = np.random.default_rng(6)
    layer(**{n: np.sign(rng.normal(size=(4, u))) for n, u in sides.items()}, training=True)
    return layer


def remembering(model):
    """A model that has stored something."""
    patterns = np.sign(np.random.default_rng(6).normal(size=(4, 6)))
    model.memory.store(patterns.astype("float32"))
    return model


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
CUES = {"cues": (6,)}
SET = {"items": ("items", 4), "length": ()}
SEQUENCE, STEPS = {"sequences": ("steps", 3)}, {"inputs": ("steps", 3)}

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
    Entry("Score", layers.Score, NegativeDistance, PAIR),
    Entry("Softmax", layers.Softmax, lambda: layers.Softmax(0.5), SCORES),
    Entry("TopKSoftmax", layers.TopKSoftmax, lambda: layers.TopKSoftmax(2), SCORES),
    Entry("Sparsemax", layers.Sparsemax, layers.Sparsemax, SCORES),
    Entry("ArgMax", layers.ArgMax, layers.ArgMax, SCORES),
    Entry("Sample", layers.Sample, layers.Sample, SCORES),
    Entry(
        "StraightThroughGumbel",
        layers.StraightThroughGumbel,
        layers.StraightThroughGumbel,
        SCORES,
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
    ),
    Entry(
        "HopfieldPooling",
        layers.HopfieldPooling,
        lambda: layers.HopfieldPooling(2, 3, updates=2),
        ITEMS,
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
        lambda: having(layers.HopfieldMemory(), cues=6),
        CUES,
    ),
    Entry(
        "HopfieldMemory_synchronous",
        layers.HopfieldMemory,
        lambda: having(layers.HopfieldMemory("storkey", "synchronous"), cues=6),
        CUES,
    ),
    Entry(
        "DenseAssociativeMemory",
        layers.DenseAssociativeMemory,
        lambda: having(layers.DenseAssociativeMemory(7), cues=6),
        CUES,
    ),
    Entry(
        "DenseAssociativeMemory_power",
        layers.DenseAssociativeMemory,
        lambda: having(layers.DenseAssociativeMemory(7, 3, updates="asynchronous"), cues=6),
        CUES,
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
        lambda: having(layers.ContinuousMemory(7, beta=0.5), cues=6),
        CUES,
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
    ),
    Entry(
        "AttentionRNN_heads",
        layers.AttentionRNN,
        lambda: layers.AttentionRNN(
            keras.layers.LSTMCell(5), layers.MultiHeadAttention(2, 3, output_dim=4)
        ),
        LOOK_BACK,
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
    ),
    Entry("IndexLogits", layers.IndexLogits, lambda: layers.IndexLogits(4), PAIR),
    Entry(
        "PointerRNN",
        layers.PointerRNN,
        lambda: layers.PointerRNN(keras.layers.LSTMCell(5)),
        LOOK_BACK,
    ),
    Entry(
        "PointerRNN_glimpse",
        layers.PointerRNN,
        lambda: layers.PointerRNN(
            keras.layers.GRUCell(5), glimpse=layers.Attention("additive")
        ),
        LOOK_BACK,
    ),
    Entry(
        "LearnedFirst", layers.LearnedFirst, layers.LearnedFirst, {"sequences": ("items", 4)}
    ),
    Entry("MemoryHop", layers.MemoryHop, layers.MemoryHop, HOP),
    Entry(
        "MemoryHop_parts",
        layers.MemoryHop,
        lambda: layers.MemoryHop("bilinear", "sparsemax", mapped=True, activation="tanh"),
        HOP,
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
    Entry("NTMCell", layers.NTMCell, lambda: rnn(cell()), SEQUENCE),
    Entry(
        "NTMCell_dense",
        layers.NTMCell,
        lambda: rnn(cell(keras.layers.Dense(6), score="dot", selection="sparsemax")),
        SEQUENCE,
    ),
    Entry(
        "MemoryRNN", layers.MemoryRNN, lambda: rnn(cell(initial_memory="learned")), SEQUENCE
    ),
    Entry("MemoryRNN_gru", layers.MemoryRNN, lambda: rnn(keras.layers.GRUCell(4)), SEQUENCE),
    Entry("TracedCell", layers.TracedCell, lambda: rnn(layers.TracedCell(cell())), SEQUENCE),
    Entry(
        "SetClassifier",
        zoo.SetClassifier,
        lambda: zoo.SetClassifier(4, classes=3, num_heads=2, key_dim=3, hidden_units=5),
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
    Entry("NTM", zoo.NTM, ntm, STEPS),
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
        lambda: remembering(zoo.HopfieldNetwork(6)),
        CUES,
    ),
    Entry(
        "DenseHopfieldNetwork",
        zoo.DenseHopfieldNetwork,
        lambda: remembering(zoo.DenseHopfieldNetwork(6, slots=5)),
        CUES,
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
        lambda: remembering(zoo.ContinuousHopfieldNetwork(6, slots=5, beta=0.5)),
        CUES,
    ),
    Entry(
        "Autoencoder",
        zoo.Autoencoder,
        lambda: zoo.Autoencoder(6, (5, 3), corruption=layers.Occlusion((2, 3))),
        CUES,
    ),
    Entry("MemN2N", zoo.MemN2N, memn2n, {"story": ("items", 4), "question": (4,)}),
    Entry(
        "MemN2N_layer_wise",
        zoo.MemN2N,
        lambda: memn2n(tying="layer_wise", score="additive", activation="relu"),
        {"story": ("items", 4), "question": (4,)},
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
    ),
]

BY_NAME = {entry.name: entry for entry in TABLE}
SIZES = {"queries": 3, "keys": 5, "slots": 6, "steps": 4, "items": 7}
LONGER = {"queries": 2, "keys": 7, "slots": 8, "steps": 6, "items": 5}
MASKS = {
    entry.name: [name for name in entry.inputs if name.endswith("mask")] for entry in TABLE
}
MASKED = [entry for entry in TABLE if MASKS[entry.name]]
SEQUENTIAL = [entry for entry in TABLE if entry.inputs in (SEQUENCE, STEPS)]

# They draw, take the largest, or recall: outside training, nothing has a gradient.
HARD = (
    layers.ArgMax,
    layers.Sample,
    layers.StraightThroughGumbel,
    layers.HopfieldMemory,
    layers.DenseAssociativeMemory,
    layers.ContinuousMemory,
    zoo.HopfieldNetwork,
    zoo.DenseHopfieldNetwork,
    zoo.ContinuousHopfieldNetwork,
)

every_entry = pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.name)


def simplex(values):
    powers = np.exp(values)
    return powers / powers.sum(-1, keepdims=True)


def token(values):
    return np.minimum(3, np.abs(3 * values)).astype("int32")


def sign(values):
    return np.sign(values).astype("float32")


RANGES = {
    "cues": sign,
    "source": token,
    "target": token,
    "ids": token,
    "ages": token,
    "story": token,
    "symbols": token,
    "question": token,
    "words": token,
    "length": token,
    "pointers": token,
    "strength": np.abs,
    "gate": lambda values: 1 / (1 + np.exp(-values)),
    "shift": simplex,
    "sharpness": lambda values: 1 + np.abs(values),
    "previous_weights": simplex,
}


def inputs_of(entry, batch=3, sizes=SIZES, seed=5):
    """Random arrays by the name of the call argument, each in its range."""
    rng, arrays = np.random.default_rng(seed), {}
    for name, shape in entry.inputs.items():
        values = rng.normal(size=(batch, *(sizes.get(size, size) for size in shape)))
        if name.endswith("mask"):
            arrays[name] = values > -0.3
        else:
            arrays[name] = RANGES.get(name, lambda x: x.astype("float32"))(values)
            if arrays[name].dtype == "float64":
                arrays[name] = arrays[name].astype("float32")
    return arrays


def dtype_of(name):
    if name.endswith("mask"):
        return "bool"
    return "int32" if RANGES.get(name) is token else keras.config.floatx()


def inputs_for(entry):
    """Symbolic inputs of dynamic sizes."""
    return {
        name: keras.Input(
            [None if isinstance(size, str) else size for size in shape],
            name=name,
            dtype=dtype_of(name),
        )
        for name, shape in entry.inputs.items()
    }


def model_around(layer, entry):
    """A functional model with dynamic sizes; a model is one already."""
    if isinstance(layer, keras.Model):
        return layer
    inputs = inputs_for(entry)
    return keras.Model(inputs, layer(**inputs))


def build(entry, weights=None, seed=1):
    keras.utils.set_random_seed(seed)
    model = model_around(entry.make(), entry)
    if weights is not None:
        model.set_weights(weights)
    return model


@functools.cache
def model_of(entry_name):
    """A model with weights that leave nothing at zero; not to be changed."""
    model = build(BY_NAME[entry_name])
    rng = np.random.default_rng(2)
    shaken = [w + rng.normal(size=w.shape, scale=0.3) for w in model.get_weights()]
    model.set_weights(shaken)
    return model


def argument(model, arrays):
    """Models of one input take it bare."""
    bare = not isinstance(model.input, dict)
    return next(iter(arrays.values())) if bare else arrays


def answer(model, arrays, **kwargs):
    return np.asarray(ops.cast(model(argument(model, arrays), **kwargs), "float32"))


def child(script, folder, **environment):
    """Run a script in a fresh process, with this file as `table` where it asks."""
    process = subprocess.run(
        [sys.executable, "-c", script, str(folder), __file__],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert process.returncode == 0, process.stderr[-4000:]
    with np.load(folder / "answers.npz") as answers:
        return dict(answers)


LOAD_TABLE = """
import importlib.util, sys
from pathlib import Path
import numpy as np

folder = Path(sys.argv[1])

def load_table():
    spec = importlib.util.spec_from_file_location("table", sys.argv[2])
    table = sys.modules["table"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(table)
    return table
"""


def named(entry, arrays):
    return {f"{entry.name}/{name}": array for name, array in arrays.items()}


def save_inputs(path, **arguments):
    arrays = [named(entry, inputs_of(entry, **arguments)) for entry in TABLE]
    np.savez(path, **functools.reduce(dict.__or__, arrays))


def classes_of(module):
    public = {name: getattr(module, name) for name in module.__all__}
    return {name: thing for name, thing in public.items() if inspect.isclass(thing)}


def test_every_layer_is_in_the_table():
    covered = {entry.covers for entry in TABLE}
    classes = {n: c for n, c in classes_of(layers).items() if issubclass(c, keras.Layer)}
    assert "NTMCell" in classes
    missing = {name for name, layer in classes.items() if layer not in covered}
    # Integers and masks alone come out of the first two, parts of `MemN2N`, and two tensors
    # out of the last.
    assert missing == {"MemorySlots", "SentenceAges", "BidirectionalMemory"}


def test_every_model_is_in_the_table():
    # The last answers with two tensors.
    others = {zoo.PretrainedModel, zoo.BidirectionalAssociativeMemory}
    covered = {entry.covers for entry in TABLE} | others
    models = {n: c for n, c in classes_of(zoo).items() if issubclass(c, keras.Model)}
    assert "NTM" in models
    missing = {name for name, model in models.items() if model not in covered}
    assert not missing


def test_names_are_of_what_they_cover():
    for entry in TABLE:
        assert entry.name.split("_")[0] == entry.covers.__name__


@every_entry
def test_config_round_trip(entry):
    """Of a layer that is built, whose parts then carry their shapes in the config."""
    model = model_of(entry.name)
    layer = model if isinstance(model, zoo.PretrainedModel) else model.layers[-1]
    config = layer.get_config()
    before = copy.deepcopy(config)
    again = type(layer).from_config(config)
    assert config == before, "from_config changed its argument"
    again = model_around(again, entry)
    again.set_weights(model.get_weights())
    arrays = inputs_of(entry)
    np.testing.assert_array_equal(answer(again, arrays), answer(model, arrays))


@every_entry
def test_config_round_trip_before_building(entry):
    layer = entry.make()
    config = layer.get_config()
    assert layer.get_config() == config
    assert json.loads(json.dumps(config)) == config
    again = type(layer).from_config(copy.deepcopy(config))
    assert again.get_config() == config
    again = model_around(again, entry)
    model = model_of(entry.name)
    again.set_weights(model.get_weights())
    arrays = inputs_of(entry)
    np.testing.assert_array_equal(answer(again, arrays), answer(model, arrays))


@pytest.fixture(scope="module")
def reloaded(tmp_path_factory):
    """Answers of a fresh process that loads the `.keras` files.

    The classes of the zoo are registered when they are first touched.
    """
    folder = tmp_path_factory.mktemp("keras_files")
    save_inputs(folder / "inputs.npz")
    for entry in TABLE:
        model_of(entry.name).save(folder / f"{entry.name}.keras")
    script = (
        LOAD_TABLE
        + """
import keras
from keras_memory import layers, zoo
public = [getattr(zoo, name) for name in zoo.__all__]
OWN = "Score", "Selection"  # whose classes are the table's
inputs, answers = np.load(folder / "inputs.npz"), {}
files = sorted(folder.glob("*.keras"), key=lambda file: file.stem in OWN)
for file in files:
    if file.stem in OWN:
        load_table()
    try:
        model = keras.saving.load_model(file)
        arrays = {k.split("/")[1]: inputs[k] for k in inputs if k.split("/")[0] == file.stem}
        arrays = arrays if isinstance(model.input, dict) else next(iter(arrays.values()))
        answers[file.stem] = np.asarray(model(arrays))
    except Exception as error:
        answers[file.stem] = str(error)
np.savez(folder / "answers.npz", **answers)
"""
    )
    return child(script, folder)


@every_entry
def test_keras_file_in_a_fresh_process(entry, reloaded):
    found = reloaded[entry.name]
    assert found.dtype.kind == "f", found
    expected = answer(model_of(entry.name), inputs_of(entry))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Answers of a process without keras_memory that loads the SavedModels."""
    folder = tmp_path_factory.mktemp("saved_models")
    save_inputs(folder / "inputs.npz")
    save_inputs(folder / "longer.npz", batch=2, sizes=LONGER)
    for entry in TABLE:
        path = folder / "models" / entry.name
        model_of(entry.name).export(path, format="tf_saved_model", verbose=False)
    script = (
        LOAD_TABLE
        + """
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "keras_memory":
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())
import tensorflow as tf

answers = {}
for which in ("inputs", "longer"):
    inputs = np.load(folder / f"{which}.npz")
    for path in (folder / "models").iterdir():
        arrays = {k.split("/")[1]: inputs[k] for k in inputs if k.split("/")[0] == path.name}
        arrays = {k: tf.constant(v) for k, v in arrays.items()}
        serve = tf.saved_model.load(str(path)).signatures["serving_default"]
        (result,) = serve(**arrays).values()
        answers[f"{path.name}/{which}"] = np.asarray(result)
assert "keras_memory" not in sys.modules
np.savez(folder / "answers.npz", **answers)
"""
    )
    return child(script, folder)


@every_entry
def test_saved_model_without_the_package(entry, exported):
    expected = answer(model_of(entry.name), inputs_of(entry))
    np.testing.assert_allclose(exported[f"{entry.name}/inputs"], expected, atol=1e-5)


@every_entry
def test_saved_model_of_other_sizes(entry, exported):
    expected = answer(model_of(entry.name), inputs_of(entry, batch=2, sizes=LONGER))
    np.testing.assert_allclose(exported[f"{entry.name}/longer"], expected, atol=1e-5)


@pytest.fixture(scope="module")
def by_jax(tmp_path_factory):
    """Answers of the same models with the same weights on the JAX backend."""
    pytest.importorskip("jax")
    folder = tmp_path_factory.mktemp("jax")
    weights = [
        named(entry, {str(i): w for i, w in enumerate(model_of(entry.name).get_weights())})
        for entry in TABLE
    ]
    np.savez(folder / "weights.npz", **functools.reduce(dict.__or__, weights))
    script = (
        LOAD_TABLE
        + """
table, answers = load_table(), {}
weights = np.load(folder / "weights.npz")
for entry in table.TABLE:
    count = sum(key.split("/")[0] == entry.name for key in weights)
    model = table.build(entry, [weights[f"{entry.name}/{i}"] for i in range(count)])
    answers[entry.name] = table.answer(model, table.inputs_of(entry))
assert table.keras.backend.backend() == "jax"
np.savez(folder / "answers.npz", **answers)
"""
    )
    return child(script, folder, KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")


@every_entry
def test_tensorflow_equals_jax(entry, by_jax):
    expected = answer(model_of(entry.name), inputs_of(entry))
    np.testing.assert_allclose(by_jax[entry.name], expected, atol=1e-5)


def slopes(model, arrays):
    """The output, and the gradients of its weighted sum, as training would take them."""
    import tensorflow as tf

    inputs = argument(model, arrays)
    with tf.GradientTape() as tape:
        output = model(inputs)
        loss = tf.reduce_sum(
            output
            * tf.reshape(
                tf.sin(tf.range(tf.size(output), dtype=output.dtype)), tf.shape(output)
            )
        )
    gradients = tape.gradient(loss, model.trainable_variables)
    return [output, *(tf.convert_to_tensor(g) for g in gradients if g is not None)]


FORMS = [
    entry
    for entry in TABLE
    if "return_attention_scores" in inspect.signature(entry.covers.call).parameters
]


@pytest.mark.parametrize("entry", FORMS, ids=lambda entry: entry.name)
def test_attention_scores_everywhere(entry, tmp_path):
    """Eager, in a functional model, after a `.keras` reload and in a SavedModel."""
    import tensorflow as tf

    layer = entry.make()
    symbols = inputs_for(entry)
    outputs = layer(**symbols, return_attention_scores=True)
    model = keras.Model(symbols, dict(zip(("read", "weights"), outputs, strict=True)))
    model.set_weights(model_of(entry.name).get_weights())
    model.save(tmp_path / "model.keras")
    model.export(tmp_path / "exported", format="tf_saved_model", verbose=False)
    served = tf.saved_model.load(str(tmp_path / "exported")).signatures["serving_default"]
    again = keras.saving.load_model(tmp_path / "model.keras")
    for arrays in (inputs_of(entry), inputs_of(entry, batch=2, sizes=LONGER)):
        arrays = keras.tree.map_structure(tf.constant, arrays)
        read, weights = layer(**arrays, return_attention_scores=True)
        for found in (model(arrays), again(arrays), served(**arrays)):
            np.testing.assert_allclose(found["read"], read, atol=1e-6)
            np.testing.assert_allclose(found["weights"], weights, atol=1e-6)


@every_entry
def test_xla_equals_no_xla(entry):
    """Answers and gradients."""
    import tensorflow as tf

    model = model_of(entry.name)
    arrays = keras.tree.map_structure(tf.constant, inputs_of(entry))
    compiled = tf.function(functools.partial(slopes, model), jit_compile=True)
    found, expected = compiled(arrays), slopes(model, arrays)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5, rtol=1e-4)


# `Policy` keeps gradients from what it hands on.
SMOOTH = [entry for entry in TABLE if entry.covers not in (*HARD, layers.Policy)]


@pytest.mark.parametrize("entry", SMOOTH, ids=lambda entry: entry.name)
def test_gradients_by_finite_differences(entry):
    """Along a random direction in the space of all weights and inputs."""
    import tensorflow as tf

    before = keras.config.dtype_policy(), keras.config.floatx()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    try:
        model = build(entry, model_of(entry.name).get_weights())
        rng = np.random.default_rng(4)
        arrays = keras.tree.map_structure(tf.constant, inputs_of(entry))
        points = {
            name: np.asarray(array, "float64")
            for name, array in arrays.items()
            if array.dtype == tf.float32
        }
        weights = [np.asarray(w) for w in model.trainable_variables]
        paths = {name: rng.normal(size=array.shape) for name, array in points.items()}
        turns = [rng.normal(size=weight.shape) for weight in weights]

        def loss(step):
            moved = {name: tf.constant(points[name] + step * paths[name]) for name in points}
            for variable, weight, turn in zip(
                model.trainable_variables, weights, turns, strict=True
            ):
                variable.assign(weight + step * turn)
            with tf.GradientTape() as tape:
                tape.watch(list(moved.values()))
                output = model(argument(model, {**arrays, **moved}))
                output = tf.where(output > -1e6, output, 0)  # without what is masked
                total = tf.reduce_sum(tf.square(output + 1))
            sources = [*moved.values(), *model.trainable_variables]
            return float(total), tape.gradient(total, sources)

        _, gradients = loss(0.0)
        directions = [*paths.values(), *turns]
        slope = sum(
            float(np.sum(np.asarray(tf.convert_to_tensor(g)) * d))
            for g, d in zip(gradients, directions, strict=True)
            if g is not None
        )
        step = 1e-5
        difference = (loss(step)[0] - loss(-step)[0]) / (2 * step)
        np.testing.assert_allclose(slope, difference, rtol=1e-5, atol=1e-7)
    finally:
        keras.config.set_floatx(before[1])
        keras.config.set_dtype_policy(before[0])


@pytest.fixture(params=["mixed_bfloat16", "mixed_float16"])
def policy(request):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy(before)


@every_entry
def test_half_precision(entry, policy):
    expected = answer(model_of(entry.name), inputs_of(entry))
    model = build(entry, model_of(entry.name).get_weights())
    assert model.layers[-1].compute_dtype == policy.removeprefix("mixed_")
    found = answer(model, inputs_of(entry))
    scale = max(1, np.abs(expected).max())
    tolerance = {"mixed_bfloat16": 6e-2, "mixed_float16": 1e-2}[policy]
    np.testing.assert_allclose(found / scale, expected / scale, atol=tolerance)


@every_entry
def test_batch_of_one(entry):
    model, arrays = model_of(entry.name), inputs_of(entry)
    last = {name: array[-1:] for name, array in arrays.items()}
    np.testing.assert_allclose(answer(model, last), answer(model, arrays)[-1:], atol=1e-6)


@every_entry
def test_same_seed_same_numbers(entry):
    arrays = inputs_of(entry)
    one, again, other = (build(entry, seed=seed) for seed in (8, 8, 9))
    expected = answer(one, arrays, training=True)
    np.testing.assert_array_equal(answer(again, arrays, training=True), expected)
    if one.trainable_weights:
        assert not np.array_equal(answer(other, arrays, training=True), expected)


@every_entry
@pytest.mark.parametrize("weights", ["as they are", "zero"])
def test_no_nan_at_zero(entry, weights):
    """Memory, keys and sequences of zeros, and a learned memory of zeros."""
    import tensorflow as tf

    model = build(entry, model_of(entry.name).get_weights())
    if weights == "zero":
        model.set_weights([0 * w for w in model.get_weights()])
    zeros = ("query", "key", "value", "scores", "memory", *SEQUENCE, *STEPS)
    arrays = {
        name: tf.constant(array * (name not in zeros) if array.dtype != bool else array)
        for name, array in inputs_of(entry).items()
    }
    floats = [array for array in arrays.values() if array.dtype != tf.bool]
    with tf.GradientTape() as tape:
        tape.watch(floats)
        output = model(argument(model, arrays))
        loss = tf.reduce_sum(tf.square(output + 1))
    assert np.all(np.isfinite(output))
    found = tape.gradient(loss, [*floats, *model.trainable_variables])
    for gradient in found:
        assert gradient is None or np.all(np.isfinite(tf.convert_to_tensor(gradient)))
    if entry.covers not in HARD:
        assert any(gradient is not None for gradient in found)


@pytest.mark.parametrize("entry", MASKED, ids=lambda entry: entry.name)
def test_what_is_masked_does_not_matter(entry):
    """More keys, slots or items, full of great numbers, that the mask leaves out."""
    model, arrays = model_of(entry.name), inputs_of(entry)
    (mask,) = MASKS[entry.name]
    axis = entry.inputs[mask][-1]
    padded = {
        name: np.pad(
            array,
            [(0, 0), *((0, 3 * (size == axis)) for size in entry.inputs[name])],
            constant_values=0 if name == mask else 1e4,
        )
        for name, array in arrays.items()
    }
    found, expected = answer(model, padded).copy(), answer(model, arrays)
    places = tuple(slice(size) for size in expected.shape)
    np.testing.assert_allclose(found[places], expected, atol=1e-6)
    found[places] = 0
    assert np.all(found <= 0), "masked keys have weight 0, or a logit far below 0"


@pytest.mark.parametrize("entry", MASKED, ids=lambda entry: entry.name)
def test_nothing_but_masked(entry):
    model, arrays = model_of(entry.name), inputs_of(entry)
    (mask,) = MASKS[entry.name]
    found = answer(model, {**arrays, mask: np.zeros_like(arrays[mask])})
    assert np.all(np.isfinite(found))
    if entry.covers not in (layers.PointerAttention, layers.PointerRNN):
        layer = model.layers[-1]
        if entry.covers is layers.AttentionRNN:  # beside its state
            found, layer = found[..., layer.units :], layer.attention
        if entry.covers is layers.MemoryHop:  # as the state was
            kept = arrays["query"]
            if layer.mapped:
                kept = np.tanh(kept @ np.asarray(layer.kernel))
            np.testing.assert_allclose(found, kept, atol=1e-6)
        else:
            np.testing.assert_array_equal(found - bias_of(layer), 0)


def bias_of(layer):
    """What the output has where nothing was read: that of the heads' last map."""
    last = getattr(layer, "output_dense", None)
    return 0 if last is None else np.asarray(last.bias)


@pytest.mark.parametrize("entry", SEQUENTIAL, ids=lambda entry: entry.name)
def test_later_steps_do_not_matter(entry):
    """So padding at the end leaves the answers before it as they were."""
    model, arrays = model_of(entry.name), inputs_of(entry)
    steps = SIZES["steps"]
    padded = {
        name: np.pad(array, ((0, 0), (0, 2), (0, 0)), constant_values=9)
        for name, array in arrays.items()
    }
    found = answer(model, padded)[:, :steps]
    np.testing.assert_allclose(found, answer(model, arrays), atol=1e-6)


RECURRENT = [entry for entry in SEQUENTIAL if entry.inputs == SEQUENCE]


@pytest.mark.parametrize("entry", RECURRENT, ids=lambda entry: entry.name)
def test_masked_steps_do_not_matter(entry):
    """A sequence that ends with masked steps leaves the state of its last real one."""
    layer = model_of(entry.name).layers[-1]
    (sequences,) = inputs_of(entry).values()
    mask = np.arange(SIZES["steps"])[None] < np.array([[4], [2], [1]])
    garbage = np.where(mask[..., None], sequences, 1e3).astype("float32")
    found = np.asarray(layer(garbage, mask=mask))
    for row, steps in enumerate(mask.sum(1)):
        expected = layer(sequences[row : row + 1, :steps])[0]
        np.testing.assert_allclose(found[row, :steps], expected, atol=1e-6)
        np.testing.assert_allclose(found[row, -1], expected[-1], atol=1e-6)
