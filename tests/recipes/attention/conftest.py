import pytest

from keras_memory.recipes.datasets.key_value_pairs import (
    key_value_pairs_dataset_builder as key_value_pairs,
)
from keras_memory.recipes.datasets.written_dates import (
    written_dates_dataset_builder as written_dates,
)


@pytest.fixture(scope="package", autouse=True)
def few_examples(tmp_path_factory):
    """The first of each split, in a folder of their own: TFDS takes long to write them."""
    sizes = {"train": 12_000, "validation": 500, "test": 1_000}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TFDS_DATA_DIR", str(tmp_path_factory.mktemp("few")))
        patch.setattr(key_value_pairs, "TRAIN_EXAMPLES", 10)
        for split, size in sizes.items():
            patch.setitem(written_dates.SIZES, split, size)
        yield
