import keras
import numpy as np
import pytest

from keras_memory import recipes


def test_layout_of_a_sequence():
    recipe = recipes.get("ntm_copy", bits=2)
    vectors = np.array([[[1, 0], [0, 1], [0, 0]]], "uint8")
    tensors = recipe.to_batch({"vectors": vectors, "length": np.array([2], "int32")})
    inputs, targets, weights = map(np.asarray, tensors)
    channels = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0] * 3, [0] * 3, [0] * 3, [0] * 3]
    np.testing.assert_array_equal(inputs[0], channels)
    np.testing.assert_array_equal(weights[0], [0, 0, 0, 1, 1, 0, 0])
    np.testing.assert_array_equal(targets[0, 3:5], [[1, 0], [0, 1]])
    assert not np.any(targets[0, [0, 1, 2, 5, 6]])


def test_the_paper_s_network_has_the_paper_s_weights():
    model = recipes.get("ntm_copy").model()
    lstm = 4 * 100 * (9 + 20 + 100 + 1)
    heads = 101 * (2 * (20 + 1 + 1 + 3 + 1) + 2 * 20)
    output = 8 * (100 + 20 + 1)
    initial = 2 * 100 + 20
    assert model.count_params() == lstm + heads + output + initial == 62_480


@pytest.mark.parametrize("overrides", [{"controller": "feedforward"}, {"num_heads": 2}])
def test_it_learns_to_copy(overrides):
    """One or two vectors of two bits: guessing gets half of up to four bits wrong."""
    recipe = recipes.get(
        "ntm_copy",
        bits=2,
        max_length=2,
        length=2,
        train_examples=5_000,
        memory_slots=8,
        memory_width=8,
        controller_units=32,
        learning_rate=3e-3,
        steps_per_epoch=200,
        epochs=2,
        batch_size=32,
        jit_compile=False,
        **overrides,
    )
    model = recipe.seeded_model()
    model.fit(recipe.dataset("train"), epochs=recipe.epochs, verbose=0)
    assert recipe.evaluate(model)["bits_per_sequence_length_2"] < 0.25


def test_zero_vectors_are_for_training_alone(tiny):
    plain, silent = tiny.examples("train"), tiny.replace(zero_vectors=0.5).examples("train")
    zero, were_zero = ~silent["vectors"].any(-1), ~plain["vectors"].any(-1)
    inside = np.arange(2) < plain["length"][:, None]
    assert abs(zero[inside].mean() - (0.5 + 0.5 * 0.25)) < 0.06
    assert np.all(zero | (silent["vectors"] == plain["vectors"]).all(-1))
    np.testing.assert_array_equal(~tiny.examples("train")["vectors"].any(-1), were_zero)
    held_out = [
        r.examples("validation")["vectors"] for r in (tiny, tiny.replace(zero_vectors=0.5))
    ]
    np.testing.assert_array_equal(*held_out)


def test_mixed_sequences_are_for_training_and_a_test_of_their_own(tiny):
    mixed = tiny.replace(training_sequences="mixed")
    plain, other = tiny.examples("train"), mixed.examples("train")
    np.testing.assert_array_equal(other["length"], plain["length"])
    assert 0.2 < (other["vectors"] != plain["vectors"]).any((1, 2)).mean() < 0.9
    again = mixed.replace(seed=1).examples("train")
    assert (again["vectors"] != other["vectors"]).any()
    validation, test = (mixed.mixed_examples(split) for split in ("validation", "test"))
    assert set(validation["length"]) == {1, 2, 3}  # as long as those tested
    assert (validation["vectors"].shape, validation["vectors"].dtype) == ((1000, 3, 2), "u1")
    assert (validation["vectors"] != test["vectors"]).any()
    for split in ("validation", "test"):
        np.testing.assert_array_equal(
            mixed.examples(split)["vectors"], tiny.examples(split)["vectors"]
        )
    errors = mixed.errors(mixed.model(), test, "mixed")
    assert set(errors) == {"bits_per_sequence_mixed", "cost_bits_per_sequence_mixed"}


def test_the_learning_rate_falls_to_the_end(tiny):
    (scheduler,) = tiny.replace(epochs=10, decay_epochs=3, learning_rate=1.0).callbacks([])
    rates = [scheduler.schedule(epoch, None) for epoch in range(10)]
    np.testing.assert_allclose(rates, [1.0] * 7 + [0.75, 0.5, 0.25])
    (scheduler,) = tiny.callbacks([])
    assert {scheduler.schedule(epoch, None) for epoch in range(4)} == {tiny.learning_rate}


def test_evaluation_counts_what_is_wrong(tiny):
    """A model that says 1 everywhere is wrong where the sequence has a 0."""
    inputs = keras.Input((None, 3))
    ones = keras.layers.Dense(2, kernel_initializer="zeros", bias_initializer="ones")
    metrics = tiny.evaluate(keras.Model(inputs, ones(inputs)))
    assert 1.5 < metrics["bits_per_sequence_length_2"] < 2.5
    assert 2.3 < metrics["bits_per_sequence_length_3"] < 3.7


def test_the_baseline_is_the_paper_s():
    model = recipes.get("ntm_copy", architecture="lstm").model()
    assert [layer.units for layer in model.layers] == [256, 256, 256, 8]


def test_answers_are_about_the_bits_given(tiny):
    answer = tiny.answer(tiny.model(), bits="10,01,11")
    assert len(answer["copy"].split(",")) == 3
    assert 0 <= answer["wrong_bits"] <= 6


@pytest.mark.parametrize("bits", ["", "10,1", "12", "10 01", "10,"])
def test_ragged_bits_are_refused(tiny, bits):
    with pytest.raises(ValueError, match="Expected vectors of 2 bits"):
        tiny.answer(None, bits=bits)


def test_fit_of_design(tiny_run):
    for row in tiny_run.history:
        assert set(row) >= {"loss", "val_loss", "val_wrong_bits_per_sequence"}
