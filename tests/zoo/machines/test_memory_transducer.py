import keras
import numpy as np
import pytest
from keras import ops

from keras_memory import zoo
from keras_memory.zoo import MemoryTransducer

SYMBOLS = 3
SIZES = {"controller_units": 6, "embedding_units": 4, "memory_width": 3}
STRUCTURES = "stack", "queue", "deque", "lstm"
# Of lengths 3, 1 and 4.
SOURCE = np.array([[1, 2, 3, 0], [2, 0, 0, 0], [3, 3, 1, 2]], "int32")
TARGET = np.array([[3, 2, 0], [1, 0, -1], [2, 2, 2]], "int32")


def model_of(structure, **arguments):
    """Whose weights do something everywhere."""
    keras.utils.set_random_seed(2)
    model = MemoryTransducer(SYMBOLS, SYMBOLS, structure, **{**SIZES, **arguments})
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def read_by_hand(model, source, symbols):
    """Logits after a source, a mark and symbols, each of which the cell takes by itself."""
    marked = [*source, SYMBOLS + 1, *(SYMBOLS + 1 + np.array(symbols, int))]
    states = model.memory.get_initial_state(1, 20)
    for number in marked:
        inputs = model.embed(np.array([number]))
        outputs, states = model.memory.cell(inputs, states)
    return ops.convert_to_numpy(model.to_logits(outputs))[0]


@pytest.mark.parametrize("structure", STRUCTURES)
def test_logits_are_of_the_source_and_the_target_so_far(structure):
    model = model_of(structure)
    logits = model({"source": SOURCE, "target": TARGET})
    assert logits.shape == (3, 3, SYMBOLS + 1)
    for source, target, row in zip(SOURCE, TARGET, logits, strict=True):
        for step in range(3):
            if -1 in target[: step + 1]:
                continue
            expected = read_by_hand(model, source[source > 0], target[:step])
            np.testing.assert_allclose(row[step], expected, atol=1e-5)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_solve_reads_what_it_wrote(structure):
    model = model_of(structure)
    found = ops.convert_to_numpy(model.solve(SOURCE, steps=5))
    assert found.shape == (3, 5)
    for source, row in zip(SOURCE, found, strict=True):
        written = []
        for _ in range(5):
            largest = read_by_hand(model, source[source > 0], written).argmax()
            if largest == 0:
                break
            written.append(largest)
        np.testing.assert_array_equal(row, written + [0] * (5 - len(written)))


def test_solve_writes_up_to_twice_the_source_and_is_an_endpoint():
    model = model_of("queue")
    found = ops.convert_to_numpy(model.solve(SOURCE))
    assert found.shape == (3, 8)
    function, _ = model.endpoints()["serving_default"]
    np.testing.assert_array_equal(function(SOURCE)["target"], found)


def test_a_trace_has_the_strengths_of_every_step():
    model = model_of("deque")
    trace = model.trace({"source": SOURCE, "target": TARGET})
    np.testing.assert_array_equal(trace["symbols"][0], [1, 2, 3, 4, 7, 6, 0])
    np.testing.assert_array_equal(trace["symbols"][1], [2, 4, 5, 4, 0, 0, 0][:4] + [0] * 3)
    assert trace["strengths_0"].shape == (3, 7, 7, 2)
    assert trace["values_0"].shape == (3, 7, 7, 2, SIZES["memory_width"])
    assert not trace["strengths_0"][:, 0, :-1].any()  # before anything else was pushed
    assert list(model_of("lstm").trace({"source": SOURCE, "target": TARGET})) == ["symbols"]


@pytest.mark.parametrize(
    "arguments", [{}, {"structures": 2}, {"controller_layers": 2}], ids=str
)
def test_saved_and_loaded(arguments, tmp_path):
    model = model_of("stack", **arguments)
    model.save_to_preset(tmp_path / "preset")
    again = zoo.from_preset(tmp_path / "preset")
    assert again.get_config() == model.get_config()
    inputs = {"source": SOURCE, "target": TARGET}
    np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)


@pytest.mark.slow
def test_it_learns_to_reverse():
    rng = np.random.default_rng(3)
    keras.utils.set_random_seed(0)
    model = MemoryTransducer(SYMBOLS, SYMBOLS, "stack", controller_units=20, memory_width=8)
    model.compile(keras.optimizers.Adam(0.01), loss=model.loss, jit_compile=False)
    source = rng.integers(1, SYMBOLS + 1, (3_000, 4)).astype("int32")
    target = np.pad(source[:, ::-1], ((0, 0), (0, 1)))
    inputs = {"source": source, "target": target}
    model.fit(inputs, target, batch_size=32, epochs=5, verbose=0)
    written = ops.convert_to_numpy(model.solve(source[:300], steps=5))
    assert (written == target[:300]).mean() > 0.8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"structure": "heap"}, "'deque', 'lstm' for structure. Received: 'heap'"),
        ({"structure": "stack", "structures": 0}, "positive integer for structures"),
        ({"structure": "stack", "memory_width": 0}, "positive integer for memory_width"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        MemoryTransducer(SYMBOLS, SYMBOLS, **arguments)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (SOURCE + 3, "whole numbers from 1 to 3, then zeros. Received: .*from 3 to 6"),
        (SOURCE[:, ::-1], "then zeros"),
        (SOURCE[0], r"shape \(4,\)"),
        (SOURCE * 1.0, "float64"),
    ],
)
def test_bad_sources(source, message):
    with pytest.raises(ValueError, match=message):
        model_of("queue").solve(source)
    with pytest.raises(ValueError, match="positive integer for steps. Received: 0"):
        model_of("queue").solve(SOURCE, steps=0)
