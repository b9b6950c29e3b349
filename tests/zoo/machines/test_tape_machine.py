import keras
import numpy as np
import pytest

from keras_memory import zoo
from keras_memory.zoo import TapeMachine

SYMBOLS, STEPS = 3, 8


@pytest.fixture(scope="module")
def make():
    """A small machine whose weights do something everywhere."""

    def made(**arguments):
        keras.utils.set_random_seed(2)
        sizes = {"symbols": SYMBOLS, "controller_units": 6, "width": 4, "init_scale": 1.0}
        return TapeMachine(**{**sizes, "inverse_temperature": 1.0, **arguments})

    return made


@pytest.fixture
def tapes(rng):
    symbols = rng.integers(1, SYMBOLS + 1, (5, 3))
    return np.pad(symbols, ((0, 0), (1, STEPS - 4))).astype("int32")


VARIANTS = [{}, {"controller": "lstm"}, {"memory_moves": (-1, 0, 1), "input_moves": (0, 1)}]


@pytest.mark.parametrize("arguments", VARIANTS, ids=str)
def test_saved_and_loaded(arguments, make, tapes, tmp_path):
    model = make(**arguments)
    inputs = {"symbols": tapes, "length": np.full(5, 2)}
    model.save(tmp_path / "tapes.keras")
    model.save_to_preset(tmp_path / "preset")
    for again in (
        keras.saving.load_model(tmp_path / "tapes.keras"),
        zoo.from_preset(tmp_path / "preset"),
        TapeMachine.from_config(model.get_config()),
    ):
        assert isinstance(again, TapeMachine)
        assert again.get_config() == model.get_config()
        again.set_weights(model.get_weights())
        for name, answer in model(inputs).items():
            np.testing.assert_allclose(again(inputs)[name], answer, atol=1e-6)
    assert type(again.loss["policy"]) is zoo.EpisodeReinforce


def test_what_is_solved_is_what_the_trace_predicts(make, tapes):
    model = make(memory_moves=(-1, 1))
    lengths = np.array([1, 2, 3, 4, 8])
    solved = model.solve(tapes, lengths)
    trace = model.trace({"symbols": tapes, "length": lengths})
    assert solved.shape == (5, 8)
    assert {name: values.shape for name, values in trace.items()} == {
        name: (5, STEPS)
        for name in ("symbols", "predicted", "log_policy", "input_head", "memory_head")
    }
    for row, predicted, length in zip(solved, trace["predicted"], lengths, strict=True):
        np.testing.assert_array_equal(row[:length], predicted[predicted >= 0])
        assert not row[length:].any()
    moves = np.diff(trace["input_head"], axis=1)
    assert set(np.unique(moves)) <= {-1, 0, 1} and np.all(trace["input_head"] >= 0)
    assert set(np.unique(np.diff(trace["memory_head"], axis=1))) <= {-1, 1}
    ((function, _),) = model.endpoints().values()
    endpoint = function({"symbols": tapes, "length": lengths})
    np.testing.assert_array_equal(endpoint["predicted"], solved)


@pytest.mark.slow
def test_it_learns_to_copy_by_trial_and_error(make):
    """A machine that stays where it is, or predicts at once, is wrong at half of these."""
    rng = np.random.default_rng(3)
    symbols = rng.integers(1, SYMBOLS + 1, (4_000, 2)).astype("int32")
    tapes = np.pad(symbols, ((0, 0), (1, 3)))
    model = make(controller_units=20, init_scale=0.1, window=0)
    model.compile(keras.optimizers.Adam(0.01), loss=model.loss, jit_compile=False)
    inputs = {"symbols": tapes, "length": np.full(4_000, 2)}
    targets = {"answer": symbols, "policy": symbols}
    model.fit(inputs, targets, batch_size=200, epochs=8, verbose=0)
    assert (model.solve(tapes[:500], 2) == symbols[:500]).mean() > 0.95


def test_bad_arguments(make, tapes):
    for arguments, message in [
        ({"controller": "gru"}, "'direct_access', 'lstm' for controller. Received: 'gru'"),
        ({"width": 3}, "a width above the number of symbols, 3. Received: 3"),
        ({"symbols": 0}, "positive integer for symbols. Received: 0"),
        ({"input_moves": ()}, "input_moves"),
    ]:
        with pytest.raises(ValueError, match=message):
            make(**arguments)
    model = make()
    for symbols, length, message in [
        (tapes + 3, 2, "whole numbers from 0 to 3. Received: int32 .*from 3 to 6"),
        (tapes[0], 2, r"symbols \(batch, steps\).*of shape \(8,\)"),
        (tapes * 1.0, 2, "Received: float64"),
        (tapes, 0, "from 1 to the steps, 8, .*Received: 0"),
        (tapes, 9, "Received: 9"),
        (tapes, [1, 2], r"one for each of 5 tapes. Received: \[1, 2\]"),
    ]:
        with pytest.raises(ValueError, match=message):
            model.solve(symbols, length)
