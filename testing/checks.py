"""Every promise that applies to a layer, one after the other."""

import copy
from collections.abc import Callable, Mapping

import keras
from numpy.typing import ArrayLike

from ..layers import MemoryRNN
from .case import Case
from .promises import applicable

# The backends on which a promise is checked, where that is not on all. PyTorch has no XLA.
# Finite differences need float64, in which Keras computes on TensorFlow alone. They were
# tried on JAX: in float32 some are off by 5 %; in float64, by its `jax_enable_x64`, those of
# a score agree, and those of an attention are off by 0.04 %.
BACKENDS = {
    "xla": ("tensorflow", "jax"),
    "gradients_by_finite_differences": ("tensorflow",),
}


def check_layer(
    layer: keras.Layer | Callable[[], keras.Layer],
    inputs: Mapping[str, tuple[int | str, ...] | ArrayLike],
    expected_failures: Mapping[str, str] | None = None,
) -> list[str]:
    """Check a layer of one's own against what every layer of this library promises.

    That its configuration makes it again, that a file gives it back, that masks, batches of
    one, half precision, XLA, zeros and seeds are handled, that gradients are those of the
    function, and so on: see `keras_memory.testing.PROMISES`. Those that apply are found from
    the call arguments: an input whose name ends with `mask` says which keys may be attended
    to. A cell is checked in a recurrent layer around it.

    Args:
        layer: A layer, score, selection or cell, or a function that makes one; also a class.
            Its class must be registered with Keras, or nothing could load it.
        inputs: By the name of the call argument: a shape without the batch, in which a name
            stands for a size that differs from call to call, or an array, the batch first.
            Of a cell, that of one step.
        expected_failures: By the name of a promise: why it need not hold. One that does hold
            is an error, too.

    Returns:
        The names of the promises that hold.

    Raises:
        AssertionError: A promise is broken, or one holds that is expected not to.
        ValueError: `expected_failures` names what does not apply to this layer.

    Example:

    >>> @keras.saving.register_keras_serializable(package="mine")
    ... class NegativeDistance(keras_memory.layers.Score):
    ...     def compare(self, query, key):
    ...         difference = query[..., :, None, :] - key[..., None, :, :]
    ...         return -keras.ops.sum(keras.ops.square(difference), axis=-1)
    >>> shapes = {"query": ("queries", 4), "key": ("keys", 4)}
    >>> "batch_of_one" in check_layer(NegativeDistance, shapes)
    True

    Reference:
        The promises as a table, as in Sonnet's conformance tests; for users as
        scikit-learn's `check_estimator`.
    """
    case = _case(layer, inputs, dict(expected_failures or {}))
    promises, holding = applicable(case), []
    if unknown := set(case.expected_failures) - set(promises):
        raise ValueError(
            f"Expected promises that apply to {case.name} ({', '.join(promises)}). "
            f"Received: {', '.join(sorted(unknown))}"
        )
    for name, promise in promises.items():
        backend = keras.backend.backend()
        if backend not in BACKENDS.get(name, (backend,)):
            continue
        try:
            promise(case)
        except Exception as error:
            if name not in case.expected_failures:
                error.add_note(f"{case.name} breaks the promise {name}: {promise.__doc__}")
                raise
        else:
            if name in case.expected_failures:
                raise AssertionError(
                    f"Expected {case.name} to break {name} ({case.expected_failures[name]}). "
                    "Received: it holds"
                )
            holding.append(name)
    return holding


def _case(layer, inputs, expected_failures):
    make = layer
    if isinstance(layer, keras.Layer):
        config = _without_policies(layer.get_config())
        make = lambda: type(layer).from_config(copy.deepcopy(config))  # noqa: E731
    example = make()
    covers, tags = type(example), set()
    if hasattr(example, "state_size") and not isinstance(example, keras.layers.RNN):
        inner, covers, tags = make, MemoryRNN, {"causal", "recurrent"}
        make = lambda: MemoryRNN(inner(), return_sequences=True)  # noqa: E731
        ((_, given),) = inputs.items()
        inputs = {"sequences": ("steps", *given)}
    return Case(
        type(example).__name__,
        covers,
        make,
        inputs,
        frozenset(tags),
        expected_failures=expected_failures,
    )


def _without_policies(config):
    """A config, and those in it: what they make has the policy that holds then."""
    if isinstance(config, dict):
        return {k: _without_policies(value) for k, value in config.items() if k != "dtype"}
    if isinstance(config, (list, tuple)):
        return type(config)(map(_without_policies, config))
    return config
