"""Text as tensors of strings."""

from collections.abc import Iterable, Sequence
from typing import Any

import tensorflow as tf

from .plain import composed


def strings(texts: Any, compose: bool = True) -> tf.Tensor:
    """Texts as a tensor of strings `(batch,)`, in UTF-8.

    Args:
        texts: A list of strings, or a tensor.
        compose: Whether the strings of a list are `composed`.

    Raises:
        ValueError: They are something else.
    """
    try:
        tensor = tf.convert_to_tensor(composed(texts) if compose else texts)
    except (TypeError, ValueError):
        raise ValueError(f"Expected a list of strings. Received: {texts!r}") from None
    if tensor.dtype != tf.string or tensor.shape.rank != 1:
        raise ValueError(f"Expected a list of strings. Received: {texts!r}")
    return in_utf8(tensor)


def in_utf8(texts: Any) -> Any:
    """Strings of any shape; bytes that are not UTF-8 become U+FFFD, which is not a letter."""
    return tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8")


def lower_case(texts: Any) -> Any:
    """Strings in UTF-8 of any shape, in lower case."""
    return tf.strings.lower(texts, encoding="utf-8")


def replaced(texts: Any, patterns: Iterable[tuple[str, str]]) -> Any:
    """Strings after each pattern in turn was replaced."""
    for pattern, replacement in patterns:
        texts = tf.strings.regex_replace(texts, pattern, replacement)
    return texts


def to_lists(words: tf.RaggedTensor) -> list[Any]:
    """Ragged strings as lists of `str`."""
    return [[word.decode() for word in row] for row in words.to_list()]


def dense(texts: tf.RaggedTensor) -> tf.Tensor:
    """Ragged strings as a tensor, padded with `""`."""
    return texts.to_tensor()


def each_once(words: tf.RaggedTensor, separator: str = ", ") -> tf.Tensor:
    """Strings `(batch,)`: the words of each row of `(batch, words)`, ragged, joined."""
    return tf.map_fn(
        lambda row: tf.strings.reduce_join(tf.unique(row).y, separator=separator),
        words,
        fn_output_signature=tf.string,
    )


def text_spec(name: str, rank: int = 1) -> tf.TensorSpec:
    """The signature of an endpoint's argument: strings `(batch,)`, or of a higher rank."""
    return tf.TensorSpec((None,) * rank, tf.string, name)


def names(choices: Sequence[str], index: Any) -> tf.Tensor:
    """The string of each index into a list of them."""
    return tf.gather(tf.constant(choices), tf.convert_to_tensor(index))


def row_names(texts: Any, index: Any) -> tf.Tensor:
    """The string of each index into its row of texts `(batch, n)`; `""` of the index n."""
    texts = tf.pad(texts, [[0, 0], [0, 1]], constant_values="")
    return tf.gather(texts, tf.convert_to_tensor(index), batch_dims=1)
