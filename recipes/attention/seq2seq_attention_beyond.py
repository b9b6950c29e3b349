"""Dates beyond the test split: other periods, forms and spellings, and what is not a date."""

import numpy as np

from ..datasets.written_dates import forms, no_dates
from ..datasets.written_dates.written_dates_dataset_builder import days_of, spaced
from ..running.beyond import fresh

COUNT = 200  # texts of a condition
PERIODS = (range(1600, 1950), range(1950, 2050), range(2050, 2200))
# Forms that are not in the data.
OTHER_FORMS = (
    "{day} of {month} {year}",
    "{day}/{mon}/{year}",
    "{day}-{number}-{year}",
    "{year}-{number}-{day}",
    "{year} {month} {day}",
    "{month} {day}, '{yy:02}",
    "on {day} {month} {year}",
)
# None of them is in the training data.
WORDS = """
    apple river window garden mountain butterfly kitchen octopus novel decent augment
    sapphire marching junction septic apricot julep febrile maybe dismay pencil bottle
    yellow purple orange silver golden copper engine bridge castle forest desert island
    ocean harbour lantern candle mirror carpet blanket pillow curtain ladder hammer
    needle thread button pocket jacket trousers sweater glove scarf helmet shield sword
    arrow feather falcon eagle sparrow pigeon turtle lizard dragon rabbit squirrel
    badger otter beaver dolphin whale shark salmon lobster spider beetle cricket hornet
    mosquito planet comet galaxy rocket satellite telescope gravity magnet battery
    circuit keyboard monitor printer compiler variable function library database network
    protocol password quantum zebra quartz quiz jazz waltz rhythm melody harmony violin
    trumpet guitar piano drum orchestra theatre actor dancer painter sculptor poet
    author journalist lawyer doctor nurse teacher student farmer baker butcher carpenter
    plumber electrician soldier sailor pilot captain general king queen prince bishop
    knight pawn rook bread butter cheese yoghurt honey sugar pepper cinnamon vanilla
    chocolate biscuit pancake sausage onion garlic tomato potato carrot cabbage spinach
    lettuce pumpkin cucumber banana cherry peach lemon grape melon walnut almond
    happiness sorrow anger courage wisdom justice freedom equality philosophy
    mathematics geometry algebra chemistry biology medicine history economy industry
    parliament election minister
"""


def beyond(recipe, model):
    """The fraction of texts that are rewritten or refused as they should be."""
    random = fresh(recipe)
    return [
        _row(recipe, model, condition, texts, iso, target)
        for condition, (texts, iso), target in _conditions(random)
    ] + [_words_row(recipe, model)]


def _conditions(random):
    exact = "≥ 0.99"
    with_century = [form for form in forms.FORMS if "{yy" not in form]
    for years in PERIODS:
        dates = _dates(random, with_century, years)
        yield f"years {years[0]} to {years[-1]}", dates, exact
    for form in forms.FORMS:
        yield form, _dates(random, [form]), exact
    without = [form.replace(",", "") for form in forms.FORMS if "," in form]
    yield "no commas", _dates(random, without), exact
    zeros = [form.replace("{day}", "{day:02}") for form in forms.FORMS if "{day}" in form]
    yield "a zero before the day", _dates(random, zeros), exact
    yield "lower case", _dates(random, forms.FORMS, case=str.lower), exact
    yield "upper case", _dates(random, forms.FORMS, case=str.upper), exact
    yield "more spaces", _dates(random, forms.FORMS, case=lambda s: spaced(random, s)), exact
    for name, kind in no_dates.NAMED.items():
        yield name, zip(*(kind(random) for _ in range(COUNT)), strict=True), exact
    for form in OTHER_FORMS:
        yield f"{form}, not in the data", _dates(random, [form]), ""


def _dates(random, among, years=forms.YEARS, case=str):
    """Texts and their ISO forms, of days of the test split."""
    texts, iso = [], []
    while len(texts) < COUNT:
        form, day = among[random.integers(len(among))], _day(random)
        if day.year in years and ("{yy" not in form or day.year in forms.TWO_DIGIT_YEARS):
            texts.append(forms.written(day, form, case))
            iso.append(str(day))
    return texts, iso


def _day(random):
    days = days_of("test")
    return days[random.integers(len(days))]


def _row(recipe, model, condition, texts, iso, target=""):
    predicted, probability = recipe.translate(model, list(texts))
    # Of what is refused, it does not matter what was read.
    predicted, iso = (
        [text if text[-1:] != no_dates.DOUBT else no_dates.DOUBT for text in column]
        for column in (predicted.astype(str), iso)
    )
    return {
        "condition": condition,
        "right": float(np.mean(np.equal(predicted, iso))),
        "mean probability": round(float(probability.mean()), 4),
        "target": target,
    }


def _words_row(recipe, model):
    words = WORDS.split()
    row = _row(recipe, model, f"{len(words)} words", words, [no_dates.DOUBT] * len(words))
    return {
        "condition": row["condition"],
        "mean probability": row["mean probability"],
        "right": row["right"],
        "target": "≤ 0.5",
    }
