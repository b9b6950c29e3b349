"""Linear start: a selection that can be left out in the first epochs of training."""

from typing import Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, SelectionLike
from ..attention import selections
from ..attention.selection import Selection
from ..sublayers import build_sublayer


@keras.saving.register_keras_serializable(package="keras_memory")
class LinearStart(Selection):
    """A selection that returns the scores as they are while its variable `linear` is 1.

    Soft-max over memories that are not trained yet has poor local minima. Trained without it
    at first, a memory network finds a better start. `linear` is 0 at first, where this layer
    is its selection; assign 1 to it, train, and assign 0 again.

    Args:
        selection: The selection with `linear` at 0; as for `Attention`.

    Call arguments:
        scores, mask, training: As for every `Selection`.

    Returns:
        Weights of the scores' shape; the scores, with 0 where masked, while `linear` is 1.

    Cost:
        That of its selection, also while `linear` is 1.

    Example:

    ```python
    import keras
    import numpy as np
    from keras_memory.layers import LinearStart, MemoryHop

    selection = LinearStart("softmax")
    query, value = keras.Input((4,)), keras.Input((None, 4))
    model = keras.Model([query, value], MemoryHop(selection=selection)(query, value))
    model.compile("sgd", "mse")
    x, y = [np.ones((8, 4)), np.ones((8, 5, 4))], np.zeros((8, 4))
    selection.linear.assign(1)  # at first
    model.fit(x, y)
    selection.linear.assign(0)  # later, when the validation loss stops falling
    model.fit(x, y)
    ```

    Reference:
        [Sukhbaatar et al., 2015](https://arxiv.org/abs/1503.08895), section 4.2.
    """

    def __init__(
        self, selection: SelectionLike = "softmax", **kwargs: Unpack[LayerOptions]
    ) -> None:
        super().__init__(**kwargs)
        self.selection = selections.get(selection, self.dtype_policy)
        self.reads_have_gradients = self.selection.reads_have_gradients
        self.linear = self.add_weight(
            shape=(), initializer="zeros", trainable=False, name="linear"
        )

    def build(self, scores_shape):
        build_sublayer(self, self.selection, scores_shape)

    def call(self, scores, mask=None, training=False):
        weights = self.selection(scores, mask=mask, training=training)
        raw = ops.cast(scores, self.compute_dtype)
        if mask is not None:
            raw = ops.where(ops.cast(mask, "bool"), raw, 0)
        return ops.where(self.linear > 0, raw, weights)

    def get_config(self):
        selection = keras.saving.serialize_keras_object(self.selection)
        return {**super().get_config(), "selection": selection}
