"""TensorFlow, imported when first used: models answer on other backends without it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf
else:

    class Late:
        """The module, by its attributes."""

        def __getattr__(self, name: str) -> Any:
            try:
                with quiet_import():
                    import tensorflow
            except ImportError as error:
                raise ImportError(
                    "Expected TensorFlow, for the data, training and export of recipes: "
                    f"pip install tensorflow. Received: {error}"
                ) from None
            return getattr(tensorflow, name)

    tf = Late()


def require_tensorflow() -> None:
    """Import it.

    Raises:
        ImportError: It is not installed.
    """
    _ = tf.data


@contextlib.contextmanager
def quiet_import() -> Iterator[None]:
    """Without what TensorFlow says while it is imported, before it reads its log level.

    See https://github.com/tensorflow/tensorflow/issues/100442.
    """
    if "tensorflow" in sys.modules:
        yield
        return
    sys.stderr.flush()
    standard_error = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(standard_error, 2)
        os.close(standard_error)
