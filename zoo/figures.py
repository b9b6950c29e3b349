"""Pictures of what a model does and of how it learned, as matplotlib figures."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter

from .hopfield_theory import CRITICAL_LOAD, attractor_error


def memory_tape(trace, example=0):
    """The tape of a machine with a memory, over time: in, out, written, read, and where.

    As figures 6 and beyond of [Graves et al., 2014](https://arxiv.org/abs/1410.5401):
    inputs and outputs, what the heads add and read, and the write and read weights of
    every step, time from left to right. Slots that no head ever visits are left out; as
    the slots form a ring, those below 0 count from its end.

    Args:
        trace: The result of a model's `trace`.
        example: Which sequence of the batch.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    one = {name: np.asarray(values[example], "float64") for name, values in trace.items()}
    weights = np.concatenate([one["write_weights"], one["read_weights"]], axis=1)
    slots = _shortest_arc(weights.max(axis=(0, 1)) > 0.1)
    first = slots[0]
    write, read = (
        one[name].take(slots, axis=-1, mode="wrap")
        for name in ("write_weights", "read_weights")
    )
    panels = [
        ("Inputs", one["inputs"], "channel", 0, (0, 1)),
        ("Outputs", one["outputs"], "bit", 0, (0, 1)),
        ("Adds", _heads_in_a_row(one["adds"]), "component", 0, None),
        ("Reads", _heads_in_a_row(one["reads"]), "component", 0, None),
        ("Write weights", write.max(axis=1), "slot", first, (0, 1)),
        ("Read weights", read.max(axis=1), "slot", first, (0, 1)),
    ]
    figure = Figure(figsize=(11, 8), layout="constrained")
    axes = figure.subplots(3, 2, sharex=True, height_ratios=[1, 1.4, 2.2])
    for axis, (title, values, label, origin, limits) in zip(axes.flat, panels, strict=True):
        low, high = limits or (-1, 1)
        image = axis.imshow(
            values.T,
            aspect="auto",
            cmap="magma" if limits else "RdBu_r",
            vmin=low,
            vmax=high,
            interpolation="nearest",
            origin="lower",
            extent=(
                -0.5,
                len(values) - 0.5,
                origin - 0.5,
                origin + values.shape[1] - 0.5,
            ),
        )
        axis.set_title(title, loc="left")
        axis.set_ylabel(label)
        axis.locator_params(integer=True)
        figure.colorbar(image, ax=axis, pad=0.01)
    for axis in axes[-1]:
        axis.set_xlabel("time step")
    return figure


def attention_map(weights, keys="key", queries="query"):
    """Where each query looks: its weights over the keys, a row a query.

    Args:
        weights: Shape `(queries, keys)`, in [0, 1].
        keys: What a column is, or the name of each.
        queries: What a row is, or the name of each.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    weights = np.asarray(weights, "float64")
    rows, columns = weights.shape
    size = (min(12, 2 + 0.3 * columns), min(12, 1.2 + 0.3 * rows))
    figure = Figure(figsize=size, layout="constrained")
    axis = figure.subplots()
    image = axis.imshow(weights, cmap="magma", vmin=0, vmax=1, interpolation="nearest")
    for side, names in ((axis.xaxis, keys), (axis.yaxis, queries)):
        if isinstance(names, str):
            side.set_label_text(names)
            side.get_major_locator().set_params(integer=True)
        else:
            side.set_ticks(range(len(names)), names)
    long = not isinstance(keys, str) and max(map(len, keys)) > 1
    axis.tick_params(axis="x", rotation=90 if long else 0)
    figure.colorbar(image, ax=axis, label="weight", shrink=min(1, rows / columns))
    return figure


def read_story(sentences, weights, title=""):
    """A story with the weight that each hop of a memory network gives to each sentence.

    Args:
        sentences: Strings.
        weights: Shape `(hops, slots)`, in [0, 1]; slots beyond the sentences are empty, and
            what is given to them is drawn as one row.
        title: What to write above.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    weights = np.asarray(weights, "float64")
    told, empty = weights[:, : len(sentences)], weights[:, len(sentences) :]
    rows = [*sentences, "(empty slots)"]
    shown = np.concatenate([told, empty.sum(axis=1, keepdims=True)], axis=1)
    hops = [f"hop {hop + 1}" for hop in range(len(weights))]
    widest = max(map(len, rows))
    size = (1.5 + 0.075 * widest + 0.6 * len(hops), 1 + 0.27 * len(rows))
    figure = Figure(figsize=size, layout="constrained")
    axis = figure.subplots()
    axis.imshow(shown.T, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axis.set_xticks(range(len(hops)), hops)
    axis.xaxis.tick_top()
    axis.set_yticks(range(len(rows)), rows)
    axis.tick_params(length=0)
    for (hop, row), weight in np.ndenumerate(shown):
        if weight >= 0.01:
            colour = "white" if weight > 0.5 else "black"
            axis.text(hop, row, f"{weight:.2f}", ha="center", va="center", color=colour)
    figure.suptitle(title, fontsize="medium")
    return figure


def bars_by_task(errors, limit=None):
    """Bars side by side for each task: of a model, and of what it is compared with.

    Args:
        errors: By the name of what has them: errors in percent, by the name of the task.
        limit: Where to draw a line, in percent, above which a task counts as failed.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    tasks = list(next(iter(errors.values())))
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    axis = figure.subplots()
    width = 0.8 / len(errors)
    for i, (name, by_task) in enumerate(errors.items()):
        places = np.arange(len(tasks)) + (i - (len(errors) - 1) / 2) * width
        axis.bar(places, [by_task[task] for task in tasks], width, label=name)
    if limit is not None:
        axis.axhline(limit, color="grey", linewidth=0.8, linestyle=":")
    axis.set_xticks(range(len(tasks)), tasks)
    axis.set_xlabel("task")
    axis.set_ylabel("error in percent")
    axis.legend(frameon=False)
    return figure


def shaded_document(sentences, word_weights, sentence_weights, title=""):
    """A document with its sentences and words shaded by how much they are attended to.

    As figure 5 of [Yang et al., 2016](https://aclanthology.org/N16-1174): red, before each
    sentence, is its weight; blue is the weight of a word in its sentence, the paler the less
    its sentence matters. Each is drawn relative to the largest.

    Args:
        sentences: The words of each sentence, lists of strings.
        word_weights: Shape `(sentences, words)`; what is beyond a sentence's end is unused.
        sentence_weights: Shape `(sentences,)`.
        title: What to write above.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    characters = 96  # of a line
    of_sentences = _relative(sentence_weights)
    boxes, marks, line = [], [], 0
    for i, words in enumerate(sentences):
        marks.append((line, of_sentences[i]))
        column, of_words = 3, np.sqrt(of_sentences[i]) * _relative(word_weights[i])
        for j, word in enumerate(words):
            if column + len(word) > characters:
                line, column = line + 1, 3
            boxes.append((line, column, word, of_words[j]))
            column += len(word) + 1
        line += 1
    height = 0.26 * line + 0.5
    figure = Figure(figsize=(11, height), layout="constrained")
    axis = figure.subplots()
    axis.set(xlim=(0, characters), ylim=(line, 0))
    axis.set_title(title, loc="left")
    axis.axis("off")
    for row, weight in marks:
        axis.add_patch(Rectangle((0, row + 0.05), 2, 0.9, color=(1, 1 - weight, 1 - weight)))
    for row, column, word, weight in boxes:
        place = (column - 0.3, row + 0.05)
        blue = (1 - 0.7 * weight, 1 - 0.45 * weight, 1)
        axis.add_patch(Rectangle(place, len(word) + 0.6, 0.9, color=blue))
        axis.text(column, row + 0.55, word, family="monospace", fontsize=12.5, va="center")
    return figure


def pointed_out(examples, titles=None):
    """Points with the lines between those that a network points at, and the right ones.

    Args:
        examples: For each panel `(points, said, right)`: points, shape `(n, 2)`; and the
            lines of the network's answer and of the right one, lists of closed lines, each a
            list of places from 0.
        titles: What to write above each panel.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    columns = min(3, len(examples))
    rows = -(-len(examples) // columns)
    figure = Figure(figsize=(3.2 * columns, 3.3 * rows + 0.4), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis in axes[len(examples) :]:
        axis.axis("off")
    for axis, (points, said, right) in zip(axes, examples, strict=False):
        points = np.asarray(points, "float64")
        for lines, style, name in (
            (right, {"color": "C1", "lw": 4, "alpha": 0.5}, "right"),
            (said, {"color": "C0", "lw": 1.4}, "this model"),
        ):
            for i, line in enumerate(lines):
                corners = points[[*line, *line[:1]]]
                axis.plot(*corners.T, label=None if i else name, **style)
        axis.plot(*points.T, "o", color="black", markersize=4)
        for number, (x, y) in enumerate(points, start=1):
            place = {"textcoords": "offset points", "xytext": (3, 3)}
            axis.annotate(str(number), (x, y), fontsize="x-small", **place)
        low, high = np.minimum(points.min(axis=0), 0), np.maximum(points.max(axis=0), 1)
        margin = 0.06 * (high - low).max()
        (left, bottom), (right_, top) = low - margin, high + margin
        axis.set(aspect="equal", xticks=[], yticks=[])
        axis.set(xlim=(left, right_), ylim=(bottom, top))
    for axis, title in zip(axes, titles or [], strict=False):
        axis.set_title(title, fontsize="small")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def length_against_gap(lengths, optima):
    """How much longer than the shortest tours are, one dot a tour.

    Args:
        lengths: Of the tours, by what is written of them.
        optima: Of the shortest tours, by the same.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for name, found in lengths.items():
        best = np.asarray(optima[name])
        axis.plot(best, 100 * (found / best - 1), ".", markersize=3, label=name)
    axis.set(xlabel="length of the shortest tour", ylabel="longer, in percent")
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize="small")
    return figure


def recall_strip(states, shape, names=None, titles=None):
    """How cues end, a row each: the cue, every update, and where it ended.

    Args:
        states: Shape `(updates + 1, cues, units)`; what is not a number is left blank.
        shape: Rows and columns of a state, drawn as an image.
        names: What to write beside each row.
        titles: What to write above each column, if not the number of the update.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    states = np.asarray(states, "float64")
    steps, cues = states.shape[:2]
    titles = titles or ["cue", *(f"update {step}" for step in range(1, steps))]
    figure = Figure(figsize=(0.6 + 1.1 * steps, 0.4 + 1.1 * cues), layout="constrained")
    axes = figure.subplots(cues, steps, squeeze=False)
    low, high = np.nanmin(states), np.nanmax(states)
    for row, column in np.ndindex(cues, steps):
        axis = axes[row, column]
        axis.imshow(states[column, row].reshape(shape), cmap="gray_r", vmin=low, vmax=high)
        axis.set_xticks([])
        axis.set_yticks([])
        if row == 0:
            axis.set_title(titles[column], fontsize="small")
    for row, name in enumerate(names or []):
        axes[row, 0].set_ylabel(name, fontsize="small")
    return figure


def energy_curves(energies):
    """The energy of each cue against the updates: it never rises.

    Args:
        energies: Shape `(updates + 1, cues)`.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    energies = np.asarray(energies, "float64")
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    axis.plot(energies, marker=".", linewidth=1)
    axis.set_xlabel("update")
    axis.set_ylabel("energy")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.grid(alpha=0.3)
    return figure


def overlap_against_load(overlaps):
    """How well patterns are recalled against the load, a panel for each rule.

    Args:
        overlaps: By rule, and by the name of what was measured: overlaps by load.

    Returns:
        A `matplotlib.figure.Figure`; that of Hebb's rule has theory's line, of networks
        without end.
    """
    figure = Figure(figsize=(3.6 * len(overlaps), 3.4), layout="constrained")
    axes = figure.subplots(1, len(overlaps), sharey=True, squeeze=False)[0]
    for axis, (rule, curves) in zip(axes, overlaps.items(), strict=True):
        for name, curve in curves.items():
            axis.plot(*zip(*curve.items(), strict=True), marker=".", linewidth=1, label=name)
        if rule == "hebb":
            loads = np.linspace(0.001, 0.25, 500)
            theory = np.where(loads < CRITICAL_LOAD, 1 - 2 * attractor_error(loads), np.nan)
            axis.plot(loads, theory, color="black", linewidth=1, label="theory")
            axis.axvline(CRITICAL_LOAD, color="grey", linewidth=0.8, linestyle=":")
        axis.set_title(rule.replace("_", " "))
        axis.set_xlabel("load: patterns / units")
        axis.grid(alpha=0.3)
        axis.legend(frameon=False, fontsize="small")
    axes[0].set_ylabel("overlap of recalled and stored")
    return figure


def basin_against_load(basins):
    """How much of a cue may be wrong, against the load.

    Args:
        basins: By rule: shares of a cue's units, by load.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for rule, curve in basins.items():
        name = rule.replace("_", " ")
        axis.plot(*zip(*curve.items(), strict=True), marker=".", linewidth=1, label=name)
    axis.set_xlabel("load: patterns / units")
    axis.set_ylabel("units of a cue that may be wrong")
    axis.yaxis.set_major_formatter(PercentFormatter(1))
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    return figure


def patterns_held(held, what="patterns"):
    """How many patterns a memory holds, against how many are stored in it.

    Args:
        held: By the name of what was measured: how many are held, by how many are stored.
        what: What is stored.

    Returns:
        A `matplotlib.figure.Figure`; dotted is where all are held.
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    most = max(stored for curve in held.values() for stored in curve)
    axis.plot([0, most], [0, most], color="grey", linewidth=0.8, linestyle=":")
    for i, (name, curve) in enumerate(held.items()):
        style = {"marker": "o+"[i % 2], "markersize": 5, "fillstyle": "none", "linewidth": 1}
        axis.plot(*zip(*curve.items(), strict=True), label=name, **style)
    axis.set_xlabel(f"{what} stored")
    axis.set_ylabel(f"{what} held")
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    return figure


def dense_capacity(held):
    """How many patterns a dense memory holds against its units, and the power they grow as.

    Args:
        held: By the power n of the overlap: patterns by units.

    Returns:
        A `matplotlib.figure.Figure`; dashed is the growth of theory, units^(n - 1).
    """
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axis = figure.subplots()
    for i, (power, curve) in enumerate(held.items()):
        units, patterns = (np.array(x, "float64") for x in zip(*curve.items(), strict=True))
        axis.loglog(units, patterns, f"C{i}.-", linewidth=1, label=f"n = {power}")
        growth = patterns[-1] * (units / units[-1]) ** (power - 1)
        axis.loglog(units, growth, f"C{i}--", linewidth=1)
    axis.set_xlabel("units")
    axis.set_ylabel("patterns held")
    axis.grid(alpha=0.3, which="both")
    axis.legend(frameon=False)
    return figure


def learning_curves(curves, label="loss"):
    """How runs learned: a quantity against the training examples seen.

    Args:
        curves: The curves of each kind of run, in one colour, by the kind's name; a curve
            is pairs of examples seen and the quantity then.
        label: What the quantity is, with its unit.

    Returns:
        A `matplotlib.figure.Figure`.
    """
    figure = Figure(figsize=(7, 4), layout="constrained")
    axis = figure.subplots()
    for i, (kind, runs) in enumerate(curves.items()):
        for j, pairs in enumerate(runs):
            axis.plot(*zip(*pairs, strict=True), f"C{i}", lw=1, label=None if j else kind)
    positive = all(y > 0 for runs in curves.values() for pairs in runs for _, y in pairs)
    axis.set(xlabel="training examples", ylabel=label, yscale="log" if positive else "linear")
    axis.xaxis.set_major_formatter("{x:,.0f}")
    axis.locator_params(axis="x", nbins=6)
    axis.grid(alpha=0.3)
    axis.legend(frameon=False, fontsize="small")
    return figure


def _shortest_arc(visited):
    """The fewest neighbours on the ring of slots that include all that were visited."""
    places, size = np.flatnonzero(visited), len(visited)
    if not places.size:
        return np.arange(size)
    gaps = np.diff(places, append=places[0] + size)
    last = places[gaps.argmax()]
    return np.arange(last + gaps.max() - size, last + 1)


def _relative(weights):
    """Weights as fractions of the largest; zeros, where all are zero."""
    weights = np.asarray(weights, "float64")
    return weights / (weights.max() or 1)


def _heads_in_a_row(values):
    return values.reshape(len(values), -1)
