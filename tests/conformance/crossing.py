"""Promises × entries of the table: the parameters of the tests in this folder."""

import numpy as np
import pytest
from table import TABLE

from keras_memory import testing
from keras_memory.testing.checks import BACKENDS

every_entry = pytest.mark.parametrize("entry", TABLE, ids=lambda entry: entry.name)


def cross(*names):
    """Each promise with each entry that it applies to; what is expected to fail must fail."""
    return pytest.mark.parametrize(
        ("promise", "entry"),
        [
            pytest.param(
                promise,
                entry,
                marks=[*_failing(entry, name), *_backends(name)],
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


def _backends(name):
    having = BACKENDS.get(name)
    return [pytest.mark.only(*having, because=f"promise {name}")] if having else []


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
