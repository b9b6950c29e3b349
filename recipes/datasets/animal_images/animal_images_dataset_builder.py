"""Tiger, fox and elephant: images as bags of segments, with one label a bag."""

import numpy as np
import tensorflow_datasets as tfds

from ..matlab import variable
from ..reading import named_faults, open_file
from ..sources import manual_folder

ANIMALS = "tiger", "fox", "elephant"
FEATURES = 230
LARGEST = 1 << 26  # bytes of a file


class Builder(tfds.core.GeneratorBasedBuilder):
    """A hundred bags of each label; who trains on which is the user's to say."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=animal) for animal in ANIMALS]
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Put {", ".join(f"{animal}.mat" for animal in ANIMALS)} of http://www.miproblems.org, data
    sets of PRTools, into this folder, or into a folder mil in it.
    """

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "items": tfds.features.Tensor(shape=(None, FEATURES), dtype=np.float32),
                    "length": np.int32,
                    "label": np.int32,
                }
            ),
            homepage="http://www.miproblems.org",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        name = f"{self.builder_config.name}.mat"
        folder = manual_folder(dl_manager, "mil", ".")
        if folder is None or not (folder / name).exists():
            raise FileNotFoundError(
                f"Expected {name} of http://www.miproblems.org in --manual-dir, or in a "
                f"folder mil in it. Received: {dl_manager._manual_dir}, without it"
            )
        return {"train": self._generate_examples(folder / name)}

    def _generate_examples(self, path):
        for bag, items, label in read_bags(path):
            yield bag, {"items": items, "length": len(items), "label": label}


def read_bags(path, features=FEATURES, classes=2):
    """Of each bag its number, the features of its segments, and its label, from 0 on.

    Args:
        path: The file.
        features: How many features a segment has; `None` for any number.
        classes: How many labels there are, at most.

    Raises:
        ValueError: The file is not such a data set.
    """
    with open_file(path, LARGEST) as file:
        data = file.read()
    counted = "features" if features is None else f"{features} features"
    expected = (
        f"a data set of PRTools with {counted}, labels (x.nlab) and bags (x.ident.milbag)"
    )
    with named_faults(path, expected):
        x = variable(data, "x")
        items, labels, bags = x["data"], np.ravel(x["nlab"]), np.ravel(x["ident"]["milbag"])
        shape = len(bags), items.shape[1] if features is None else features
        if items.shape != shape or not len(bags) == len(labels) > 0:
            raise ValueError(f"{items.shape}, {len(labels)} labels, {len(bags)} bags")
        # A comparison with NaN is false.
        is_finite = (np.abs(items) <= np.finfo("float32").max).all(axis=1)
        _check_rows(is_finite, "a feature that is not a finite number in single precision")
        known = f"1 or {classes}" if classes == 2 else f"1 to {classes}"
        is_label = np.isin(labels, np.arange(1, classes + 1))
        _check_rows(is_label, f"a label that is not {known}")
        is_number = np.isin(bags, np.arange(1 << 16))
        _check_rows(is_number, "a bag that is not a whole number below 65,536")
        order = np.argsort(bags, kind="stable")
        numbers, starts = np.unique(bags[order], return_index=True)
        rows_of_bags = np.split(order, starts[1:])
        first = np.repeat([rows[0] for rows in rows_of_bags], [*map(len, rows_of_bags)])
        is_same = np.empty(len(bags), bool)
        is_same[order] = labels[first] == labels[order]
        _check_rows(is_same, "a label that is not that of its bag")
    for number, rows in zip(numbers, rows_of_bags, strict=True):
        yield int(number), np.float32(items[rows]), int(labels[rows[0]]) - 1


def _check_rows(fits, wrong):
    if not fits.all():
        raise ValueError(f"{wrong}, in row {np.argmin(fits) + 1}")
