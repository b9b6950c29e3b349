"""TFDS builders of our own, and the way from a builder to arrays."""

import contextlib
import functools
import itertools
import os
import time
from pathlib import Path

import tensorflow_datasets as tfds

from ..running.late_tensorflow import require_tensorflow
from ..running.progress import errors_alone, tell
from . import records
from .generated import HELD_OUT_EXAMPLES, SPLITS
from .reading import named_faults
from .records import padded
from .sources import check_reachable

# Where prepared data are, and where files are that must be fetched by hand.
DATA_DIR, MANUAL_DIR = "TFDS_DATA_DIR", "KERAS_MEMORY_MANUAL_DIR"


def load(builder_class, config, split):
    """All examples of a split as read-only arrays, prepared first where they are not.

    Data are kept in the folder that the environment's `TFDS_DATA_DIR` names
    (`~/tensorflow_datasets` without it).

    Args:
        builder_class: A TFDS builder.
        config: One of its configurations, or a configuration of the user's own, or `None`
            for a builder without any.
        split: The name of a split, or part of one, as `"train[:50%]"`.

    Returns:
        Arrays by name, the examples along the first axis; sequences padded with zeros.

    Example:

    >>> from keras_memory.recipes.datasets.letter_pairs import Builder, letter_config
    >>> examples = load(Builder, letter_config(3, 0.1), "train")
    >>> examples["letters"].tolist()
    [b'SE', b'MV', b'GN']
    """
    return _load(builder_of(builder_class, config), split)


def first_examples(builder_class, config, split, count):
    """As `load`, of the first examples alone: pictures do not wait for all to be prepared.

    Args:
        builder_class: A TFDS builder of sequences, whose splits are `split_generators`.
        config: As in `load`.
        split: `"validation"` or `"test"`.
        count: How many examples.
    """
    builder = builder_of(builder_class, config)
    if builder.data_path.exists():
        return {name: array[:count] for name, array in _load(builder, split).items()}
    generated = builder._generate_examples(SPLITS.index(split), HELD_OUT_EXAMPLES)
    examples = [example for _, example in itertools.islice(generated, count)]
    return {
        name: padded([example[name] for example in examples], feature.np_dtype)
        for name, feature in builder.info.features.items()
    }


def load_records(builder_class, config, split):
    """As `load`, of examples that stay on disk, in a folder `array_record` beside the others.

    Returns:
        `Records`.
    """
    data_dir = Path(_data_dir() or tfds.core.constants.DATA_DIR).expanduser() / records.FORMAT
    builder = builder_of(builder_class, config, data_dir=data_dir, file_format=records.FORMAT)
    _prepare(builder)
    return records.Records(builder.data_path, split)


def builder_of(builder_class, config, **where):
    """The builder of a configuration, which TFDS wants by name if the class has one."""
    registered = {known.name for known in builder_class.BUILDER_CONFIGS}
    if config is not None and config.name in registered:
        config = config.name
    with errors_alone("absl"):  # which warns that a configuration is not registered
        return builder_class(config=config, **{"data_dir": _data_dir(), **where})


def load_public(name, split):
    """As `load`, of a data set that TFDS has, by its name.

    Raises:
        OSError: It is not prepared, and cannot be downloaded.

    Example:

    >>> from keras_memory.recipes.datasets.letter_pairs import Builder, letter_config
    >>> examples = load(Builder, letter_config(3, 0.1), "train")  # which TFDS knows by now
    >>> load_public("letter_pairs", "train")["letters"].tolist()
    [b'SE', b'MV', b'GN']
    """
    builder = tfds.builder(name, data_dir=_data_dir())
    if not builder.data_path.exists():
        otherwise = (
            f"Expected the data set {name} in {builder.data_path}, or a network to "
            "download it. Copy there what TFDS prepared elsewhere, or name the folder "
            f"that has it with --data-dir or {DATA_DIR}"
        )
        check_reachable(builder.info.homepage, otherwise)
        try:
            return _load(builder, split)
        except OSError as error:
            raise OSError(f"{otherwise}. Received: {error}") from None
    return _load(builder, split)


def _data_dir():
    return os.environ.get(DATA_DIR) or None


def _load(builder, split):
    require_tensorflow()  # TFDS would prepare the data, and then not read them
    _prepare(builder)
    return _arrays(str(builder.data_path), split)


def _prepare(builder):
    if not builder.data_path.exists():
        tell(f"preparing data: {builder.data_path}")
        started = time.perf_counter()
        manual_dir = os.environ.get(MANUAL_DIR) or None
        tfds.disable_progress_bar()
        # What TFDS prints of its progress does not belong on standard output.
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
            try:
                builder.download_and_prepare(
                    download_config=tfds.download.DownloadConfig(manual_dir=manual_dir)
                )
            except Exception:
                # Another process may have prepared it in the meantime.
                if not builder.data_path.exists():
                    raise
        tell(f"prepared in {time.perf_counter() - started:.1f} s")


@functools.lru_cache(maxsize=16)
def _arrays(data_path, split):
    with named_faults(data_path, f"data that TFDS prepared, with {split}"):
        builder = tfds.builder_from_directory(data_path)
        arrays = tfds.as_numpy(builder.as_dataset(split=split, batch_size=-1))
    for array in arrays.values():
        array.flags.writeable = False
    return arrays
