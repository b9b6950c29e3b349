"""Weights of one model in another of its kind, whose words, tags or labels may be others."""

import collections
import re
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

import keras
import numpy as np

if TYPE_CHECKING:
    from .pretrained import PretrainedModel

# Of a weight, for each axis: what each of its entries stands for, or nothing.
Names = tuple[Sequence[Hashable] | None, ...]


def copy_weights(source: "PretrainedModel", target: "PretrainedModel") -> None:
    """See `PretrainedModel.copy_weights_from`."""
    if type(source) is not type(target):
        raise ValueError(
            f"Expected a model of {type(target).__name__}. Received: one of "
            f"{type(source).__name__}"
        )
    old, new = _by_place(source), _by_place(target)
    names = {
        place: (_names(source, old[place]), _names(target, new[place]))
        for place in old.keys() & new.keys()
    }
    fits = all(
        len((old | new)[place].shape) == 0 for place in old.keys() ^ new.keys()
    ) and all(
        _fit(old[place].shape, new[place].shape, each) for place, (_, each) in names.items()
    )
    if not fits:
        raise ValueError(
            f"Expected a model of the sizes of {source.name}, {_differences(source, target)}"
        )
    for place, each in names.items():
        new[place].assign(_merged(*map(_array, (old[place], new[place])), *each))


def _by_place(model):
    """Weights by the ends of their paths, without the numbers that Keras counts layers by.

    The layer alone: in a model that was loaded, one that was an argument has no path before
    its name. Of one end, in their order. A scalar, as what a schedule sets, may be in one
    model alone.
    """
    weights, counts = {}, collections.Counter()
    for weight in model.weights:
        path = re.sub("_[0-9]+(?=/|$)", "", "/".join(weight.path.split("/")[-2:]))
        weights[path, counts[path]] = weight
        counts[path] += 1
    return weights


def _names(model, weight) -> Names:
    for pattern, names in model.entry_names.items():
        if re.fullmatch(pattern, weight.path):
            return names
    return (None,) * len(weight.shape)


def _fit(old, new, names):
    return len(old) == len(new) and all(
        each is not None or size == other
        for size, other, each in zip(old, new, names, strict=True)
    )


def _merged(old, new, old_names, new_names):
    """The new array, with the entries of the old one whose names are in both."""
    if old.ndim == 0:
        return old
    shared = [_shared(*each) for each in zip(old.shape, old_names, new_names, strict=True)]
    from_old, to_new = zip(*shared, strict=True)
    new[np.ix_(*to_new)] = old[np.ix_(*from_old)]
    return new


def _shared(size, old_names, new_names):
    """Of an axis, the numbers of the entries that are in both, in the old and in the new."""
    if new_names is None:
        return range(size), range(size)
    numbers = {name: number for number, name in enumerate(new_names)}
    pairs = [(i, numbers[name]) for i, name in enumerate(old_names) if name in numbers]
    return [i for i, _ in pairs], [j for _, j in pairs]


def _array(weight):
    return np.array(keras.ops.convert_to_numpy(weight))


def _differences(source, target):
    """The arguments that differ, but for names and lists of words."""
    theirs, ours = source.get_config(), target.get_config()
    different = [
        name
        for name, value in theirs.items()
        if isinstance(value, (int, float, str)) and name != "name" and ours[name] != value
    ]

    def listed(arguments: Mapping):
        return ", ".join(f"{name}={arguments[name]}" for name in different)

    return f"{listed(theirs)}. Received: {listed(ours)}" if different else "weight by weight"
