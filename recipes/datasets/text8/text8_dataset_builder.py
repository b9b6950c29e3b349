"""The first hundred million characters of Wikipedia, cleaned: letters and spaces."""

import string
import zipfile

import tensorflow_datasets as tfds

from ..characters import CharacterBuilder
from ..sources import check_reachable, manual_folder

URL = "http://mattmahoney.net/dc/text8.zip"
SIZES = {"train": 90_000_000, "validation": 5_000_000, "test": 5_000_000}


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
        text, start, texts = _text(_path(dl_manager)), 0, {}
        for split, size in SIZES.items():
            texts[split] = text[start : start + size]
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


def _text(path):
    """What is in the file or the archive.

    Raises:
        ValueError: The archive has no such file, or it is not of the length of all splits
            together.
    """
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if "text8" not in archive.namelist():
                raise ValueError(
                    f"Expected a file text8 in {path}. Received: {archive.namelist()}"
                )
            text = archive.read("text8")
    else:
        text = path.read_bytes()
    expected = sum(SIZES.values())
    if len(text) != expected:
        raise ValueError(
            f"Expected {expected:,} characters in {path}. Received: {len(text):,}"
        )
    return text
