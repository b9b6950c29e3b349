import keras
import numpy as np
import pytest

from keras_memory.layers import ArgMax, LinearStart, MemoryHop, MemorySlots

BATCH, SLOTS, DIM = 2, 5, 4


@pytest.fixture
def arrays(rng):
    shapes = (BATCH, DIM), (BATCH, SLOTS, DIM), (BATCH, SLOTS, DIM)
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


def test_formula(arrays, naive):
    state, outputs, inputs = arrays
    layer = MemoryHop(mapped=True, activation="relu")
    found, weights = layer(state, outputs, inputs, return_attention_scores=True)
    kernel = np.asarray(layer.kernel, "float64")
    for b in range(BATCH):
        w = naive.softmax([state[b] @ slot for slot in inputs[b]])
        expected = np.maximum(state[b] @ kernel + naive.read(outputs[b], w), 0)
        np.testing.assert_allclose(weights[b], w, atol=1e-5)
        np.testing.assert_allclose(found[b], expected, atol=1e-5)


def test_without_a_map_the_state_is_kept(arrays):
    state, outputs, inputs = arrays
    layer = MemoryHop(selection=ArgMax())
    best = np.einsum("bd,bsd->bs", state, inputs).argmax(axis=-1)
    expected = state + outputs[np.arange(BATCH), best]
    np.testing.assert_allclose(layer(state, outputs, inputs), expected, atol=1e-6)
    assert not layer.weights


def test_widths_must_agree(arrays):
    state, outputs, inputs = arrays
    with pytest.raises(ValueError, match="same width for hop. Received: query"):
        MemoryHop(name="hop")(state, outputs[..., :3], inputs)


@pytest.mark.parametrize(
    ("size", "readable"),
    [
        (2, [[1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]),
        (4, [[1, 1, 1, 1, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 0]]),
        (7, [[1] * 7, [1] * 7, [1] * 7]),
    ],
)
def test_empty_slots_fill_a_memory_up_to_its_size(size, readable):
    """Stories of 3, 1 and no sentence, padded to 5."""
    is_sentence = np.arange(5) < np.array([[3], [1], [0]])
    memories = np.where(is_sentence[..., None], 1.0, 0.0).astype("float32")
    slots, mask = MemorySlots(size)(memories, is_sentence)
    np.testing.assert_array_equal(mask, np.array(readable, bool))
    np.testing.assert_array_equal(slots[:, :5], memories)
    assert not np.asarray(slots)[:, 5:].any()


def test_a_linear_start_hands_on_the_scores(rng):
    scores = rng.normal(size=(2, 3, 4)).astype("float32")
    mask = np.array([True, True, False, True])
    layer = LinearStart("sparsemax")
    plain = keras.ops.convert_to_numpy(layer.selection(scores, mask=mask))
    np.testing.assert_array_equal(layer(scores, mask=mask), plain)
    layer.linear.assign(1)
    np.testing.assert_array_equal(layer(scores, mask=mask), np.where(mask, scores, 0))
    np.testing.assert_array_equal(layer(scores), scores)
    layer.linear.assign(0)
    np.testing.assert_array_equal(layer(scores, mask=mask), plain)
