import numpy as np
import pytest

from keras_memory.layers import Occlusion

ROWS, COLUMNS = 4, 6


@pytest.fixture(scope="module")
def hidden():
    """Of each of many images, which points are hidden."""
    ones = np.ones((2000, ROWS * COLUMNS), "float32")
    seen = np.asarray(Occlusion((ROWS, COLUMNS), seed=3)(ones, training=True))
    assert set(np.unique(seen)) == {0, 1}
    return seen.reshape(-1, ROWS, COLUMNS) == 0


def test_one_side_of_a_line_is_hidden(hidden):
    of_rows, of_columns = hidden.all(axis=2), hidden.all(axis=1)
    whole_rows = (hidden == of_rows[:, :, None]).all(axis=(1, 2))
    whole_columns = (hidden == of_columns[:, None, :]).all(axis=(1, 2))
    assert (whole_rows | whole_columns).all()
    for lines in (of_rows[whole_rows], of_columns[whole_columns]):
        assert (np.abs(np.diff(lines.astype(int))).sum(axis=1) <= 1).all()


def test_every_line_and_side_comes_up(hidden):
    """A share of the points that is uniform, and each of the four ways as often."""
    shares = hidden.mean(axis=(1, 2))
    assert 0.45 < shares.mean() < 0.55
    assert {0, 1} < set(shares)
    corners = hidden[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    two_sides = corners[corners.sum(axis=1) == 2]
    kinds, counts = np.unique(two_sides, axis=0, return_counts=True)
    assert len(kinds) == 4  # above, below, left, right
    assert counts.min() > 0.8 * counts.mean()


def test_what_is_not_hidden_stays(rng):
    images = rng.normal(size=(50, ROWS * COLUMNS)).astype("float32")
    layer = Occlusion((ROWS, COLUMNS), seed=1)
    np.testing.assert_array_equal(layer(images), images)
    found = np.asarray(layer(images, training=True))
    assert (found == 0).any()
    np.testing.assert_array_equal(found[found != 0], images[found != 0])
    assert not np.array_equal(layer(images, training=True), found)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Occlusion((4,)), r"Expected rows and columns for shape. Received: \(4,\)"),
        (lambda: Occlusion(28), "Expected rows and columns for shape. Received: 28"),
        (lambda: Occlusion((4, 0)), "Expected a positive integer for shape. Received: 0"),
        (
            lambda: Occlusion((4, 6), name="hides")(np.ones((2, 9))),
            r"Expected images \(batch, 24\) for hides. Received: shape \(2, 9\)",
        ),
    ],
)
def test_mistakes(make, message):
    with pytest.raises(ValueError, match=message):
        make()
