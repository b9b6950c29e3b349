"""Texts that are not dates: impossible ones, parts of dates, words and numbers."""

import calendar
import datetime

from .forms import FORMS, MONTHS, ROMAN, TWO_DIGIT_YEARS, WEEKDAYS, YEARS, written, written_as

MONTH_NAMES = {*MONTHS, *(month[:3] for month in MONTHS)}
# The target of what is not a date; after what was read, that there is no such day.
DOUBT = "?"
CENTURIES = range(1600, 2200, 100)
PARTS = (
    "{day} {month}",
    "{month} {day}",
    "{month} {day}{th}",
    "{month} {year}",
    "{mon} '{yy:02}",
    "{weekday}",
    "{wd}",
    "{weekday} {day}",
    "{weekday}, {day} {month}",
    "{year}",
    "{month}",
    "{mon}",
    "{day}",
    "{day}{th}",
    "the {ordinal}",
    "the {ordinal} of {month}",
    "{number}/{day}",
    "{number}/{year}",
    "{day}.{number}.",
    "{number:02}-{day:02}",
    "{year}-{number:02}",
)
CONSONANTS, VOWELS = "bcdfghjklmnpqrstvwxyz", "aeiou"
LETTERS = CONSONANTS + VOWELS
COMMON = (
    "the of and to in is you that it he was for on are as with his they at be this have "
    "from or one had by word but not what all were we when your can said there use an each "
    "which she do how their if will up other about out many then them these so some her "
    "would make like him into time has look two more write go see number no way could "
    "people my than first water been call who oil its now find long down day did get come "
    "made part today tomorrow yesterday never noon midnight morning evening week month year "
    "date soon second last next past now born died since until before after chapter room "
    "page version total north south left right yes hello please thanks mayor marble junior"
)


def no_date(random):
    """A text that is not a date, of a kind at random, and its target.

    >>> import numpy as np
    >>> text, target = no_date(np.random.default_rng(0))
    """
    kind = random.choice(len(KINDS), p=CHANCES)
    return KINDS[kind][1](random)


def forms_with(*parts, without=()):
    """Those of FORMS with any of some parts, and without others.

    >>> forms_with("roman")
    ['{day}.{roman}.{year}']
    """
    return [
        form
        for form in FORMS
        if any(f"{{{part}" in form for part in parts)
        and not any(f"{{{part}" in form for part in without)
    ]


def _choice(random, items):
    return items[random.integers(len(items))]


def _years_of(form):
    return TWO_DIGIT_YEARS if "{yy" in form else YEARS


def _year_of(random, form):
    return _choice(random, _years_of(form))


def _any_date(random):
    first = datetime.date(_choice(random, YEARS), 1, 1)
    return first + datetime.timedelta(days=int(random.integers(365)))


def _impossible(random, form, year, month, day):
    text = written_as(form, year, month, day, _choice(random, WEEKDAYS))
    return text, f"{year}-{month:02}-{day:02}{DOUBT}"


def _leap_day(random):
    """29 February of a common year: one in six is a century."""
    form, century = _choice(random, FORMS), random.random() < 1 / 6
    years = CENTURIES if century and "{yy" not in form else _years_of(form)
    year = int(_choice(random, [year for year in years if not calendar.isleap(year)]))
    return _impossible(random, form, year, 2, 29)


def _day_of_a_longer_month(random):
    """31 April, or 30 February."""
    form, month = _choice(random, FORMS), _choice(random, [2, 2, 4, 6, 9, 11])
    day = 31 if month != 2 else _choice(random, [30, 31])
    return _impossible(random, form, _year_of(random, form), month, day)


def _day_of_no_month(random):
    """45 May."""
    form = _choice(random, forms_with("day", without=["ordinal"]))
    day = int(_choice(random, [0, *range(32, 100)]))
    month = int(random.integers(1, 13))
    return _impossible(random, form, _year_of(random, form), month, day)


def _month_of_no_year(random):
    """13/25/1979: the month comes first between slashes."""
    form = _choice(random, forms_with("number"))
    month = int(_choice(random, [0, *range(13, 32), *range(13, 100)]))
    day = int(random.integers(1, 32))
    return _impossible(random, form, _year_of(random, form), month, day)


def _year_beyond(random):
    """4 July 1492."""
    form = _choice(random, forms_with("year}"))
    date = _any_date(random)
    low, high = _choice(random, [(100, 1600), (1400, 1600), (2200, 2400), (2200, 10_000)])
    year = int(random.integers(low, high))
    text = written_as(form, year, date.month, date.day, _choice(random, WEEKDAYS))
    return text, DOUBT


def _part(random):
    """May 1979."""
    date = _any_date(random)
    weekday = _choice(random, WEEKDAYS)
    text = written_as(_choice(random, PARTS), date.year, date.month, date.day, weekday)
    return text, DOUBT


def _cut(random):
    """The first half or the last third of a date, at most."""
    date, form = _any_date(random), _choice(random, FORMS)
    text = written(date, form)
    if random.random() < 0.5:
        return text[: random.integers(1, len(text) // 2 + 1)], DOUBT
    return text[-random.integers(1, len(text) // 3 + 1) :], DOUBT


def _other_month(random):
    """3 table 1979."""
    date, weekday = _any_date(random), _choice(random, WEEKDAYS)
    form = _choice(random, forms_with("mon", "roman"))
    name = _word(random)
    for part in ("{month}", "{mon}", "{roman}"):
        form = form.replace(part, name)
    return written_as(form, date.year, date.month, date.day, weekday), DOUBT


def _word(random):
    """A common word, one of syllables, or letters at random; not the name of a month."""
    kind = random.random()
    if kind < 0.3:
        word = _choice(random, COMMON.split())
    elif kind < 0.7:
        syllables = (
            _choice(random, CONSONANTS) + _choice(random, VOWELS) + _choice(random, endings)
            for endings in [("", "", *CONSONANTS)] * random.integers(1, 5)
        )
        word = "".join(syllables)[random.integers(2) :]
    else:
        word = "".join(_choice(random, LETTERS) for _ in range(random.integers(1, 12)))
    if word.upper() in ROMAN or word.title() in MONTH_NAMES:
        return _word(random)
    return word.title() if random.random() < 0.4 else word


def _words(random):
    return _phrase(random), DOUBT


def _phrase(random):
    separator = _choice(random, [" ", " ", " ", ", ", "-", ". "])
    return separator.join(_word(random) for _ in range(random.integers(1, 5)))[:40]


def _number(random):
    digits = (str(random.integers(10)) for _ in range(_choice(random, [1, 2, 3, 4, 5, 6, 7])))
    return "".join(digits)


def _numbers(random):
    """12:30, 3.1415, 192.168.0.1: one, two, four or five numbers."""
    count, separator = _choice(random, [1, 2, 4, 5]), _choice(random, list(" .-/:,"))
    return separator.join(_number(random) for _ in range(count)), DOUBT


def _words_and_numbers(random):
    """Room 101."""
    parts = [_phrase(random)[:20], _number(random)]
    random.shuffle(parts)
    return _choice(random, [" ", " ", "-", "", "."]).join(parts), DOUBT


KINDS = (
    (0.14, _leap_day),
    (0.12, _day_of_a_longer_month),
    (0.08, _day_of_no_month),
    (0.06, _month_of_no_year),
    (0.10, _year_beyond),
    (0.10, _part),
    (0.08, _cut),
    (0.08, _other_month),
    (0.14, _words),
    (0.05, _numbers),
    (0.05, _words_and_numbers),
)
CHANCES = [chance for chance, _ in KINDS]
# Some of them by what they are.
NAMED = {
    "29 February of common years": _leap_day,
    "30 and 31 of shorter months": _day_of_a_longer_month,
    "day 0 or beyond 31": _day_of_no_month,
    "month 0 or beyond 12": _month_of_no_year,
    "years before 1600 or after 2199": _year_beyond,
    "parts of dates": _part,
    "words for a month": _other_month,
}
