"""Functions and methods take NumPy arrays, and give what tensors give, on every backend."""

import inspect

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import layers
from keras_memory.layers.layer import Layer

# Methods without tensors: of sizes, names and layers.
WITHOUT_TENSORS = {
    "build_heads",
    "built_widths",
    "count",
    "get_initial_state",
    "initial_state",
    "is_stored",
}


def array(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape).astype("float32")


def rows(*shape):
    """Weights that sum to 1."""
    powers = np.exp(array(*shape))
    return powers / powers.sum(-1, keepdims=True)


def sign(*shape):
    return np.sign(array(*shape))


PAIR = array(2, 3, 4), array(2, 5, 4)
SEQUENCES, MEMORY, SCORES = array(2, 3, 4), array(2, 6, 4), array(2, 3, 5)
STEP = array(2, 4), array(2, 5), array(2, 5)  # an input, and the states of an LSTM
NTM_SIZES = (5, 5, 5, 7, 7, 35)  # of the states of the cell below


def built(layer, *inputs, **named):
    layer(*inputs, **named)
    return layer


def holding(layer, *sides):
    return built(layer, *(sign(4, units) for units in sides), training=True)


def cell():
    ntm = layers.NTMCell(keras.layers.LSTMCell(5), memory_slots=7, memory_width=5)
    return built(layers.MemoryRNN(ntm), SEQUENCES).cell


def compared(score, query, key):
    return score.compare(query, score.prepare(key))


def read(attention, query, key):
    return attention.reader(key, key)(query)


def pointed(attention, query, key):
    return attention.reader(key)(query)


def stepped(rnn, inputs, *states):
    output, states, *_ = rnn.step(inputs, list(states), rnn.reader(MEMORY))
    return [output, *states]


def method(name):
    return lambda layer, *arrays: getattr(layer, name)(*arrays)


# The functions, which have no layer.
FUNCTIONS = {
    "interpolate_weights": [rows(2, 1, 1), rows(2, 1, 5), rows(2, 1, 5)],
    "circular_shift": [rows(2, 1, 5), rows(2, 1, 3)],
    "sharpen_weights": [rows(2, 1, 5), 1 + rows(2, 1, 1)],
    "read_memory": [array(2, 5, 4), rows(2, 3, 5)],
    "write_memory": [array(2, 5, 4), rows(2, 3, 5), rows(2, 3, 4), array(2, 3, 4)],
}
SCORE_NAMES = ["Additive", "Bilinear", "Cosine", "Dot", "ScaledDot", "Separate"]
MEMORIES = {
    "ContinuousMemory": lambda: layers.ContinuousMemory(7, beta=0.5),
    "ContinuousMemory_dot": lambda: layers.ContinuousMemory(7, 0.5, "dot"),
    "DenseAssociativeMemory": lambda: layers.DenseAssociativeMemory(7),
    "DenseAssociativeMemory_power": lambda: layers.DenseAssociativeMemory(
        7, 3, updates="asynchronous"
    ),
    "HopfieldMemory": lambda: layers.HopfieldMemory(),
    "HopfieldMemory_storkey": lambda: layers.HopfieldMemory("storkey"),
    "HopfieldMemory_projection": lambda: layers.HopfieldMemory("pseudo_inverse"),
}
OF_MEMORIES = ["update", "energy", "recall", "store"]

# By the methods: how a layer is made, which method is called, and the arrays.
CASES = {
    **{f"{name}Score.compare.prepare": (name, compared, PAIR) for name in SCORE_NAMES},
    "Softmax.select": (layers.Softmax, method("select"), [SCORES]),
    "Sparsemax.select": (layers.Sparsemax, method("select"), [SCORES]),
    "TopKSoftmax.select": (lambda: layers.TopKSoftmax(2), method("select"), [SCORES]),
    "ArgMax.select": (layers.ArgMax, method("select"), [SCORES]),
    "ArgMax.one_hot": (layers.ArgMax, method("one_hot"), [SCORES]),
    "Sample.select": (lambda: layers.Sample(seed=1), method("select"), [SCORES]),
    "Sample.gumbel": (lambda: layers.Sample(seed=1), method("gumbel"), [SCORES]),
    "StraightThroughGumbel.select": (
        lambda: layers.StraightThroughGumbel(seed=1),
        method("select"),
        [SCORES],
    ),
    "Attention.weigh": (
        lambda: built(layers.Attention(), *PAIR),
        lambda attention, query, key: attention.weigh(query, attention.score.prepare(key)),
        PAIR,
    ),
    "Attention.read": (layers.Attention, method("read"), [rows(2, 3, 5), PAIR[1]]),
    "HopfieldAttention.scale": (
        lambda: built(layers.HopfieldAttention(), *PAIR),
        method("scale"),
        [SCORES],
    ),
    "Attention.reader": (lambda: built(layers.Attention(), *PAIR), read, PAIR),
    "MultiHeadAttention.reader": (
        lambda: built(layers.MultiHeadAttention(2, 3), *PAIR),
        read,
        PAIR,
    ),
    "HopfieldAttention.reader": (
        lambda: built(layers.HopfieldAttention(updates=2), *PAIR),
        read,
        PAIR,
    ),
    "HopfieldAssociation.reader": (
        lambda: built(layers.HopfieldAssociation(2, 3), *PAIR),
        read,
        PAIR,
    ),
    "PointerAttention.reader": (
        lambda: built(layers.PointerAttention(), *PAIR),
        pointed,
        PAIR,
    ),
    "IndexLogits.reader": (lambda: built(layers.IndexLogits(4), *PAIR), pointed, PAIR),
    "AttentionRNN.step": (
        lambda: built(layers.AttentionRNN(keras.layers.LSTMCell(5)), SEQUENCES, MEMORY),
        stepped,
        STEP,
    ),
    "WindowRNN.step.initial_states": (
        lambda: built(layers.WindowRNN(keras.layers.LSTMCell(5)), SEQUENCES, MEMORY),
        lambda rnn, x, memory: rnn.step(x, rnn.initial_states(memory), memory)[0],
        [array(2, 4), MEMORY],
    ),
    "GaussianWindowAttention.step": (
        lambda: built(layers.GaussianWindowAttention(3), SEQUENCES, MEMORY),
        method("step"),
        [array(2, 4), MEMORY, array(2, 3)],
    ),
    "StrokeMixture.distribution": (
        lambda: layers.StrokeMixture(2),
        lambda layer, parameters: [*layer.distribution(parameters, 0.5).values()],
        [array(2, 13)],
    ),
    "PointerRNN.step": (
        lambda: built(layers.PointerRNN(keras.layers.LSTMCell(5)), SEQUENCES, MEMORY),
        stepped,
        STEP,
    ),
    "NTMCell.trace": (cell, method("trace"), [SEQUENCES]),
    "NTMCell.head_parameters": (cell, method("head_parameters"), [array(2, 5)]),
    "NTMCell.pack.unpack.by_name": (
        cell,
        lambda cell, *states: [cell.pack(cell.unpack(states)), cell.by_name(states)],
        [array(2, size) for size in NTM_SIZES],
    ),
    "NTMCell.step": (
        cell,
        lambda cell, inputs, *states: cell.step(inputs, cell.unpack(states)),
        [array(2, size) for size in (4, *NTM_SIZES)],
    ),
    "LinearChainCRF.viterbi": (
        lambda: built(layers.LinearChainCRF(), SEQUENCES),
        method("viterbi"),
        [SEQUENCES],
    ),
    "LinearChainCRF.log_likelihood": (
        lambda: built(layers.LinearChainCRF(), SEQUENCES),
        method("log_likelihood"),
        [SEQUENCES, np.ones((2, 3), "int32")],
    ),
    "LetterNGrams.hashes": (
        lambda: layers.LetterNGrams(4, 50),
        lambda layer, letters: layer.hashes(letters, 2),
        [np.ones((2, 3), "int32")],
    ),
    "ElmanCell.by_name": (
        lambda: layers.ElmanCell(5),
        lambda cell, state: cell.by_name([state]),
        [array(2, 5)],
    ),
    "JordanCell.by_name": (
        lambda: layers.JordanCell(4, 5),
        lambda cell, state: cell.by_name([state]),
        [array(2, 5)],
    ),
    "NeuralDeQue.in_order": (
        lambda: layers.NeuralDeQue(3),
        method("in_order"),
        [array(2, 5, 2)],
    ),
    "StackRNNCell.action_probabilities": (
        lambda: built(layers.MemoryRNN(layers.StackRNNCell(5)), SEQUENCES).cell,
        method("action_probabilities"),
        [array(2, 5)],
    ),
    "StructuredMemoryCell.signals": (
        lambda: (
            built(
                layers.MemoryRNN(
                    layers.StructuredMemoryCell(
                        keras.layers.LSTMCell(5), layers.NeuralDeQue(3)
                    )
                ),
                SEQUENCES,
            ).cell
        ),
        method("signals"),
        [array(2, 5)],
    ),
    "LearnedDenseMemory.overlaps": (
        lambda: built(layers.LearnedDenseMemory(3, memories=5), array(2, 6)),
        method("overlaps"),
        [array(2, 6)],
    ),
    **{
        f"{name}.{method_name}": (name, method(method_name), [sign(3, 6)])
        for name in MEMORIES
        for method_name in OF_MEMORIES
    },
    "ContinuousMemory.update of what is known": (
        "ContinuousMemory",
        lambda memory, cues, known: memory.update(cues, known=known),
        [sign(3, 6), sign(3, 6) > 0],
    ),
    **{
        f"BidirectionalMemory.{method_name}": (
            lambda: holding(layers.BidirectionalMemory(), 6, 4),
            method(method_name),
            [sign(3, 6), sign(3, 4)],
        )
        for method_name in OF_MEMORIES
    },
}


def made(make):
    """The layer; of names, a score or a memory."""
    keras.utils.set_random_seed(3)
    if make in SCORE_NAMES:
        return built(getattr(layers, f"{make}Score")(), *PAIR)
    return holding(MEMORIES[make](), 6) if make in MEMORIES else make()


def numbers(layer, outputs):
    """What was returned, and what the layer has stored."""
    outputs = [*keras.tree.flatten(outputs), *(layer.weights if layer else [])]
    return [ops.convert_to_numpy(output) for output in outputs if output is not None]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_take_arrays(name):
    function, arrays = getattr(layers, name), FUNCTIONS[name]
    expected = function(*map(ops.convert_to_tensor, arrays))
    np.testing.assert_allclose(function(*arrays), expected, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_methods_take_arrays(name):
    make, call, arrays = CASES[name]
    one, other = made(make), made(make)
    found = numbers(one, call(one, *arrays))
    expected = numbers(other, call(other, *map(ops.convert_to_tensor, arrays)))
    assert found
    for array, tensor in zip(found, expected, strict=True):
        np.testing.assert_allclose(array, tensor, atol=1e-6)


def test_arrays_are_as_wide_as_the_tensors_beside_them():
    """NumPy makes float64 of what has no dtype."""
    arrays = [a.astype("float64") for a in (rows(2, 1, 5), rows(2, 1, 4), array(2, 1, 4))]
    written = layers.write_memory(ops.ones((2, 5, 4)), *arrays)
    assert keras.backend.standardize_dtype(written.dtype) == "float32"


def test_a_score_of_ones_own_takes_arrays():
    class Distance(layers.Score):
        def compare(self, query, key):
            return -ops.sum((query[..., :, None, :] - key[..., None, :, :]) ** 2, axis=-1)

    expected = Distance()(*PAIR)
    np.testing.assert_allclose(Distance().compare(PAIR[0], PAIR[1]), expected, atol=1e-6)


def test_every_method_is_tried():
    """Of all that layers add to the methods of `keras.layers.Layer`."""
    tried = {part for name in CASES for part in name.split(" ")[0].split(".")}
    for name in layers.__all__:
        layer = getattr(layers, name)
        if inspect.isclass(layer) and issubclass(layer, Layer):
            for public, _ in inspect.getmembers(layer, inspect.isfunction):
                is_added = public[0] != "_" and not hasattr(keras.layers.Layer, public)
                if is_added and public not in WITHOUT_TENSORS:
                    assert public in tried, f"{name}.{public}"
