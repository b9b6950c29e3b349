"""Text as tensors of strings."""

import tensorflow as tf


def strings(texts):
    """Texts as a tensor of strings `(batch,)`.

    Raises:
        ValueError: They are something else.
    """
    try:
        tensor = tf.convert_to_tensor(texts)
    except (TypeError, ValueError):
        raise ValueError(f"Expected a list of strings. Received: {texts!r}") from None
    if tensor.dtype != tf.string or tensor.shape.rank != 1:
        raise ValueError(f"Expected a list of strings. Received: {texts!r}")
    return tensor


def text_spec(name, rank=1):
    """The signature of an endpoint's argument: strings `(batch,)`, or of a higher rank."""
    return tf.TensorSpec((None,) * rank, tf.string, name)


def names(choices, index):
    """The string of each index into a list of them."""
    return tf.gather(tf.constant(choices), tf.convert_to_tensor(index))


def row_names(texts, index):
    """The string of each index into its row of texts `(batch, n)`; `""` of the index n."""
    texts = tf.pad(texts, [[0, 0], [0, 1]], constant_values="")
    return tf.gather(texts, tf.convert_to_tensor(index), batch_dims=1)
