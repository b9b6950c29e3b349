"""Tagging beyond the papers' tests: misspelled words, upper case, longer sentences."""

from ..running.beyond import fresh

SENTENCES = 500
# What no test sentence is made of: the letters that are put in place of others.
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LEAST = 4  # letters of a word that is misspelled


def beyond(recipe, model):
    """What is measured of sentences of the test split that are changed.

    Args:
        recipe: The recipe.
        model: A trained model of it.
    """
    random, found = fresh(recipe), recipe.sentences("test")
    count = min(SENTENCES, len(found["words"]))
    chosen = random.choice(len(found["words"]), count, replace=False)
    words = [found["words"][i] for i in chosen]
    tags = [found["tags"][i] for i in chosen]
    joined = [
        [[*a, *b] for a, b in zip(rows[::2], rows[1::2], strict=False)]
        for rows in (words, tags)
    ]
    conditions = {
        "as in the test": (words, tags),
        "a letter of one word is another": (
            [_misspelled(row, random) for row in words],
            tags,
        ),
        "two sentences in one": joined,
        "upper case": ([[word.upper() for word in row] for row in words], tags),
    }
    return [
        {
            "condition": name,
            **_measured(recipe, model, *changed),
            "sentences": len(changed[0]),
        }
        for name, changed in conditions.items()
    ]


def _measured(recipe, model, words, tags):
    predicted = model.predict_tags(model.sentence_inputs(words))["tags"]
    names = model.arguments["tags"]
    found = [
        [names[number] for number in row[: len(tag)]]
        for row, tag in zip(predicted, tags, strict=True)
    ]
    metrics = recipe.measured(tags, found, recipe.is_known(words))
    return {name: round(value, 2) for name, value in metrics.items()}


def _misspelled(words, random):
    """The words, of which one of those with several letters has another letter."""
    long = [i for i, word in enumerate(words) if len(word) >= LEAST and word.isalpha()]
    if not long:
        return words
    changed = random.choice(long)
    word = words[changed]
    place = random.integers(len(word))
    others = LETTERS.replace(word[place].lower(), "")
    letter = others[random.integers(len(others))]
    return [
        *words[:changed],
        word[:place] + letter + word[place + 1 :],
        *words[changed + 1 :],
    ]
