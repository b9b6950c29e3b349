"""Where a builder's files come from: a folder of the user's, or a download."""

import socket
import urllib.parse
import urllib.request
from pathlib import Path


def manual_folder(dl_manager, *names):
    """The folder below the user's `manual_dir` that is called like this, or `None`.

    Args:
        dl_manager: The download manager of a TFDS builder.
        *names: What the folder may be, relative to `manual_dir`, the likeliest first.
    """
    try:
        given = Path(dl_manager.manual_dir)
    except AssertionError:  # which TFDS raises where there is none
        return None
    return next((given / name for name in names if (given / name).is_dir()), None)


def check_reachable(url, otherwise):
    """Raise an `OSError` that says what to do `otherwise`, if there is no way to `url`.

    TFDS would try for minutes.
    """
    if urllib.request.getproxies():
        return
    try:
        address = urllib.parse.urlsplit(url)
        socket.getaddrinfo(address.hostname, address.port or address.scheme)
    except OSError as error:
        raise OSError(f"{otherwise}. Received: {error}") from None
