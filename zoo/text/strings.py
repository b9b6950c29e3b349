"""Text as tensors of strings."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

# What words of any language are made of, in a class of RE2: letters, marks, digits and `_`.
LETTERS = r"\p{L}\p{M}\p{N}_"


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


def composed(texts: Any) -> Any:
    """Lists of strings with each accent in one code point with its letter (NFC).

    Tensors are as they were: TensorFlow has no such operation.
    """
    if isinstance(texts, str):
        return unicodedata.normalize("NFC", texts)
    return list(map(composed, texts)) if isinstance(texts, (list, tuple)) else texts


def in_utf8(texts: Any) -> Any:
    """Strings of any shape; bytes that are not UTF-8 become U+FFFD, which is not a letter."""
    return tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8")


def lower_case(texts: Any) -> Any:
    """Strings in UTF-8 of any shape, in lower case."""
    return tf.strings.lower(texts, encoding="utf-8")


def check_vocabulary(
    vocabulary: Any, words_of: Callable[[Any], tf.RaggedTensor], separator: str | None = None
) -> None:
    """Raise a `ValueError` unless texts are read as these words.

    Args:
        vocabulary: A list of strings, each once.
        words_of: From strings `(batch,)` to their words, ragged `(batch, words)`.
        separator: Of the words of an entry that may have several; without it, none may.
    """
    expected = "Expected a list of strings in lower case, each once and each a word, for "
    fits = isinstance(vocabulary, (list, tuple)) and all(
        isinstance(word, str) and word for word in vocabulary
    )
    if not fits or len(set(vocabulary)) != len(vocabulary):
        raise ValueError(f"{expected}vocabulary. Received: {vocabulary!r}")
    found = words_of(strings(vocabulary)).to_list() if vocabulary else []
    for word, read in zip(vocabulary, found, strict=True):
        read = [part.decode() for part in read]
        if read != (word.split(separator) if separator else [word]):
            raise ValueError(
                f"{expected}vocabulary. Received: {word!r}, which is read as {read}"
            )


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
