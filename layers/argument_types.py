"""What arguments may be, for type checkers and editors."""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypedDict

import keras

# Of any backend, symbolic, or a NumPy array.
Tensor: TypeAlias = Any
# Of a tensor, `None` where a size is not known.
Shape: TypeAlias = tuple[int | None, ...]
# Of an attention: from queries to what they read, and its weights.
Reader: TypeAlias = Callable[[Tensor], tuple[Tensor, Tensor]]

ActivationLike: TypeAlias = str | Callable[..., Any]
InitializerLike: TypeAlias = str | dict[str, Any] | keras.initializers.Initializer
ScoreName = Literal["additive", "bilinear", "cosine", "dot", "scaled_dot", "separate"]
ScoreLike: TypeAlias = ScoreName | keras.layers.Layer
SelectionName = Literal["argmax", "sample", "softmax", "sparsemax", "straight_through_gumbel"]
SelectionLike: TypeAlias = SelectionName | keras.layers.Layer


class LayerOptions(TypedDict, total=False):
    """What every layer takes, and hands on to Keras."""

    name: str | None
    dtype: Any
    trainable: bool
    autocast: bool
    activity_regularizer: Any


class AttentionOptions(LayerOptions, total=False):
    """What attentions take beside their score."""

    selection: SelectionLike
    dropout: float
    seed: int | None


class HopfieldOptions(AttentionOptions, total=False):
    """What heads of Hopfield retrieval take beside their sizes and score."""

    value_dim: int | None
    output_dim: int | None
    use_bias: bool
    beta: float | None
    learn_beta: bool
    updates: int
    tolerance: float


class HopfieldHeadOptions(HopfieldOptions, total=False):
    """What heads of Hopfield retrieval take beside their sizes."""

    score: ScoreLike
