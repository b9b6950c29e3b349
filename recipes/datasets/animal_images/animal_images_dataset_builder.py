"""Tiger, fox and elephant: images as bags of segments, with one label a bag."""

import numpy as np
import scipy.io
import tensorflow_datasets as tfds

from ..sources import manual_folder

ANIMALS = "tiger", "fox", "elephant"
FEATURES = 230


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
        items, labels, bags = _read(path)
        for bag in np.unique(bags):
            here = bags == bag
            (label,) = np.unique(labels[here])
            known = {"items": items[here], "length": here.sum(), "label": label}
            yield int(bag), known


def _read(path):
    """Of each segment its features, its bag's label (0 or 1), and the number of its bag.

    Raises:
        ValueError: The file is not such a data set.
    """
    try:
        x = scipy.io.loadmat(path, squeeze_me=True, struct_as_record=False)["x"]
        items, labels, bags = np.float32(x.data), np.int32(x.nlab) - 1, x.ident.milbag
        if not (items.shape == (len(labels), FEATURES) and len(bags) == len(labels)):
            raise ValueError(f"{items.shape}, {len(labels)} labels, {len(bags)} bags")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"Expected a data set of PRTools with {FEATURES} features, labels (x.nlab) and "
            f"bags (x.ident.milbag) in {path}. Received: {type(error).__name__}: {error}"
        ) from None
    return items, labels, bags
