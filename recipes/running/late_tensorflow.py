"""TensorFlow, imported when first used: models answer on other backends without it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf
else:

    class Late:
        """The module, by its attributes."""

        def __getattr__(self, name: str) -> Any:
            try:
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
