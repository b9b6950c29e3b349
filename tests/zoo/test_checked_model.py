"""Arrays that a model cannot be trained on are one line, before the first step."""

import numpy as np
import pytest

from keras_memory import zoo


def _memn2n():
    model = zoo.MemN2N(["mary", "went", "home"], dim=2, hops=1)
    story, question = np.ones((4, 2, 3), "int32"), np.ones((4, 3), "int32")
    return model, {"story": story, "question": question}, np.zeros(4, "int32")


def _language_model():
    model = zoo.MemN2NLanguageModel(3, dim=2, hops=1, memory_size=4)
    return model, {"words": np.ones((4, 4), "int32")}, np.zeros(4, "int32")


def _hierarchical_attention():
    model = zoo.HierarchicalAttention(
        ["good"], ["no", "yes"], sentences=2, words=3, embedding_dim=2, units=2
    )
    return model, {"ids": np.ones((4, 2, 3), "int32")}, np.zeros(4, "int32")


def _encoder_decoder():
    model = zoo.EncoderDecoder("ab", "xy", embedding_dim=2, units=2)
    inputs, targets = model.text.ids(["ab"] * 4, ["xy"] * 4)
    return model, {k: v.numpy() for k, v in inputs.items()}, targets.numpy()


def _key_value_memory():
    model = zoo.KeyValueMemory(dim=2, classes=3)
    shapes = {"query": (4, 2), "key": (4, 5, 2), "value": (4, 5, 3)}
    return model, {k: np.ones(s, "float32") for k, s in shapes.items()}, np.zeros(4, "int32")


MODELS = [
    _memn2n,
    _language_model,
    _hierarchical_attention,
    _encoder_decoder,
    _key_value_memory,
]


@pytest.fixture(scope="module", params=MODELS, ids=lambda make: make.__name__[1:])
def made(request):
    """A model, its inputs by name, and its targets."""
    model, inputs, targets = request.param()
    model.compile(loss=model.loss, jit_compile=False)
    return model, inputs, targets


def _given(model, inputs):
    return inputs if isinstance(model.input, dict) else next(iter(inputs.values()))


def _with(array, value):
    array = array.astype(np.result_type(array, np.asarray(value)))
    array[2].flat[-1:] = value
    return array if array.ndim > 1 else np.where(np.arange(len(array)) == 2, value, array)


@pytest.mark.parametrize("wrong", [-1, 99, 0.5, np.nan])
def test_inputs_and_targets(made, wrong):
    model, inputs, targets = made
    cases = [("target", inputs, _with(targets, wrong))]
    for name, array in inputs.items():
        if array.dtype.kind in "iu" or np.isnan(wrong):
            cases.append((name, {**inputs, name: _with(array, wrong)}, targets))
    for name, x, y in cases:
        x = _given(model, x)
        with pytest.raises(ValueError, match=rf"Expected .*{name}.* Received: .*row 2"):
            model.fit(x, y, verbose=0)
        with pytest.raises(ValueError, match=rf"Expected .*{name}"):
            model.evaluate(x, y, verbose=0)
        with pytest.raises(ValueError, match=rf"Expected .*{name}"):
            valid = _given(model, inputs), targets
            model.fit(*valid, validation_data=(x, y), verbose=0)
        if name != "target":
            with pytest.raises(ValueError, match=rf"Expected .*{name}"):
                model.predict(x, verbose=0)


def test_shapes_and_names(made):
    model, inputs, targets = made
    name, array = next(iter(inputs.items()))
    for x, y in (
        ({**inputs, name: array[..., None]}, targets),
        (inputs, targets[:2]),
        ({**inputs, name: array[0]}, targets),
    ):
        with pytest.raises(ValueError, match=r"Expected .*Received: .*[0-9]") as error:
            model.fit(_given(model, x), y, verbose=0)
        assert "\n" not in str(error.value)
    if len(inputs) > 1:
        with pytest.raises(ValueError, match=f"Expected a dictionary of .*{name}"):
            model.predict({k: v for k, v in inputs.items() if k != name})


def test_what_fits_is_taken(made):
    """Lists of classes in a column, and what another loss takes, too."""
    model, inputs, targets = made
    x = _given(model, inputs)
    shares = np.full((*targets.shape, model.output.shape[-1]), 0.5)
    for y in (None, targets, targets.astype("float32"), targets[..., None], shares):
        model._check(x, y)
    model._check(iter([(x, targets - 1)]))  # values of what is not an array are not checked
