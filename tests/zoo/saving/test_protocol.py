"""The protocol that all models of the zoo have, whatever they are."""

import keras
import numpy as np
import pytest

from keras_memory import zoo

MODELS = [
    cls
    for cls in (getattr(zoo, name) for name in zoo.__all__)
    if isinstance(cls, type) and issubclass(cls, zoo.PretrainedModel)
]


@pytest.fixture(scope="module")
def whole():
    """A model of whole sequences, with nothing of its own in the protocol."""
    inputs = {
        "a": keras.Input((None, 3), name="a"),
        "b": keras.Input((), dtype="int32", name="b"),
    }
    outputs = keras.ops.sum(inputs["a"], axis=1) + inputs["b"][:, None]
    return zoo.PretrainedModel(inputs, outputs)


def test_the_default_endpoint_is_of_whole_sequences(whole):
    ((name, (function, (signature,))),) = whole.endpoints().items()
    assert name == "serving_default"
    assert (signature["a"].shape, signature["b"].shape) == ((None, None, 3), (None,))
    assert (signature["a"].dtype, signature["b"].dtype) == ("float32", "int32")
    inputs = {"a": np.ones((2, 5, 3), "float32"), "b": np.array([1, 2], "int32")}
    np.testing.assert_allclose(function(inputs), [[6] * 3, [7] * 3])


def test_by_default_there_is_neither_text_nor_a_stream(whole):
    assert whole.text is None
    assert not whole.is_stream
    for call in (lambda: whole.initial_state(1), lambda: whole.step(None, {})):
        with pytest.raises(
            NotImplementedError, match="PretrainedModel takes whole sequences"
        ):
            call()
    with pytest.raises(NotImplementedError, match="has no trace"):
        whole.trace(None)


@pytest.mark.parametrize("cls", MODELS, ids=lambda cls: cls.__name__)
def test_a_stream_has_its_steps(cls):
    names = ("initial_state", "step")
    overridden = {getattr(cls, n) is not getattr(zoo.PretrainedModel, n) for n in names}
    assert overridden == {cls.is_stream}


def test_the_default_compilation_is_by_xla_where_there_is_one(backend):
    model = zoo.Autoencoder(4, (2,))
    assert model.jit_compile is (backend != "torch")
    assert model.get_compile_config()["jit_compile"] is (backend != "torch")
