import numpy as np
import pytest

from keras_memory.zoo.metrics.last_steps import LastStepsAccuracy


@pytest.mark.parametrize("weighted", [None, "sequences", "steps"])
def test_accuracy_of_the_last_steps(weighted, rng):
    labels = rng.integers(0, 3, (7, 6))
    logits = rng.normal(size=(7, 6, 3)).astype("float32")
    right = (logits.argmax(axis=-1) == labels)[:, -2:].astype(float)
    sizes = {None: (7, 2), "sequences": (7,), "steps": (7, 6)}
    weight = rng.uniform(size=sizes[weighted]).astype("float32")
    metric = LastStepsAccuracy(2)
    for half in (slice(3), slice(3, None)):
        given = weight[half] if weighted else None
        metric.update_state(labels[half], logits[half], given)
    if weighted is None:
        weight = np.ones(7)
    counts = weight[:, -2:] if weighted == "steps" else np.repeat(weight[:, None], 2, axis=1)
    expected = np.sum(right * counts) / np.sum(counts)
    np.testing.assert_allclose(metric.result(), expected, atol=1e-6)
    again = LastStepsAccuracy.from_config(metric.get_config())
    assert (again.steps, again.name) == (2, "accuracy")


def test_padding_comes_after_the_last_steps():
    labels = np.array([[1, 0, 1, 2, 2], [0, 1, 1, 1, 0]])
    predicted = np.array([[1, 1, 1, 0, 0], [0, 0, 1, 1, 0]])
    weight = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 1, 0]], "float32")
    metric = LastStepsAccuracy(2)
    metric.update_state(labels, np.eye(3, dtype="float32")[predicted], weight)
    # Steps 2 and 3 of the first; 3, which does not count, and 4 of the second.
    np.testing.assert_allclose(metric.result(), 2 / 3, rtol=1e-6)


def test_no_last_steps():
    with pytest.raises(ValueError, match="positive integer for steps. Received: 0"):
        LastStepsAccuracy(0)
