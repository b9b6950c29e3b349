"""What stands behind the model cards of recipes that read images pixel by pixel."""

from .family_study import long_span_study

KE = "Ke et al. 2018"
PAPERS = "accuracy"


def pixel_study(accuracies, **fields):
    """The study of a set of images.

    Args:
        accuracies: Published, by `variant`.
        **fields: As of `Study`.
    """

    def published(recipe):
        found = accuracies.get(recipe.variant)
        return {PAPERS: (found, KE)} if found and recipe.metric == PAPERS else {}

    by = "cross-entropy on the validation split"
    return long_span_study(published=published, chosen_by=by, **fields)
