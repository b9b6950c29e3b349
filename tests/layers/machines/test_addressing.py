import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keras_memory.layers import (
    ContentAddressing,
    DotScore,
    HeadAddressing,
    circular_shift,
    interpolate_weights,
    sharpen_weights,
)

BATCH, HEADS, SLOTS, WIDTH = 2, 3, 7, 5

few_examples = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def rows_that_sum_to_one(rng, *shape):
    powers = np.exp(rng.normal(size=shape))
    return (powers / powers.sum(-1, keepdims=True)).astype("float32")


def positive(rng, *shape):
    return rng.exponential(size=shape).astype("float32")


def normal(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def head_arguments(rng, shift_width=3, slots=SLOTS):
    """Arguments of HeadAddressing."""
    return {
        "key": normal(rng, BATCH, HEADS, WIDTH),
        "strength": 4 * positive(rng, BATCH, HEADS, 1),
        "gate": rng.uniform(size=(BATCH, HEADS, 1)).astype("float32"),
        "shift": rows_that_sum_to_one(rng, BATCH, HEADS, shift_width),
        "sharpness": 1 + positive(rng, BATCH, HEADS, 1),
        "memory": normal(rng, BATCH, slots, WIDTH),
        "previous_weights": rows_that_sum_to_one(rng, BATCH, HEADS, slots),
    }


def every_head(function, *arrays):
    """`function` of one example and one head at a time."""
    return [
        [function(*(array[b, h] for array in arrays)) for h in range(HEADS)]
        for b in range(BATCH)
    ]


def test_interpolate(rng):
    gate = rng.uniform(size=(BATCH, HEADS, 1))
    content, previous = rows_that_sum_to_one(rng, 2, BATCH, HEADS, SLOTS)
    expected = every_head(lambda g, c, p: g * c + (1 - g) * p, gate, content, previous)
    np.testing.assert_allclose(
        interpolate_weights(gate, content, previous), expected, atol=1e-6
    )
    np.testing.assert_array_equal(interpolate_weights(0.0, content, previous), previous)
    np.testing.assert_array_equal(interpolate_weights(1.0, content, previous), content)


@pytest.mark.parametrize("width", [1, 3, 5])
def test_circular_shift(width, rng, naive):
    weights = rows_that_sum_to_one(rng, BATCH, HEADS, SLOTS)
    shift = rows_that_sum_to_one(rng, BATCH, HEADS, width)
    expected = every_head(naive.shift, weights, shift)
    np.testing.assert_allclose(circular_shift(weights, shift), expected, atol=1e-6)


def test_last_entry_of_a_shift_moves_up():
    at_slot_2 = np.eye(SLOTS, dtype="float32")[None, 2]
    up = np.array([[0.0, 0.0, 1.0]], "float32")
    assert np.argmax(circular_shift(at_slot_2, up)) == 3
    assert np.argmax(circular_shift(at_slot_2, up[:, ::-1])) == 1


@few_examples
@given(seed=seeds, width=st.sampled_from([1, 3, 5]), data=st.data())
def test_shift_by_one_move_is_roll(seed, width, data):
    weights = rows_that_sum_to_one(np.random.default_rng(seed), BATCH, SLOTS)
    choice = data.draw(st.integers(0, width - 1))
    shift = np.tile(np.eye(width, dtype="float32")[choice], (BATCH, 1))
    expected = np.roll(weights, choice - width // 2, axis=-1)
    np.testing.assert_array_equal(circular_shift(weights, shift), expected)


@pytest.mark.parametrize("width", [2, 4])
def test_even_shift_width(width):
    with pytest.raises(ValueError, match=f"shift width. Received: {width}"):
        circular_shift(np.ones((1, SLOTS)), np.ones((1, width)))


def test_sharpen(rng, naive):
    weights = rows_that_sum_to_one(rng, BATCH, HEADS, SLOTS)
    sharpness = 1 + 3 * positive(rng, BATCH, HEADS, 1)
    expected = every_head(naive.sharpen, weights, sharpness)
    np.testing.assert_allclose(sharpen_weights(weights, sharpness), expected, atol=1e-6)


def test_sharpness_of_one_changes_nothing(rng):
    weights = rows_that_sum_to_one(rng, BATCH, SLOTS)
    np.testing.assert_allclose(sharpen_weights(weights, 1.0), weights, atol=1e-6)


@pytest.mark.parametrize("sharpness", [1.0, 2.5, 50.0])
def test_sharpen_without_nan(sharpness, gradients):
    """Weights of exactly 0, tiny ones, and ones that rounding left below 0."""
    weights = np.array([[0.0, -1e-8, 1e-38, 1e-20, 0.4, 0.6]], "float32")
    sharpness = np.array([[sharpness]], "float32")
    sharpened = np.asarray(sharpen_weights(weights, sharpness))
    assert np.all(sharpened >= 0)
    np.testing.assert_allclose(sharpened.sum(), 1, atol=1e-6)
    np.testing.assert_allclose(sharpened[0, :4], 0, atol=1e-6)

    def second_slot(weights, sharpness):
        return sharpen_weights(weights, sharpness)[:, -1]

    for gradient in gradients(second_slot, weights, sharpness):
        assert np.all(np.isfinite(gradient))


def test_content_addressing(rng, naive):
    key, memory = normal(rng, BATCH, HEADS, WIDTH), normal(rng, BATCH, SLOTS, WIDTH)
    expected = [[naive.content(k, memory[b]) for k in key[b]] for b in range(BATCH)]
    np.testing.assert_allclose(ContentAddressing()(key, memory), expected, atol=1e-6)


def test_content_addressing_with_strength(rng, naive):
    key, memory = normal(rng, BATCH, HEADS, WIDTH), normal(rng, BATCH, SLOTS, WIDTH)
    strength = 5 * positive(rng, BATCH, HEADS, 1)
    expected = [
        [naive.content(key[b, h], memory[b], strength[b, h]) for h in range(HEADS)]
        for b in range(BATCH)
    ]
    weights = ContentAddressing()(key, memory, strength)
    np.testing.assert_allclose(weights, expected, atol=1e-6)


def test_content_addressing_with_a_mask(rng, naive):
    key, memory = normal(rng, BATCH, HEADS, WIDTH), normal(rng, BATCH, SLOTS, WIDTH)
    mask = np.array([[1, 1, 0, 1, 0, 1, 0], [0] * SLOTS], bool)
    weights = np.asarray(ContentAddressing()(key, memory, memory_mask=mask))
    expected = [naive.content(k, memory[0][mask[0]]) for k in key[0]]
    np.testing.assert_allclose(weights[0][:, mask[0]], expected, atol=1e-6)
    np.testing.assert_array_equal(weights[0][:, ~mask[0]], 0)
    np.testing.assert_array_equal(weights[1], 0)


@pytest.mark.filterwarnings("error")
def test_content_addressing_takes_the_mask_of_its_memory(rng):
    """As `Embedding(mask_zero=True)` and `Masking` leave one on the tensor."""
    memory = normal(rng, BATCH, SLOTS, WIDTH)
    memory[:, 4:] = 0
    key = normal(rng, BATCH, HEADS, WIDTH)
    weights = ContentAddressing()(key, keras.layers.Masking()(memory))
    np.testing.assert_array_equal(weights[..., 4:], 0)
    expected = ContentAddressing()(key, memory[:, :4])
    np.testing.assert_allclose(weights[..., :4], expected, atol=1e-6)


def test_great_strength_finds_the_slot(rng):
    memory = normal(rng, BATCH, SLOTS, WIDTH)
    strength = np.full((BATCH, 1, 1), 1e4, "float32")
    weights = ContentAddressing()(memory[:, 4:5], memory, strength)
    expected = np.tile(np.eye(SLOTS)[4], (BATCH, 1, 1))
    np.testing.assert_allclose(weights, expected, atol=1e-6)


def test_content_addressing_takes_any_score(rng, naive):
    key, memory = normal(rng, BATCH, HEADS, WIDTH), normal(rng, BATCH, SLOTS, WIDTH)
    expected = [[naive.softmax(memory[b] @ k) for k in key[b]] for b in range(BATCH)]
    layer = ContentAddressing(score=DotScore())
    np.testing.assert_allclose(layer(key, memory), expected, atol=1e-5)
    assert isinstance(ContentAddressing.from_config(layer.get_config()).score, DotScore)


@pytest.mark.parametrize("shift_width", [1, 3, 5])
def test_head_addressing(shift_width, rng, naive):
    arguments = head_arguments(rng, shift_width)
    expected = [
        [
            naive.address(
                *(
                    array[b] if name == "memory" else array[b, h]
                    for name, array in arguments.items()
                )
            )
            for h in range(HEADS)
        ]
        for b in range(BATCH)
    ]
    np.testing.assert_allclose(HeadAddressing()(**arguments), expected, atol=2e-6)


def test_head_addressing_with_the_users_score(rng, naive):
    """Keys of the memory's own width, matched by a score that has weights."""

    class Bilinear(keras.layers.Layer):
        def build(self, query_shape, key_shape):
            self.kernel = self.add_weight(shape=(query_shape[-1], key_shape[-1]))

        def call(self, query, key):
            return ops.einsum("...qd,de,...ke->...qk", query, self.kernel, key)

        def compute_output_shape(self, query_shape, key_shape):
            return (*query_shape[:-1], key_shape[-2])

    layer, arguments = HeadAddressing(score=Bilinear()), head_arguments(rng)
    arguments |= {
        "gate": np.ones((BATCH, HEADS, 1), "float32"),
        "shift": np.ones((BATCH, HEADS, 1), "float32"),
        "sharpness": np.ones((BATCH, HEADS, 1), "float32"),
    }
    weights = layer(**arguments)
    (kernel,) = (np.asarray(w) for w in layer.trainable_weights)
    for b in range(BATCH):
        for h in range(HEADS):
            scores = arguments["memory"][b] @ kernel.T @ arguments["key"][b, h]
            expected = naive.softmax(arguments["strength"][b, h] * scores)
            np.testing.assert_allclose(weights[b, h], expected, atol=1e-5)


@few_examples
@given(seed=seeds, scale=st.sampled_from([0.0, 1e-3, 1.0, 100.0]))
def test_weights_are_a_distribution(seed, scale):
    arguments = head_arguments(np.random.default_rng(seed))
    for name in ("key", "strength", "memory"):
        arguments[name] = arguments[name] * np.float32(scale)
    arguments["previous_weights"] = np.eye(SLOTS, dtype="float32")[:HEADS][None].repeat(2, 0)
    weights = np.asarray(HeadAddressing()(**arguments))
    assert np.all(weights >= 0)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)


def test_gradients_by_finite_differences(rng, check_gradients):
    arguments = {name: array.astype("float64") for name, array in head_arguments(rng).items()}
    layer, picked = HeadAddressing(dtype="float64"), rng.normal(size=(BATCH, HEADS, SLOTS))

    def weighted(*arrays):
        return layer(**dict(zip(arguments, arrays, strict=True))) * picked

    check_gradients(weighted, *arguments.values(), rtol=1e-5, atol=1e-7)


def test_no_nan_at_zero_memory(rng, gradients):
    arguments = head_arguments(rng)
    arguments["memory"][:] = 0
    arguments["key"][:] = 0
    weights = rng.normal(size=(BATCH, HEADS, SLOTS)).astype("float32")

    def weighted(*arrays):
        found = HeadAddressing()(**dict(zip(arguments, arrays, strict=True)))
        return ops.multiply(found, weights)

    assert np.all(np.isfinite(np.asarray(weighted(*arguments.values()))))
    for gradient in gradients(weighted, *arguments.values()):
        assert np.all(np.isfinite(gradient))
