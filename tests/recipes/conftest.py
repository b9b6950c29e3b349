import pytest

from keras_memory import recipes

TINY = {
    "bits": 2,
    "max_length": 2,
    "train_examples": 400,
    "epochs": 4,
    "steps_per_epoch": 5,
    "batch_size": 8,
    "controller_units": 8,
    "memory_slots": 6,
    "memory_width": 4,
    "length": (2, 3),
    "test_sequences": 20,
    "jit_compile": False,
}


@pytest.fixture(scope="session", autouse=True)
def prepared_data(tmp_path_factory):
    """TFDS keeps what it prepares for these tests in a folder of their own."""
    patch = pytest.MonkeyPatch()
    patch.setenv("TFDS_DATA_DIR", str(tmp_path_factory.mktemp("data")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def tiny():
    """The copy recipe, so small that a run takes seconds and learns nothing much."""
    return recipes.get("ntm_copy", **TINY)


@pytest.fixture(scope="session")
def tiny_run(tiny, tmp_path_factory):
    """A finished run of the tiny recipe; not to be changed."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    return tiny.fit(folder, verbose=0)
