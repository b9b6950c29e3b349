"""What stands behind the model cards of recipes that predict characters."""

from .family_study import long_span_study

SOURCE = "Ke et al. 2018, a larger network"


def character_study(bits, **fields):
    """The study of a text.

    Args:
        bits: Published bits a character, by `variant` or method.
        **fields: As of `Study`.
    """

    def published(recipe):
        found = bits.get(recipe.variant, bits.get(recipe.method))
        return {"bits_per_character": (found, SOURCE)} if found else {}

    label = "cross-entropy in nats a character"
    return long_span_study(published=published, loss_label=label, **fields)
