import numpy as np
import pytest

SIZES = {
    "input_units": 3,
    "output_units": 2,
    "controller_units": 6,
    "memory_slots": 7,
    "memory_width": 5,
    "num_heads": 2,
}


@pytest.fixture(scope="session")
def make_ntm():
    """`make_ntm(**arguments)`: a small NTM whose weights do something everywhere."""
    import keras

    from keras_memory.zoo import NTM

    def make(**arguments):
        keras.utils.set_random_seed(11)
        model = NTM(**{**SIZES, **arguments})
        noise = [np.asarray(keras.random.normal(w.shape)) for w in model.get_weights()]
        weights = zip(model.get_weights(), noise, strict=True)
        model.set_weights([weight + added / 4 for weight, added in weights])
        return model

    return make
