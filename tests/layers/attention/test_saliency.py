import numpy as np
import pytest

from keras_memory.layers import KWinners, SaliencyGate, WinnerTakeAllPooling

BATCH, ITEMS, DIM = 2, 6, 3


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(BATCH, ITEMS, DIM)).astype("float32")


@pytest.fixture
def real():
    return np.array([[1, 1, 0, 1, 0, 1], [0, 0, 1, 0, 0, 0]], bool)


@pytest.mark.parametrize("per_feature", [False, True])
def test_gate(per_feature, inputs, real, naive):
    layer = SaliencyGate(per_feature)
    gated, gates = layer(inputs, mask=real, return_attention_scores=True)
    kernel, bias = layer.get_weights()
    expected = naive.sigmoid(inputs.astype("float64") @ kernel + bias) * real[..., None]
    np.testing.assert_allclose(gates, expected, atol=1e-6)
    np.testing.assert_allclose(gated, inputs * expected, atol=1e-6)


def winners(values, k):
    winning = np.zeros_like(values)
    for feature in range(values.shape[1]):
        for item in np.argsort(-values[:, feature])[:k]:
            winning[item, feature] = values[item, feature]
    return winning


@pytest.mark.parametrize("k", [1, 2, ITEMS])
def test_k_winners(k, inputs, real):
    expected = [winners(values, k) for values in inputs]
    np.testing.assert_array_equal(KWinners(k)(inputs), expected)
    found = np.asarray(KWinners(k)(inputs, mask=real))
    for values, here, gated in zip(inputs, real, found, strict=True):
        np.testing.assert_array_equal(gated[here], winners(values[here], k))
        np.testing.assert_array_equal(gated[~here], 0)


@pytest.mark.parametrize("k", [1, 2])
def test_winner_take_all_pooling(k, inputs, real):
    found = WinnerTakeAllPooling(k)(inputs, mask=real)
    for values, here, pooled in zip(inputs, real, found, strict=True):
        largest = np.sort(values[here], axis=0)[-k:]
        np.testing.assert_allclose(pooled, largest.mean(0), atol=1e-6)
    nothing = np.zeros((BATCH, ITEMS), bool)
    np.testing.assert_array_equal(WinnerTakeAllPooling(k)(inputs, mask=nothing), 0)


@pytest.mark.parametrize(
    "layer", [SaliencyGate(), KWinners(2), WinnerTakeAllPooling(), WinnerTakeAllPooling(2)]
)
def test_padding_does_not_matter(layer, inputs, real):
    expected = np.asarray(layer(inputs, mask=real))
    longer = np.pad(inputs, ((0, 0), (0, 2), (0, 0)), constant_values=1e6)
    found = np.asarray(layer(longer, mask=np.pad(real, ((0, 0), (0, 2)))))
    found = found[:, :ITEMS] if found.ndim == 3 else found
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_more_winners_than_items(inputs):
    for make in (KWinners, WinnerTakeAllPooling):
        with pytest.raises(ValueError, match="at least k=7 .*Received: 6"):
            make(7)(inputs)
        with pytest.raises(ValueError, match="positive integer for k. Received: 0"):
            make(0)
    with pytest.raises(ValueError, match=r"mask of shape \(2, 6\). Received: \(6,\)"):
        KWinners(2)(inputs, mask=np.ones(ITEMS, bool))
