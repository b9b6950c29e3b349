"""What the benchmarks share: rounds taken in turn, and curves of cost."""

import statistics

from matplotlib.figure import Figure


def medians(timed, rounds):
    """The median of each, their rounds taken in turn: a ratio of them holds on a machine
    whose speed drifts."""
    seconds = {name: [] for name in timed}
    for _ in range(rounds):
        for name, once in timed.items():
            seconds[name].append(once())
    return {name: statistics.median(values) for name, values in seconds.items()}


def relative(cost):
    """Costs by size as ratios to that of the first size."""
    first = next(iter(cost.values()))
    return {size: seconds / first for size, seconds in cost.items()}


def draw(panels, path):
    """Log-log curves: `{x label: {curve: {size: relative cost}}}`, a panel each."""
    figure = Figure(figsize=(4.5 * len(panels), 3.5), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axis, (label, curves) in zip(axes, panels.items(), strict=True):
        for name, costs in curves.items():
            axis.plot(list(costs), list(costs.values()), "o-", label=name)
        sizes = list(next(iter(curves.values())))
        linear = [size / sizes[0] for size in sizes]
        axis.plot(sizes, linear, "--", color="gray", label="proportional")
        axis.set(xscale="log", yscale="log", xlabel=label, ylabel="time, relative")
        axis.set_xticks(sizes, [str(size) for size in sizes])
        axis.minorticks_off()
        axis.grid(alpha=0.3)
        axis.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
