"""The contract of a score: how well does a query match a key?"""

import warnings
from typing import Unpack

from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer


def project(vectors: Tensor, kernel: Tensor) -> Tensor:
    """vectors · kernel, of any rank, with a gradient that XLA can take inside a loop."""
    kernel = ops.cast(kernel, vectors.dtype)  # as Keras does where it calls a layer
    if len(vectors.shape) == 3 and vectors.shape[1] == 1:
        # TensorFlow would else compute the gradient by one product for each example.
        return ops.matmul(vectors[:, 0], kernel)[:, None]
    axes = "abcdefgh"[: len(vectors.shape) - 1]
    return ops.einsum(f"{axes}x,xy->{axes}y", vectors, kernel)


class Score(Layer):
    """A score s(query, key); a subclass writes `compare(query, key)`.

    Called, a score is `compare(query, prepare(key))`. What depends on the keys alone, a
    subclass writes as `prepare(key)`: it is computed once, for a decoder that has one query
    after the other, and `compare` gets its result in the place of the key.

    A score takes no mask: the selection that turns scores into weights leaves out padding.

    Call arguments:
        query: Shape `(batch..., queries, dim)`.
        key: Shape `(batch..., keys, dim)`.

    Returns:
        Scores of shape `(batch..., queries, keys)`.

    Example:

    ```python
    from keras import ops
    from keras_memory.layers import Attention, Score

    class NegativeDistance(Score):
        def compare(self, query, key):
            difference = query[..., :, None, :] - key[..., None, :, :]
            return -ops.sum(ops.square(difference), axis=-1)

    read = Attention(NegativeDistance())(ops.ones((2, 3, 4)), ops.ones((2, 5, 4)))
    ```
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "call" in vars(cls):
            warnings.warn(
                f"Expected {cls.__name__} to write compare(query, key). Received: call, "
                "which takes its place in this version, and will not in the next",
                DeprecationWarning,
                stacklevel=2,
            )
            if "compare" not in vars(cls):
                cls.compare = cls.call
            del cls.call

    def __init__(self, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, query_shape, key_shape):
        """Create the weights; a score without any needs nothing."""

    def call(self, query, key):
        """Final: scores are the same here and inside an attention."""
        return self.compare(query, self.prepare(key))

    def prepare(self, key: Tensor) -> Tensor:
        """What can be computed of the keys alone, `(batch..., keys, units)`."""
        return key

    def compare(self, query: Tensor, key: Tensor) -> Tensor:
        """The scores of queries and prepared keys, `(batch..., queries, keys)`."""
        raise NotImplementedError(f"{type(self).__name__} must write compare")

    def compute_mask(self, query, previous_mask=None):
        """None: a query's mask is not a mask of its scores."""

    def get_config(self):
        # Written out, since Keras refuses its own to a layer that was given a dtype policy. A
        # subclass with arguments adds them here.
        return super().get_config()
