"""The first hundred million characters of Wikipedia, cleaned: letters and spaces."""

import string
import zipfile

import tensorflow_datasets as tfds

from ..characters import CharacterBuilder
from ..reading import named_faults, open_file
from ..sources import check_reachable, manual_folder

URL = "http://mattmahoney.net/dc/text8.zip"
NAME = "text8"
SIZES = {"train": 90_000_000, "validation": 5_000_000, "test": 5_000_000}
OVERHEAD = 1 << 20  # bytes of an archive whose file is hardly compressed


class Builder(CharacterBuilder):
    """Mahoney's text, cut after nine tenths, and the last tenth in two."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = f"""
    Put {URL}, or the file text8 in it, into this folder, or into a folder text8 in it.
    Without it, the archive is downloaded.
    """
    homepage = "http://mattmahoney.net/dc/textdata.html"
    alphabet = f" {string.ascii_lowercase}"

    def texts(self, dl_manager):
        path = _path(dl_manager)
        text, start, texts = read_text(path), 0, {}
        for split, size in SIZES.items():
            texts[split] = path, text[start : start + size]
            start += size
        return texts


def _path(dl_manager):
    """The user's file or archive, or the archive that is downloaded."""
    folder = manual_folder(dl_manager, "text8", ".")
    names = ("text8", "text8.zip") if folder else ()
    given = [folder / name for name in names if (folder / name).is_file()]
    if given:
        return given[0]
    check_reachable(
        URL,
        f"Expected text8 or text8.zip in --manual-dir (now {dl_manager._manual_dir}), or a "
        f"network to download {URL}",
    )
    return dl_manager.download(URL)


def read_text(path):
    """What is in the file or the archive.

    Raises:
        ValueError: The archive is damaged or has no such file, or it is not of the length of
            all splits together.
    """
    size = sum(SIZES.values())
    with open_file(path, size + OVERHEAD) as file:
        if zipfile.is_zipfile(file):
            with (
                named_faults(path, f"a zip archive with a file {NAME}"),
                zipfile.ZipFile(file) as archive,
            ):
                text = archive.open(NAME).read(size + 1)  # whatever size it states
        else:
            file.seek(0)
            text = file.read(size + 1)
    if len(text) != size:
        received = f"{len(text):,}" if len(text) < size else "more"
        raise ValueError(f"{path}: Expected {size:,} characters. Received: {received}")
    return text
