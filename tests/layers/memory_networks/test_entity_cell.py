import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import EntityMemoryCell, MemoryRNN


def random_cell(rng, **arguments):
    cell = EntityMemoryCell(slots=5, dim=4, **arguments)
    rnn = MemoryRNN(cell, return_sequences=True, return_state=True)
    rnn.build((None, None, 4))
    rnn.set_weights([rng.normal(size=w.shape) for w in rnn.get_weights()])
    return cell, rnn


def weights_of(cell):
    names = "keys", "content_kernel", "key_kernel", "input_kernel", "slopes"
    return [np.asarray(ops.convert_to_numpy(getattr(cell, n)), "float64") for n in names]


def in_numpy(sentences, cell):
    """The paper's equations, slot by slot."""
    w, u, v, kernel, alpha = weights_of(cell)
    h, gates = w.copy(), []
    for s in sentences:
        if not s.any():
            gates.append(np.zeros(len(h)))
            continue
        g = np.zeros(len(h))
        for j in range(len(h)):
            g[j] = 1 / (1 + np.exp(-(s @ h[j] + s @ w[j])))
            x = h[j] @ u + w[j] @ v + s @ kernel
            new = h[j] + g[j] * np.where(x > 0, x, alpha * x)
            h[j] = new / np.sqrt(new @ new)
        gates.append(g)
    return np.array(gates), h


def test_the_paper_in_numpy(rng):
    cell, rnn = random_cell(rng)
    sentences = rng.normal(size=(3, 6, 4)).astype("float32")
    gates, entities = map(ops.convert_to_numpy, rnn(sentences))
    for row, story in enumerate(sentences):
        expected_gates, expected = in_numpy(story.astype("float64"), cell)
        np.testing.assert_allclose(gates[row], expected_gates, atol=1e-5)
        np.testing.assert_allclose(entities[row].reshape(5, 4), expected, atol=1e-5)


def test_contents_have_norm_one(rng):
    _, rnn = random_cell(rng)
    entities = ops.convert_to_numpy(rnn(rng.normal(size=(2, 3, 4)).astype("float32"))[1])
    norms = np.linalg.norm(entities.reshape(2, 5, 4), axis=-1)
    np.testing.assert_allclose(norms, 1, atol=1e-5)


def test_padding_changes_nothing_wherever_it_is(rng):
    """Sentences of zeros, without any mask: exactly the state of the story without them."""
    _, rnn = random_cell(rng)
    story = rng.normal(size=(2, 4, 4)).astype("float32")
    padded = np.zeros((2, 9, 4), "float32")
    padded[:, [0, 3, 4, 7]] = story
    gates, entities = map(ops.convert_to_numpy, rnn(story))
    padded_gates, padded_entities = map(ops.convert_to_numpy, rnn(padded))
    np.testing.assert_allclose(padded_entities, entities, atol=1e-6)
    np.testing.assert_allclose(padded_gates[:, [0, 3, 4, 7]], gates, atol=1e-6)
    assert not padded_gates[:, [1, 2, 5, 6, 8]].any()


def test_an_empty_story_is_the_keys(rng):
    cell, rnn = random_cell(rng)
    entities = ops.convert_to_numpy(rnn(np.zeros((1, 2, 4), "float32"))[1])
    np.testing.assert_array_equal(entities.reshape(5, 4), ops.convert_to_numpy(cell.keys))


def test_an_activation_takes_the_place_of_learned_slopes(rng):
    cell, rnn = random_cell(rng, activation="tanh")
    assert not hasattr(cell, "slopes") and len(rnn.get_weights()) == 4
    sentence = rng.normal(size=(1, 1, 4)).astype("float32")
    w, u, v, kernel = (
        ops.convert_to_numpy(getattr(cell, n))
        for n in ("keys", "content_kernel", "key_kernel", "input_kernel")
    )
    gate = 1 / (1 + np.exp(-2 * sentence[0, 0] @ w.T))
    new = w + gate[:, None] * np.tanh(w @ u + w @ v + sentence[0, 0] @ kernel)
    expected = new / np.linalg.norm(new, axis=-1, keepdims=True)
    entities = ops.convert_to_numpy(rnn(sentence)[1])
    np.testing.assert_allclose(entities.reshape(5, 4), expected, atol=1e-5)


def test_wrong_sizes_are_refused():
    for sizes in ((0, 4), (5, 0)):
        with pytest.raises(ValueError, match="Expected .*positive"):
            EntityMemoryCell(*sizes)
    with pytest.raises(ValueError, match=r"Expected inputs of dim=4 .*Received: \(None, 3\)"):
        EntityMemoryCell(5, 4).build((None, 3))


def test_a_config_makes_the_same_cell(rng):
    cell = EntityMemoryCell(5, 4, activation="tanh", kernel_initializer="ones")
    again = EntityMemoryCell.from_config(cell.get_config())
    assert again.get_config() == cell.get_config()
    assert keras.activations.serialize(again.activation) == "tanh"
