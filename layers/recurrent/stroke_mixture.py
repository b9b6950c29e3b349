"""Where a pen goes next: a mixture of Gaussians of the plane, and the ends of strokes."""

from typing import Any, Unpack

import keras
from keras import ops

from ..argument_types import LayerOptions, Tensor
from ..layer import Layer
from ..precision import widen
from ..sublayers import build_sublayer
from ..validation import check_positive

WIDTH = 3  # of a point: Δx, Δy and whether the stroke ends
LARGEST_LOG_DEVIATION = 7.0
LARGEST_CORRELATION = 0.999
LOG_2_PI = 1.8378770664093453


@keras.saving.register_keras_serializable(package="keras_memory")
class StrokeMixture(Layer):
    """The distribution of the next point of a pen, as a linear function of what comes in.

    ŷ = W x + b = (ê, π̂, μ̂, σ̂, ρ̂), 1 + 6 M numbers for M components

    e = sigmoid(ê),  π = softmax((1 + b) π̂),  μ = μ̂,  σ = exp(σ̂ - b),  ρ = tanh(ρ̂)

    p(Δx, Δy, end) = Σ_j π_j N(Δx, Δy; μ_j, σ_j, ρ_j) · e^end (1 - e)^(1 - end)

    with the bias b ≥ 0 of `distribution` alone. |σ̂| is at most 7 and |ρ| at most 0.999, so
    that no density is infinite. `StrokeMixtureLoss` is -log p.

    Args:
        components: M.

    Call arguments:
        inputs: Shape `(batch..., dim)`.

    Returns:
        ŷ, shape `(batch..., 1 + 6 components)`: first ê, then π̂ of each component, then both
        of μ̂, those of x first, both of σ̂, and ρ̂.

    Raises:
        ValueError: `components` is not a positive integer.

    Cost:
        A product with a matrix `(dim, 1 + 6 M)`.

    Example:

    >>> mixture = StrokeMixture(components=4)
    >>> parameters = mixture(keras.ops.ones((2, 5, 8)))
    >>> keras.ops.shape(parameters)
    (2, 5, 25)
    >>> keras.ops.shape(mixture.distribution(parameters, bias=1.0)["means"])
    (2, 5, 4, 2)

    Reference:
        [Graves, 2013](https://arxiv.org/abs/1308.0850), equations 15 to 25 and, with the
        bias, 60 to 62; after [Bishop, 1994](https://publications.aston.ac.uk/id/eprint/373/).
        The sign of ê is that of a logit here.
    """

    def __init__(self, components: int = 20, **kwargs: Unpack[LayerOptions]) -> None:
        super().__init__(**kwargs)
        check_positive("components", components)
        self.components = components
        self.supports_masking = True

    def build(self, input_shape):
        self.linear = keras.layers.Dense(1 + 6 * self.components, dtype=self.dtype_policy)
        build_sublayer(self, self.linear, input_shape)

    def call(self, inputs):
        return ops.cast(self.linear(inputs), self.compute_dtype)

    def distribution(self, parameters: Tensor, bias: float = 0.0) -> dict[str, Any]:
        """The distribution of the next point, by name, in float32 or wider.

        Args:
            parameters: ŷ, as `call` returns it.
            bias: b: the larger, the nearer samples are to the likeliest, and the neater what
                is written.

        Returns:
            `end`, e, `(batch...)`; `weights`, π, and `correlations`, ρ, `(batch...,
            components)`; `means`, μ, and `deviations`, σ, `(batch..., components, 2)`.
        """
        end, weights, means, deviations, correlations = parts(parameters)
        return {
            "end": ops.sigmoid(end),
            "weights": ops.softmax(weights * (1 + bias)),
            "means": means,
            "deviations": ops.exp(deviations - bias),
            "correlations": correlations,
        }

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 1 + 6 * self.components)

    def get_config(self):
        return {**super().get_config(), "components": self.components}


@keras.saving.register_keras_serializable(package="keras_memory")
class StrokeMixtureLoss(keras.losses.Loss):
    """How surprising the next point of a pen is, in nats a point.

    L = -log Σ_j π_j N(Δx, Δy; μ_j, σ_j, ρ_j) - end log e - (1 - end) log(1 - e)

    Densities may be above 1, and losses below 0; both are of the unit of length that the
    points have. With weights, the loss is their mean: that of points that are not padding.

    Call arguments:
        y_true: Points `(batch..., 3)`: Δx, Δy, and 1 where a stroke ends, else 0.
        y_pred: ŷ of a `StrokeMixture`.

    Raises:
        ValueError: The points have another width, or ŷ is not of whole components.

    Cost:
        A density for each component.

    Example:

    >>> points, parameters = keras.ops.zeros((1, 2, 3)), keras.ops.zeros((1, 2, 7))
    >>> print(f"{float(StrokeMixtureLoss()(points, parameters)):.4f}")  # log 2π + log 2
    2.5310

    Reference:
        [Graves, 2013](https://arxiv.org/abs/1308.0850), equation 26.
    """

    def __init__(
        self,
        name: str = "stroke_mixture",
        reduction: str = "mean_with_sample_weight",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, reduction=reduction, **kwargs)

    def call(self, y_true, y_pred):
        if y_true.shape[-1] != WIDTH or y_pred.shape[-1] % 6 != 1:
            raise ValueError(
                f"Expected points (..., {WIDTH}) and parameters (..., 1 + 6 components). "
                f"Received: {tuple(y_true.shape)} and {tuple(y_pred.shape)}"
            )
        end, weights, means, log_deviations, rho = parts(y_pred)
        points = ops.cast(y_true, end.dtype)
        difference = points[..., None, : WIDTH - 1] - means
        u, v = ops.unstack(difference * ops.exp(-log_deviations), axis=-1)
        rest = (1 - rho) * (1 + rho)  # 1 - ρ²
        # Z / (1 - ρ²) as a sum of squares, which is not rounded to below 0.
        square = ops.square(u) + ops.square(v - rho * u) / rest
        log_normal = (
            -LOG_2_PI - ops.sum(log_deviations, axis=-1) - (ops.log(rest) + square) / 2
        )
        of_place = ops.logsumexp(ops.log_softmax(weights) + log_normal, axis=-1)
        of_end = points[..., WIDTH - 1] * end - ops.softplus(end)
        return -of_place - of_end


def parts(parameters: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """ê, π̂, μ, log σ and ρ, in float32 or wider."""
    parameters = widen(parameters)
    end, rest = parameters[..., 0], parameters[..., 1:]
    weights, mx, my, sx, sy, rho = ops.split(rest, 6, axis=-1)
    log_deviations = ops.clip(
        ops.stack([sx, sy], axis=-1), -LARGEST_LOG_DEVIATION, LARGEST_LOG_DEVIATION
    )
    return (
        end,
        weights,
        ops.stack([mx, my], axis=-1),
        log_deviations,
        LARGEST_CORRELATION * ops.tanh(rho),
    )
