import keras
import numpy as np
import pytest

from keras_memory.zoo import DNC, figures

SIZES = {
    "input_units": 3,
    "output_units": 2,
    "controller_units": 6,
    "memory_slots": 7,
    "memory_width": 5,
    "num_heads": 2,
}


@pytest.fixture
def inputs(rng):
    return rng.normal(size=(4, 6, 3)).astype("float32")


def test_steps_equal_the_whole_sequence(inputs):
    model = DNC(**SIZES)
    state, logits = model.initial_state(4), []
    for t in range(6):
        logit, state = model.step(inputs[:, t], state)
        logits.append(np.asarray(logit))
    np.testing.assert_allclose(np.stack(logits, axis=1), model(inputs), atol=1e-5)


def test_saved_and_loaded(inputs, tmp_path):
    model = DNC(**SIZES, controller="feedforward", corrections=["masked_lookup"])
    model.save(tmp_path / "dnc.keras")
    again = keras.saving.load_model(tmp_path / "dnc.keras")
    assert isinstance(again, DNC)
    assert again.get_config() == model.get_config()
    np.testing.assert_allclose(again(inputs), model(inputs), atol=1e-6)


def test_weights_load_into_a_larger_memory(inputs):
    model, larger = DNC(**SIZES), DNC(**{**SIZES, "memory_slots": 50})
    larger.set_weights(model.get_weights())
    assert np.isfinite(np.asarray(larger(inputs))).all()


def test_a_trace_has_the_heads_and_the_links(inputs):
    trace = DNC(**SIZES).trace(inputs)
    shapes = {name: value.shape[2:] for name, value in trace.items()}
    assert shapes == {
        "inputs": (3,),
        "outputs": (2,),
        "adds": (5,),
        "gates": (1 + 1 + 2,),  # write, allocation, and of each read head
        "read_modes": (2 * 3,),
        "reads": (2, 5),
        "write_weights": (7,),
        "read_weights": (2, 7),
        "usage": (7,),
        "precedence": (7,),
        "links": (7, 7),
        "memory": (7, 5),
    }
    modes = trace["read_modes"].reshape(4, 6, 2, 3)
    np.testing.assert_allclose(modes.sum(-1), 1, atol=1e-6)


def test_the_pictures_show_it(inputs):
    trace = DNC(**SIZES).trace(inputs)
    tape = figures.memory_tape(trace, example=1)
    titles = {axis.get_title("left") for axis in tape.axes} - {""}
    assert titles == {
        *("Inputs", "Outputs", "Adds", "Reads", "Write weights", "Read weights", "Usage"),
        *("Gates: write, allocation, free", "Read modes: back, content, on"),
    }
    links = figures.temporal_links(trace, example=1, step=3)
    np.testing.assert_allclose(links.axes[0].images[0].get_array(), trace["links"][1][3])


def test_the_picture_of_some_links_is_that_of_all(inputs):
    models = DNC(**SIZES), DNC(**SIZES, links_per_slot=SIZES["memory_slots"])
    models[1].set_weights(models[0].get_weights())
    pictures = (figures.temporal_links(model.trace(inputs)) for model in models)
    dense, sparse = (picture.axes[0].images[0].get_array() for picture in pictures)
    assert dense.max() > 0
    np.testing.assert_allclose(sparse, dense, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"controller": "gru"}, "controller"),
        ({"controller_units": 0}, "controller_units"),
        ({"num_heads": 0}, "num_heads"),
        ({"corrections": ["masked"]}, "correction"),
        ({"links_per_slot": SIZES["memory_slots"] + 1}, "links_per_slot"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DNC(**{**SIZES, **arguments})
