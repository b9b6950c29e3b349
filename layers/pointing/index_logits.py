"""Logits over indices, the baseline of a pointer."""

from collections.abc import Callable
from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..masks import LOWEST, join_masks, mask_scores
from ..precision import widen
from ..sublayers import build_sublayer
from ..validation import check_positive, check_same_batch


@keras.saving.register_keras_serializable(package="keras_memory")
class IndexLogits(Layer):
    """The baseline of a pointer: a class for each index, the k-th of them for the k-th key.

    logits = W q + b, independent of the keys. Keys beyond the first `places` get -1e30.

    Args:
        places: The number of classes.

    Call arguments:
        As for `PointerAttention`; of the keys, only their number matters.

    Returns:
        Logits of shape `(batch..., queries, keys)`, float32 or wider.

    Raises:
        ValueError: `places` is not a positive integer.

    Cost:
        n d c for c classes, whatever the keys; and n (c + m) numbers to fit them to m keys.

    Example:

    >>> query, key = keras.ops.ones((2, 3, 8)), keras.ops.ones((2, 5, 6))
    >>> keras.ops.shape(IndexLogits(places=9)(query, key))
    (2, 3, 5)

    Reference:
        [Vinyals et al., 2015](https://arxiv.org/abs/1506.03134), sections 2.1 and 2.2: the
        read-out of its baselines.
    """

    def __init__(self, places: int, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_positive("places", places)
        self.places = places
        self.supports_masking = True
        self.dense = keras.layers.Dense(places, dtype=self.dtype_policy)

    def build(self, query_shape, key_shape):
        check_same_batch(self.name, query=query_shape, value=key_shape, key=key_shape)
        build_sublayer(self, self.dense, query_shape)

    def call(self, query, key, key_mask=None, attention_mask=None):
        mask = join_masks(query, key, key_mask=key_mask, attention_mask=attention_mask)
        return self.reader(key, mask)(query)

    def reader(self, key: Tensor, mask: Tensor | None = None) -> Callable[[Tensor], Tensor]:
        """A function from queries to logits, as that of `PointerAttention`."""
        keys = ops.shape(key)[-2]

        def read(query):
            logits = widen(self.dense(query))
            beyond = ops.full((*ops.shape(logits)[:-1], keys), LOWEST, dtype=logits.dtype)
            logits = ops.concatenate([logits, beyond], axis=-1)[..., :keys]
            return mask_scores(logits, mask)

        return read

    def compute_mask(self, query, previous_mask=None):
        return previous_mask

    def compute_output_spec(self, query, key, key_mask=None, attention_mask=None):
        dtype = keras.backend.result_type(self.compute_dtype, "float32")
        return keras.KerasTensor((*query.shape[:-1], key.shape[-2]), dtype)

    def get_config(self):
        return {**super().get_config(), "places": self.places}
