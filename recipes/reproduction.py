"""The study behind a model card: every run of it, and the preset that is the best."""

import logging
from pathlib import Path

from ..zoo import figures
from ..zoo.preset_folders import SHIPPED
from ..zoo.pretrained import PretrainedModel
from . import registry
from .runs import Run, load_model, save_figures, versions

log = logging.getLogger(__name__)


def reproduce(name, runs="runs/reproduce", out=None, **overrides):
    """Train all runs of a recipe's study and write the preset of the best.

    Finished runs in `runs` are kept, a stopped one goes on. The best of them all is chosen
    on the validation split.

    Args:
        name: The recipe.
        runs: Where the runs are kept.
        out: The preset's folder; in the package if absent.
        **overrides: Fields changed in every run, as for a shorter trial.

    Returns:
        The preset's folder.
    """
    folder = Path(runs) / name
    studies = {
        title: [
            _finished(registry.get(name, **{**fields, **overrides}), folder)
            for fields in variants
        ]
        for title, variants in registry.recipe_class(name).study.items()
    }
    finished = [run for part in studies.values() for run in part]
    # A baseline may be a plain Keras model.
    ours = [run for run in finished if isinstance(run.model, PretrainedModel)]
    best = min(ours, key=lambda run: run.recipe.validation_score(run))
    curves = {title: [run.learning_curve for run in part] for title, part in studies.items()}
    drawn = {
        **best.recipe.figures(best.model),
        "learning_curves": figures.learning_curves(curves, best.recipe.loss_label),
    }
    out = Path(out) if out else SHIPPED / name
    metadata = _metadata(best, len(ours), studies, list(drawn))
    best.model.save_to_preset(out, metadata)
    save_figures(drawn, out)
    return out


def _metadata(best, candidates, studies, drawn):
    """What the model card tells of the best run and of the others."""
    recipe = best.recipe
    return {
        "preset": recipe.name,
        "summary": registry.summary(recipe.name),
        "recipe": recipe.name,
        "overrides": recipe.overrides,
        "seed": recipe.seed,
        "data": recipe.data,
        "chosen_by": f"{recipe.chosen_by}, among {candidates} runs",
        "training_seconds": round(sum(row["seconds"] for row in best.history), 1),
        "versions": versions(),
        "metrics": best.metrics | recipe.further_metrics(best.model),
        "published": recipe.published,
        "targets": recipe.targets,
        "studies": [_table(title, part) for title, part in studies.items()],
        "figures": drawn,
    }


def _finished(recipe, folder):
    """The run of a recipe in its own folder, trained to the end."""
    variant = "-".join(f"{k}={v}" for k, v in recipe.overrides.items() if k != "seed")
    folder = folder / (variant or "default") / f"seed-{recipe.seed}"
    run = Run.start(recipe, folder, resume=True)
    if (folder / "metrics.json").exists():
        run = Run.open(folder)
        _, run.model = load_model(folder)
    else:
        log.info("training %s", folder)
        run.train(verbose=0)
    log.info("%s: %s", folder, run.metrics)
    return run


def _table(title, finished):
    """The part of a study as a table, with what there is to say of it."""
    recipe = finished[0].recipe
    rows = recipe.study_rows(finished)
    return {
        "title": title,
        "text": recipe.study_text(rows),
        "columns": list(rows[0]),
        "rows": [list(row.values()) for row in rows],
    }
