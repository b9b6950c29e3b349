import keras
import numpy as np
import pytest
from keras import ops

from keras_memory.layers import Attention, Policy, ReinforceLoss, Sample

KEYS = 4


def test_the_estimate_is_right_on_average(naive, gradients):
    """Over many samples, the gradient of Σ_z π(z) L(z), for a loss that z alone decides."""
    scores = np.array([[0.3, -0.5, 1.0, 0.1]], "float32")
    cost = np.array([1.0, 3.0, 2.0, 0.5], "float32")
    samples = 200_000
    selection, policy = Sample(seed=5), Policy()
    loss = ReinforceLoss("mean_absolute_error")

    def of_samples(scores):
        weights = selection(ops.tile(scores[None], (samples, 1, 1)), training=True)
        answer = ops.sum(ops.multiply(weights, cost), axis=-1)
        return loss(np.zeros((samples, 1), "float32"), policy(answer, weights))

    found = gradients(of_samples, scores)[0][0]
    chances = naive.softmax(scores[0].astype("float64"))
    expected = chances * (cost - chances @ cost)
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_the_baseline_learns_the_loss_and_takes_it_off():
    loss, answer = ReinforceLoss("mean_absolute_error"), np.array([[2.0], [5.0]], "float32")
    targets = np.zeros((2, 1), "float32")

    def packed(log_policy, baseline):
        return np.concatenate([answer, log_policy, baseline], -1).astype("float32")

    right = packed(np.full((2, 1), 9.0), answer)  # b = L: neither term is left
    np.testing.assert_allclose(loss(targets, right), 0, atol=1e-6)
    off = packed(np.array([[1.0], [0.0]]), answer - 3)
    np.testing.assert_allclose(loss(targets, off), 9, atol=1e-6)


def test_bad_arguments():
    with pytest.raises(ValueError, match="Keras loss, or its name. Received: None"):
        ReinforceLoss(None)
    with pytest.raises(ValueError, match=r"answer \(batch, classes\).*Received: \(2, 3, 4\)"):
        Policy()(np.ones((2, 3, 4), "float32"), np.ones((2, 1, KEYS), "float32"))


@pytest.fixture
def lookup(rng):
    """Queries that equal one of the keys, whose values are classes."""
    keys = rng.choice([-1.0, 1.0], size=(4000, KEYS, 6)).astype("float32")
    classes, place = rng.integers(0, 3, (4000, KEYS)), rng.integers(0, KEYS, 4000)
    rows = np.arange(4000)
    return [keys[rows, place][:, None], keys, np.eye(3)[classes]], classes[rows, place]


def test_sampled_attention_learns_in_fit(lookup, tmp_path):
    """Chance is right a third of the time, attention to any one key about half."""
    arrays, classes = lookup
    keras.utils.set_random_seed(4)
    query, key, value = (keras.Input(array.shape[1:]) for array in arrays)
    attention = Attention("bilinear", "sample")
    read, weights = attention(query, value, key, return_attention_scores=True)
    answer = keras.layers.Dense(3)(read[:, 0])
    policy = Policy()(answer, weights, query[:, 0])
    model = keras.Model([query, key, value], {"answer": answer, "policy": policy})
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.Adam(0.01),
        loss={"answer": loss, "policy": ReinforceLoss(loss)},
        metrics={"answer": "accuracy"},
    )
    targets = {"answer": classes, "policy": classes}
    model.fit(arrays, targets, epochs=20, verbose=0)
    answers = np.asarray(model(arrays)["answer"]).argmax(-1)
    assert (answers == classes).mean() > 0.85
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(np.asarray(again(arrays)["answer"]).argmax(-1), answers)


def test_the_answer_s_own_loss_alone_trains_the_answer(gradients, rng):
    answer = rng.normal(size=(3, 2)).astype("float32")
    weights = np.ones((3, 1, KEYS), "float32")
    policy = Policy()
    (gradient,) = gradients(
        lambda answer: policy(answer, weights)[:, :2] + 0 * answer, answer
    )
    np.testing.assert_array_equal(gradient, 0)
