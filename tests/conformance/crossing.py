"""Promises × entries of the table: the parameters of the tests in this folder."""

import numpy as np
import pytest
from table import TABLE

from keras_memory import testing
from keras_memory.testing.checks import BACKENDS

# What does not hold on PyTorch, by promise and entry.
NARROW = "Keras traces a layer within a layer in float32 on PyTorch, whatever its policy"
NOT_ON_TORCH = {
    ("symbolic_is_real", "ItemWise"): NARROW,
    ("symbolic_is_real", "SaliencyGate"): NARROW,
    ("large_numbers_are_finite", "NTMCell_dense"): "gradients of 1e20 overflow on PyTorch",
    (
        "large_numbers_are_finite",
        "TransformerStep",
    ): "a norm of 1e20 is NaN on PyTorch",
}

every_entry = pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.name)


def cross(*names):
    """Each promise with each entry that it applies to; what is expected to fail must fail."""
    return pytest.mark.parametrize(
        ("promise", "entry"),
        [
            pytest.param(
                promise,
                entry,
                marks=[*_failing(entry, name), *_backends(name, entry)],
                id=f"{name}-{entry.name}",
            )
            for name in names
            for entry in TABLE
            if (promise := testing.applicable(entry).get(name))
        ],
    )


def _failing(entry, name):
    reason = entry.expected_failures.get(name)
    return [pytest.mark.xfail(reason=reason, strict=True)] if reason else []


def _backends(name, entry):
    """Those that have what the promise needs, and on which it holds of the entry."""
    if backends := BACKENDS.get(name):
        return [pytest.mark.only(*backends, because=f"promise {name}")]
    if reason := NOT_ON_TORCH.get((name, entry.name)):
        return [pytest.mark.only("tensorflow", "jax", because=reason)]
    return []


def inputs_file(path, **which):
    """The inputs of all entries in one file, `entry/argument` each."""
    arrays = {
        f"{entry.name}/{name}": array
        for entry in TABLE
        for name, array in entry.arrays(**which).items()
    }
    np.savez(path, **arrays)


def outputs_in(answers, name):
    """The list of outputs of an entry among those of a child; its error, if it had one."""
    assert f"{name}/error" not in answers, answers[f"{name}/error"]
    count = sum(key.rpartition("/")[0] == name for key in answers)
    return [answers[f"{name}/{i}"] for i in range(count)]
