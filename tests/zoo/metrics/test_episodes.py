import keras
import numpy as np
import pytest

from keras_memory.zoo import EpisodeCost, EpisodeReinforce, FutureCost, WrongSymbols

TARGETS = np.array([[2, 0], [1, 3]])
# Which of four steps predict.
PREDICTS = np.array([[0, 1, 0, 1], [1, 1, 0, 0]], "float32")


@pytest.fixture
def answer(rng):
    logits = rng.normal(size=(2, 4, 5)).astype("float32")
    return np.concatenate([logits, PREDICTS[..., None]], axis=-1)


def costs(answer):
    """-log p of the targets, in their order, at the steps that predict."""
    found = np.zeros((2, 4))
    for row, step, j in [(0, 1, 0), (0, 3, 1), (1, 0, 0), (1, 1, 1)]:
        logits = answer[row, step, :-1].astype("float64")
        found[row, step] = np.log(np.exp(logits).sum()) - logits[TARGETS[row, j]]
    return found


def test_costs_are_of_the_steps_that_predict(answer):
    expected = costs(answer)
    found = EpisodeCost(reduction=None)(TARGETS, answer)
    np.testing.assert_allclose(found, expected.sum(1), rtol=1e-5)
    future = FutureCost(reduction=None)(TARGETS, answer)
    np.testing.assert_allclose(future, expected[:, ::-1].cumsum(1)[:, ::-1], rtol=1e-5)


def test_reinforce_is_of_what_follows_an_action(answer, gradients):
    rng = np.random.default_rng(2)
    log_policy, baseline = rng.normal(size=(2, 2, 4, 1)).astype("float32")
    loss = EpisodeReinforce(baseline_weight=0.5)

    def of(log_policy, baseline):
        packed = keras.ops.concatenate([answer, log_policy, baseline], axis=-1)
        return loss(TARGETS, packed)

    by_policy, by_baseline = gradients(of, log_policy, baseline)
    advantage = costs(answer)[:, ::-1].cumsum(1)[:, ::-1] - baseline[..., 0]
    np.testing.assert_allclose(np.asarray(by_policy)[..., 0], advantage / 2, rtol=1e-4)
    np.testing.assert_allclose(np.asarray(by_baseline)[..., 0], -advantage / 2, rtol=1e-4)
    again = EpisodeReinforce.from_config(loss.get_config())
    assert again.get_config() == loss.get_config()


def test_wrong_symbols_are_a_fraction_of_those_predicted(answer):
    metric = WrongSymbols()
    metric.update_state(TARGETS, answer)
    right = [answer[0, 1, :-1].argmax() == 2, answer[0, 3, :-1].argmax() == 0]
    right += [answer[1, 0, :-1].argmax() == 1, answer[1, 1, :-1].argmax() == 3]
    assert float(metric.result()) == pytest.approx(1 - np.mean(right))
    for row, step, j in [(0, 1, 0), (0, 3, 1), (1, 0, 0), (1, 1, 1)]:
        answer[row, step, TARGETS[row, j]] = 9
    metric.reset_state()
    metric.update_state(TARGETS, answer)
    assert float(metric.result()) == 0
