"""The model card of a preset, written from its metadata."""

import math
import operator
from collections.abc import Mapping, Sequence
from typing import Any

from .tables import number_text, table

# What a target may say of a metric.
COMPARISONS = {"≤": operator.le, "≥": operator.ge}


def model_card(name: str, metadata: Mapping[str, Any]) -> str:
    """A README in Markdown from a preset's metadata; what is absent is left out."""
    parts = [f"# {metadata.get('preset', name)}"]
    if "summary" in metadata:
        parts.append(metadata["summary"] + ".")
    parts.append(table(["", ""], list(facts(metadata).items())))
    if "metrics" in metadata:
        header = ["Metric (test split)", "This model", "Published", "Source"]
        rows = [
            (metric, value, *_published(metadata, metric))
            for metric, value in metadata["metrics"].items()
        ]
        parts += ["## Results", _verdict(metadata), table(header, rows), _note(metadata)]
    if rows := metadata.get("beyond"):
        parts += ["## Beyond the paper's test", beyond_text(rows)]
        parts.append(table(list(rows[0]), [list(row.values()) for row in rows]))
    for picture in metadata.get("figures", []):
        parts.append(f"![{picture.replace('_', ' ')}]({picture}.png)")
    for study in metadata.get("studies", []):
        parts += [f"## {study['title']}", study.get("text", "")]
        parts.append(table(study["columns"], study["rows"]))
    return "\n\n".join(part for part in parts if part) + "\n"


def facts(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What a preset is, by name, without its metrics; what is absent is left out."""
    known = {
        "Recipe": metadata.get("recipe"),
        "Changed fields": _inline(metadata.get("overrides")),
        "Seed": metadata.get("seed"),
        "Data": metadata.get("data"),
        "Chosen by": metadata.get("chosen_by"),
        "Training time": _seconds(metadata.get("training_seconds")),
        "Packages": _inline(metadata.get("versions")),
        "Weights": "in half precision" if metadata.get("half_precision") else "",
        "sha256 of the weights": metadata["sha256"],
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _verdict(metadata):
    """Whether every target is reached, or by how much not; which there are, and of what."""
    targets = metadata.get("targets", {})
    missed = []
    for metric, (sign, bound) in targets.items():
        reached = metadata["metrics"].get(metric, math.nan)  # not measured: not reached
        if not COMPARISONS[sign](reached, bound):
            missed.append(
                f"{metric} is {number_text(reached)}, with a target of {sign} {bound}"
            )
    if not targets:
        return ""
    verdict = f"**Missed**: {'; '.join(missed)}." if missed else "Every target is reached."
    bounds = ", ".join(
        f"{metric} {sign} {bound}" for metric, (sign, bound) in targets.items()
    )
    return (
        f"{verdict} There are targets for {len(targets)} of the {len(metadata['metrics'])} "
        f"metrics, on {metadata.get('tested', 'the test split')}: {bounds}."
    )


def _published(metadata, metric):
    """The published figure and its source, if any; it is marked where there is a note."""
    figure, source = metadata.get("published", {}).get(metric, ("", ""))
    has_note = metadata.get("note") and figure != ""
    return (f"{number_text(figure)} \\*" if has_note else figure), source


def _note(metadata):
    """What holds of all figures that are marked."""
    has_marks = any(_published(metadata, metric)[0] for metric in metadata["metrics"])
    return f"\\* {metadata['note']}" if metadata.get("note") and has_marks else ""


def beyond_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """What there is to say of conditions beyond the paper's test: which targets are missed.

    Args:
        rows: As `recipes.running.beyond.beyond` gives them.
    """
    text = "Of conditions that the paper does not test, on data sampled for this alone."
    missed = [row["condition"] for row in rows if row.get("reached") == "no"]
    if missed:
        return f"{text} **Not reached**: {'; '.join(missed)}."
    return f"{text} All are reached." if "target" in rows[0] else text


def _inline(mapping):
    """`key=value` for each entry; JSON has lists where fields are tuples."""
    return ", ".join(
        f"{key}={tuple(value) if isinstance(value, list) else value}"
        for key, value in (mapping or {}).items()
    )


def _seconds(value):
    return None if value is None else f"{value:.0f} s"
