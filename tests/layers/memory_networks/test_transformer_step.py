import numpy as np
import pytest
from keras import ops

from keras_memory.layers import TransformerStep


def wide(tensor):
    return np.asarray(ops.convert_to_numpy(tensor), "float64")


def in_numpy(layer, x, mask):
    """Heads, residuals and normalisations of one sequence."""
    heads = layer.attention
    q, k, v = (
        np.einsum("tc,chd->htd", x, wide(dense.kernel)) + wide(dense.bias)[:, None]
        for dense in (heads.query_dense, heads.key_dense, heads.value_dense)
    )
    scores = np.einsum("htd,hsd->hts", q, k) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max()) * mask
    weights = powers / powers.sum(axis=-1, keepdims=True)
    read = np.einsum("hts,hsd,hdo->to", weights, v, wide(heads.output_dense.kernel))

    def normal(rows, norm):
        centred = rows - rows.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-6)
        return centred / deviation * wide(norm.gamma) + wide(norm.beta)

    a = normal(x + read + wide(heads.output_dense.bias), layer.norms[0])
    hidden = np.maximum(a @ wide(layer.hidden.kernel) + wide(layer.hidden.bias), 0)
    changed = hidden @ wide(layer.transition.kernel) + wide(layer.transition.bias)
    return normal(a + changed, layer.norms[1]), weights


@pytest.fixture
def layer(rng):
    layer = TransformerStep(num_heads=2, hidden_dim=7, dropout=0.5)
    layer.build((None, None, 6))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])
    return layer


def test_the_equations_in_numpy(rng, layer):
    x = rng.normal(size=(2, 5, 6)).astype("float32")
    mask = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 0, 0]], bool)
    vectors, attention = layer(x, mask=mask)
    for row in range(2):
        y, weights = in_numpy(layer, x[row] * mask[row][:, None], mask[row])
        weights *= mask[row][:, None]
        np.testing.assert_allclose(wide(attention)[row], weights, atol=1e-5)
        np.testing.assert_allclose(
            wide(vectors)[row], y * mask[row][:, None], rtol=1e-4, atol=1e-4
        )


def test_dropout_is_of_training_alone(rng, layer):
    x = rng.normal(size=(2, 5, 6)).astype("float32")
    np.testing.assert_array_equal(wide(layer(x)[0]), wide(layer(x)[0]))
    assert not np.allclose(wide(layer(x, training=True)[0]), wide(layer(x)[0]))


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="positive integer for hidden_dim. Received: 0"):
        TransformerStep(2, 0)
    with pytest.raises(ValueError, match="width that num_heads=3 divides.*Received: .*8"):
        TransformerStep(3, 4)(np.ones((1, 2, 8), "float32"))
