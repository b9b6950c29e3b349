"""Memory machines beyond the paper's test: more slots, and larger episodes with them."""

from ..datasets.episodes import sampled
from ..running.beyond import fresh
from .ntm_copy_beyond import with_slots

EPISODES = 200
# Times the slots that were trained with.
FACTORS = (1, 2, 4)


def beyond(recipe, model):
    """Wrong bits of each test, and the share of wholly right episodes, by the slots.

    Args:
        recipe: The recipe.
        model: A trained model of it.
    """
    if recipe.machine == "lstm":
        return []
    random, rows = fresh(recipe), []
    slots = [factor * recipe.memory_slots for factor in FACTORS]
    models = {count: with_slots(recipe, model, count) for count in slots}
    for name, config in recipe.tests.items():
        examples = sampled(recipe.builder, config, random, EPISODES)
        rows += [
            _row(recipe, grown, examples, name, count) for count, grown in models.items()
        ]
    return rows


def _row(recipe, model, examples, name, slots):
    wrong = recipe.wrong(recipe.logits(model, examples), examples).sum(axis=(1, 2))
    test = name.replace("_", " ") or "as in training"
    return {
        "condition": f"{test}, {slots} slots",
        "wrong bits": round(float(wrong.mean()), 3),
        "episodes wholly right": f"{(wrong == 0).mean():.0%}",
        "episodes": len(wrong),
    }
