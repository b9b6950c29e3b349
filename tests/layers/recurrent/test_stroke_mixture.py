"""The density of the next point, against equations 18 to 26 of Graves (2013) in float64."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import StrokeMixture, StrokeMixtureLoss

COMPONENTS = 4


@pytest.fixture
def parameters(rng):
    return rng.normal(size=(3, 5, 1 + 6 * COMPONENTS)).astype("float32")


@pytest.fixture
def points(rng):
    end = rng.integers(0, 2, (3, 5, 1))
    return np.concatenate([rng.normal(size=(3, 5, 2)), end], axis=-1).astype("float32")


def density(parameters, point, bias=0.0):
    """p(Δx, Δy, end) of one point."""
    parameters, (x, y, end) = np.asarray(parameters, "float64"), np.asarray(point, "float64")
    e = 1 / (1 + np.exp(-parameters[0]))
    pi, mx, my, sx, sy, rho = np.split(parameters[1:], 6)
    pi = np.exp((1 + bias) * pi) / np.exp((1 + bias) * pi).sum()
    sx, sy, rho = np.exp(sx - bias), np.exp(sy - bias), 0.999 * np.tanh(rho)
    u, v = (x - mx) / sx, (y - my) / sy
    z = u**2 + v**2 - 2 * rho * u * v
    normal = np.exp(-z / (2 * (1 - rho**2))) / (2 * np.pi * sx * sy * np.sqrt(1 - rho**2))
    return np.sum(pi * normal) * (e if end else 1 - e)


def test_nats_are_those_of_the_density(parameters, points):
    found = ops.convert_to_numpy(StrokeMixtureLoss(reduction=None)(points, parameters))
    expected = [
        [-np.log(density(p, x)) for p, x in zip(*row, strict=True)]
        for row in zip(parameters, points, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("bias", [0.0, 0.7])
def test_the_distribution_is_that_of_the_density(parameters, points, bias):
    found = {
        name: ops.convert_to_numpy(array)[0, 0].astype("float64")
        for name, array in StrokeMixture(COMPONENTS).distribution(parameters, bias).items()
    }
    place, end = points[0, 0, :2], points[0, 0, 2]
    total = 0
    for j in range(COMPONENTS):
        deviations = found["deviations"][j]
        covariance = np.outer(deviations, deviations)
        covariance[[0, 1], [1, 0]] *= found["correlations"][j]
        difference = place - found["means"][j]
        power = difference @ np.linalg.solve(covariance, difference)
        normal = np.exp(-power / 2) / (2 * np.pi * np.sqrt(np.linalg.det(covariance)))
        total += found["weights"][j] * normal
    total *= found["end"] if end else 1 - found["end"]
    np.testing.assert_allclose(
        total, density(parameters[0, 0], points[0, 0], bias), rtol=1e-3
    )


def test_the_density_sums_to_one(parameters):
    grid = np.linspace(-30, 30, 601)
    places = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
    broad = parameters[0, :1].copy()
    broad[:, 1 + 3 * COMPONENTS : 1 + 5 * COMPONENTS] = 0.5  # log σ
    nats = StrokeMixtureLoss(reduction=None)
    total = 0
    for end in (0, 1):
        points = np.concatenate([places, np.full((len(places), 1), end)], axis=-1)
        found = nats(points.astype("float32"), np.repeat(broad, len(points), axis=0))
        total += np.exp(-ops.convert_to_numpy(found).astype("float64")).sum() * 0.01
    np.testing.assert_allclose(total, 1, atol=2e-3)


@pytest.mark.parametrize("size", [1e2, 1e8])
def test_extremes_are_finite(parameters, points, size):
    nats = ops.convert_to_numpy(StrokeMixtureLoss(reduction=None)(points, size * parameters))
    assert np.isfinite(nats).all()


def test_with_weights_the_loss_is_a_mean_of_real_points(parameters, points):
    weights = np.arange(5) < np.array([[5], [2], [0]])
    loss = StrokeMixtureLoss()
    each = ops.convert_to_numpy(StrokeMixtureLoss(reduction=None)(points, parameters))
    found = loss(points, parameters, sample_weight=weights.astype("float32"))
    np.testing.assert_allclose(float(found), each[weights].mean(), rtol=1e-5)
    again = StrokeMixtureLoss.from_config(loss.get_config())
    assert again.reduction == "mean_with_sample_weight"


def test_bad_arguments(parameters, points):
    with pytest.raises(ValueError, match="components"):
        StrokeMixture(0)
    with pytest.raises(ValueError, match="Expected points"):
        StrokeMixtureLoss()(points[..., :2], parameters)
    with pytest.raises(ValueError, match="Expected points"):
        StrokeMixtureLoss()(points, parameters[..., :-1])


def test_half_precision_is_widened(parameters, points):
    half = ops.cast(parameters, "bfloat16")
    found = StrokeMixture(COMPONENTS).distribution(half)
    assert all(keras.backend.standardize_dtype(a.dtype) == "float32" for a in found.values())
