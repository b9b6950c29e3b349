"""Capacity: how many random patterns a Hopfield network holds, by rule and by interaction.

The network that is trained stores a number of them. Measured besides is what theory is about:
the fraction of wrong units where recall ends that begins at a pattern, against the load
α = patterns / units, for several sizes; how far from a pattern recall may begin; and how many
patterns dense memories store, whose number grows as a power of the units, or faster.
"""

import functools
import math
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from keras import ops
from pydantic import Field, PositiveInt

from ...layers import DenseAssociativeMemory
from ...layers.associative.binary_updates import asynchronous, settled
from ...layers.associative.storage_rules import STORAGE_RULES
from ...zoo import HopfieldNetwork, figures
from ..datasets import load
from ..datasets.random_patterns import Builder, pattern_config
from ..running.argument_types import Arrays, Figures, Metrics, Split
from ..running.compiling import compiled
from ..running.fields import Integers
from ..running.recipe import recipe_dataclass
from .recall import RecallRecipe, recall_study
from .recall_beyond import random_patterns

CUES = 50  # patterns of each network that are recalled
SWEEPS = 50  # in which recall ends, at most
LOADS = {  # α
    "hebb": (0.05, 0.08, 0.1, 0.12, 0.13, 0.138, 0.145, 0.16, 0.18, 0.2, 0.25),
    "storkey": (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5),
    "pseudo_inverse": (0.1, 0.25, 0.5, 0.75, 0.9, 1.0),  # 1: one pattern fewer than units
}
BASIN_UNITS, BASIN_SEEDS = 300, 3
TURNED = tuple(np.arange(0.0, 0.5, 0.05))  # fractions of the units of a cue
POWERS = {3: (50, 100, 200, 400), 4: (30, 50, 80, 120)}  # units, by the power of the overlap
DENSE_SEEDS = 5
WRONG = 0.01  # fraction of wrong units up to which patterns count as stored
MANY, UNITS = 10_000, 100  # patterns, and units, of the exponential one


@recipe_dataclass
class HopfieldCapacity(RecallRecipe):
    """What became the theory of associative memory, measured.

    [Amit, Gutfreund & Sompolinsky, 1985](https://doi.org/10.1103/PhysRevLett.55.1530);
    [Krotov & Hopfield, 2016](https://arxiv.org/abs/1606.01164), section 3;
    [Demircigil et al., 2017](https://arxiv.org/abs/1702.01929).

    Example:

    >>> from keras_memory import recipes
    >>> recipe = recipes.get("hopfield_capacity", units=100, rule="pseudo_inverse")
    >>> recipe.model().output_shape  # the units
    (None, 100)
    """

    rule: Literal[*STORAGE_RULES] = Field(
        "hebb", description="of the network that is trained"
    )
    units: PositiveInt = Field(1000, description="of that network")
    patterns: PositiveInt = Field(100, description="that are stored in it")
    sizes: Integers = Field((100, 300, 1000), description="units of those in the study")
    seeds: PositiveInt = Field(20, description="networks of each size, rule and load")

    study: ClassVar = recall_study(
        data=f"random_patterns {Builder.VERSION} (generated)",
        targets={
            "wrong_percent_hebb_n_1000_load_0.1": ("≤", 1.0),
            "wrong_percent_pseudo_inverse_n_1000_load_1": ("≤", 0.0),
            "recalled_percent_exponential_patterns_10000": ("≥", 100.0),
        },
        beyond=random_patterns,
    )

    def __post_init__(self):
        super().__post_init__()
        if min(self.sizes) < 1 / min(map(min, LOADS.values())):
            raise ValueError(
                f"Expected sizes of 20 units or more, for a pattern at the least load. "
                f"Received: {self.sizes}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        return next((d, self.units // d) for d in _divisors_from_root(self.units))

    def examples(self, split: str) -> Arrays:
        config = pattern_config(self.units, self.patterns, self.units // 10)
        return load(Builder, config, split)

    def model(self) -> keras.Model:
        return HopfieldNetwork(self.units, self.rule, seed=self.seed)

    def evaluate(self, model: keras.Model, split: Split = "test") -> Metrics:
        """Of the model's own patterns, and of the study, which depends on no split."""
        return {
            **super().evaluate(model, split),
            **{
                f"wrong_percent_{rule}_n_{units}_load_{load:g}": 100 * float(np.mean(shares))
                for rule, by_size in self._study().items()
                for units, by_load in by_size.items()
                for load, shares in by_load.items()
            },
            **{
                f"exponent_power_{power}": _exponent(capacities)
                for power, capacities in dense_capacities().items()
            },
            f"recalled_percent_exponential_patterns_{MANY}": exponential_recall(),
        }

    def figures(self, model: keras.Model) -> Figures:
        overlaps = {
            rule: {
                units: {load: 1 - 2 * np.mean(x) for load, x in by_load.items()}
                for units, by_load in by_size.items()
            }
            for rule, by_size in self._study().items()
        }
        return {
            **super().figures(model),
            "overlap_against_load": figures.overlap_against_load(overlaps),
            "basin_against_load": figures.basin_against_load(basins()),
            "dense_capacity": figures.dense_capacity(dense_capacities()),
        }

    def _study(self):
        return classical_errors(self.sizes, self.seeds)


@functools.lru_cache(maxsize=2)
def classical_errors(sizes: tuple[int, ...], seeds: int) -> dict[str, Any]:
    """Fractions of wrong units of each seed, by rule, size and load."""
    return {
        rule: {
            units: dict(
                zip(loads, zip(*_errors(rule, units, seeds), strict=True), strict=True)
            )
            for units in sizes
        }
        for rule, loads in LOADS.items()
    }


def _errors(rule, units, seeds):
    """A row for each seed: fractions of wrong units at each load, from patterns as cues."""
    return [
        [_wrong(cues, _recall(couplings, cues, orders)) for couplings, cues, orders in steps]
        for steps in (_filling(rule, units, seed) for seed in range(seeds))
    ]


def _filling(rule, units, seed):
    """A network at one load after the other: couplings, cues, orders of sweeps."""
    random = np.random.default_rng((1985, units, seed))
    counts = [min(round(load * units), units - 1) for load in LOADS[rule]]
    patterns = random.choice(np.float32([-1, 1]), (counts[-1], units))
    orders = random.permuted(np.tile(np.int32(range(units)), (SWEEPS, 1)), axis=1)
    couplings = np.zeros((units, units), "float32")
    for before, count in zip([0, *counts], counts, strict=False):
        couplings = _storing(rule)(couplings, patterns, np.int32([before, count]))
        yield couplings, patterns[random.integers(0, count, CUES)], orders


@functools.cache
def _storing(rule):
    @compiled
    def store(couplings, patterns, span):
        def one(i, couplings):
            return STORAGE_RULES[rule](couplings, patterns[i][None])

        return ops.fori_loop(span[0], span[1], one, couplings)

    return store


@compiled
def _recall(couplings, cues, orders):
    units = couplings.shape[0]
    couplings = couplings * (1 - ops.eye(units))
    bias = ops.zeros((1, units))
    states, _, _ = settled(
        lambda states, step: asynchronous(states, couplings, bias, orders[step]), cues, SWEEPS
    )
    return states


def _wrong(patterns, states):
    return float(np.mean(np.asarray(states) != patterns))


@functools.cache
def basins() -> dict[str, dict[float, float]]:
    """How many units of a cue may be turned, by rule and load: the largest fraction of
    TURNED from which nine cues of ten end within a twentieth of their pattern's units.
    """
    random = np.random.default_rng(1985)
    found = {
        rule: [
            [_basin(*network, random) for network in _filling(rule, BASIN_UNITS, seed)]
            for seed in range(BASIN_SEEDS)
        ]
        for rule in LOADS
    }
    return {
        rule: dict(zip(LOADS[rule], np.mean(shares, axis=0).tolist(), strict=True))
        for rule, shares in found.items()
    }


def _basin(couplings, patterns, orders, random):
    widest = 0.0
    for fraction in TURNED:
        order = random.permuted(np.tile(np.arange(BASIN_UNITS), (CUES, 1)), axis=1)
        turned = order < round(fraction * BASIN_UNITS)
        states = _recall(couplings, np.where(turned, -patterns, patterns), orders)
        near = np.mean(np.asarray(states) != patterns, axis=-1) <= 0.05
        if np.mean(near) < 0.9:
            break
        widest = fraction
    return widest


@functools.cache
def dense_capacities() -> dict[int, dict[int, float]]:
    """How many patterns are stored, by power and units: so many that WRONG of the units of a
    pattern are turned by one update.
    """
    return {
        power: {units: _dense_capacity(power, units) for units in sizes}
        for power, sizes in POWERS.items()
    }


def _dense_capacity(power, units):
    # Noise of other patterns against a pattern's own pull, as the paper has it.
    double_factorial = math.prod(range(2 * power - 3, 0, -2))
    about = units ** (power - 1) / (5.4 * double_factorial)
    counts = np.unique(np.geomspace(about / 4, 4 * about, 9).astype(int))
    errors = [
        np.mean([_dense_error(power, units, int(count), s) for s in range(DENSE_SEEDS)])
        for count in counts
    ]
    return float(np.exp(np.interp(WRONG, errors, np.log(counts))))


def _dense_error(power, units, count, seed):
    random = np.random.default_rng((2016, power, units, count, seed))
    patterns = random.choice(np.float32([-1, 1]), (count, units))
    memory = DenseAssociativeMemory(count, power)
    memory.build((None, units))
    memory.store(patterns)
    return _wrong(patterns[:CUES], memory.update(patterns[:CUES]))


@functools.cache
def exponential_recall() -> float:
    """Percentage of MANY patterns that one update recalls, a tenth of each turned."""
    random = np.random.default_rng(2017)
    patterns = random.choice(np.float32([-1, 1]), (MANY, UNITS))
    memory = DenseAssociativeMemory(MANY, max_updates=1)
    memory.build((None, UNITS))
    memory.store(patterns)
    order = random.permuted(np.tile(np.arange(UNITS), (MANY, 1)), axis=1)
    cues = np.where(order < UNITS // 10, -patterns, patterns)
    ends = [np.asarray(memory.update(cues[i : i + 500])) for i in range(0, MANY, 500)]
    return float(100 * np.mean(np.all(np.concatenate(ends) == patterns, axis=-1)))


def _exponent(capacities):
    """The slope of the logarithm of patterns against that of units."""
    slope, _ = np.polyfit(np.log(list(capacities)), np.log(list(capacities.values())), 1)
    return float(slope)


def _divisors_from_root(number):
    return (d for d in range(math.isqrt(number), 0, -1) if number % d == 0)
