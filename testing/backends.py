"""What each backend has of its own: gradients, compilation, double precision."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
from keras import ops


def gradients(
    model: keras.Model,
    arrays: Mapping[str, Any],
    loss: Callable[[list[Any]], Any],
    compiled: bool = False,
) -> tuple[list[Any], list[Any]]:
    """The outputs of a model, and the gradients of a loss of them.

    Args:
        model: A functional Keras model.
        arrays: Its inputs, by name.
        loss: A function of the list of outputs.
        compiled: Whether by XLA.

    Returns:
        `(outputs, gradients)`, two lists of tensors; the gradients are by each input of
        floating point and each trainable variable, `None` where there is none.

    Raises:
        NotImplementedError: The backend is not TensorFlow, JAX or PyTorch, or has no XLA.
    """
    backend = keras.backend.backend()
    if backend not in STEPS:
        raise NotImplementedError(
            f"Expected a backend of which gradients can be had ({', '.join(STEPS)}). "
            f"Received: {backend}"
        )
    if compiled and backend == "torch":
        raise NotImplementedError("Expected a backend with XLA. Received: torch")
    arrays = {name: ops.convert_to_tensor(array) for name, array in arrays.items()}
    return STEPS[backend](model, arrays, loss, compiled)


def argument(model: keras.Model, arrays: Mapping[str, Any]) -> Any:
    """Models of one input take it bare."""
    return arrays if isinstance(model.input, dict) else next(iter(arrays.values()))


def floating(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: a
        for name, a in arrays.items()
        if "float" in keras.backend.standardize_dtype(a.dtype)
    }


def _tensorflow(model, arrays, loss, compiled):
    import tensorflow as tf

    def step(arrays):
        weights = [variable.value for variable in model.trainable_variables]
        sources = [*floating(arrays).values(), *weights]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            outputs = keras.tree.flatten(model(argument(model, arrays)))
            total = loss(outputs)
        found = tape.gradient(total, sources)
        return outputs, [g if g is None else tf.convert_to_tensor(g) for g in found]

    return (tf.function(step, jit_compile=True) if compiled else step)(arrays)


def _jax(model, arrays, loss, compiled):
    import jax

    def step(arrays, trainable, others):
        def total(floats, trainable):
            inputs = argument(model, {**arrays, **floats})
            outputs, _ = model.stateless_call(trainable, others, inputs)
            outputs = keras.tree.flatten(outputs)
            return loss(outputs), outputs

        by = jax.value_and_grad(total, argnums=(0, 1), has_aux=True)
        (_, outputs), (floats, weights) = by(floating(arrays), trainable)
        return outputs, [*floats.values(), *weights]

    variables = model.trainable_variables, model.non_trainable_variables
    values = [[variable.value for variable in group] for group in variables]
    outputs, found = (jax.jit(step) if compiled else step)(arrays, *values)
    names = sorted(floating(arrays))  # JAX sorts dictionaries
    return outputs, [found[names.index(name)] for name in floating(arrays)] + found[
        len(names) :
    ]


def _torch(model, arrays, loss, compiled):
    import torch

    arrays = arrays | {n: a.detach().requires_grad_() for n, a in floating(arrays).items()}
    weights = [variable.value for variable in model.trainable_variables]
    sources = [*floating(arrays).values(), *weights]
    outputs = keras.tree.flatten(model(argument(model, arrays)))
    total = loss(outputs)
    if not total.requires_grad:
        return outputs, [None] * len(sources)
    return outputs, list(torch.autograd.grad(total, sources, allow_unused=True))


STEPS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}


@contextlib.contextmanager
def double_precision() -> Iterator[None]:
    """New layers compute in float64 meanwhile."""
    before = keras.config.floatx()
    with policy("float64"):
        keras.config.set_floatx("float64")
        try:
            yield
        finally:
            keras.config.set_floatx(before)


@contextlib.contextmanager
def policy(name: str) -> Iterator[None]:
    """New layers are of this dtype policy meanwhile."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
