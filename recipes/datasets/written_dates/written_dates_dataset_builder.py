"""Dates in the forms that people write, with the ISO form of each, and what is not a date."""

import datetime
import functools

import numpy as np
import tensorflow_datasets as tfds

from .forms import CASES, FORMS, TWO_DIGIT_YEARS, YEARS, written
from .no_dates import no_date

SEED = 1979_0503
SIZES = {"train": 120_000, "validation": 3_000, "test": 7_500}
FIRST, LAST = datetime.date(YEARS[0], 1, 1), datetime.date(YEARS[-1], 12, 31)
# The fraction of days of the validation split, and of the test split.
HELD_OUT = 0.1
# Of the examples, so many are not dates; of the dates, so many are 29 February, so many lack
# the commas of their form and so many have a zero before its day; of the texts, so many have
# more spaces than they need.
NO_DATES, LEAP_DAYS, NO_COMMAS, ZEROS, SPACED = 0.3, 0.05, 0.2, 0.1, 0.1


@functools.cache
def days_of(split):
    """The days that dates of a split are of: none is in two of them."""
    days = [FIRST + datetime.timedelta(n) for n in range((LAST - FIRST).days + 1)]
    # Of which both leap days of a century are for training: no other has them.
    order = np.random.default_rng((SEED, 6)).permutation(len(days))
    held_out = int(HELD_OUT * len(days))
    parts = np.split(order, [held_out, 2 * held_out])
    numbers = parts[("validation", "test", "train").index(split)]
    return [days[number] for number in numbers]


@functools.cache
def _days(split, with_century, leap):
    """Those of them that a form can name."""
    return [
        day
        for day in days_of(split)
        if (with_century or day.year in TWO_DIGIT_YEARS)
        and (not leap or (day.month, day.day) == (2, 29))
    ]


def sampled_date(random, split, form):
    """A day of a split that a form can name."""
    days = _days(split, "{yy" not in form, bool(random.random() < LEAP_DAYS))
    return days[random.integers(len(days))]


def varied(random, form):
    """A form as it is or, at times, without commas, or with a zero before its day."""
    if random.random() < NO_COMMAS:
        form = form.replace(",", "")
    if random.random() < ZEROS:
        form = form.replace("{day}", "{day:02}")
    return form


def spaced(random, text):
    """A text with more spaces than it needs."""
    words = text.split(" ")
    gaps = (" " * random.integers(1, 3) for _ in words[1:])
    first, *others = words
    text = first + "".join(gap + word for gap, word in zip(gaps, others, strict=True))
    return " " * random.integers(2) + text + " " * random.integers(2)


class Builder(tfds.core.GeneratorBasedBuilder):
    """A written date and its ISO form, or another text and a question mark."""

    VERSION = tfds.core.Version("2.0.0")
    RELEASE_NOTES = {
        "1.0.0": "Initial release.",
        "2.0.0": "Years from 1600 to 2199, eight more forms, texts that are not dates.",
    }

    def _info(self):
        text = tfds.features.Text()
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"written": text, "iso": text}),
            supervised_keys=("written", "iso"),
            homepage="https://arxiv.org/abs/1409.0473",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        return {
            split: self._generate_examples(stream, split, size)
            for stream, (split, size) in enumerate(SIZES.items())
        }

    def _generate_examples(self, stream, split, size):
        random = np.random.default_rng((SEED, stream))
        for number in range(size):
            text, iso = self._example(random, split)
            if random.random() < SPACED:
                text = spaced(random, text)
            yield number, {"written": text, "iso": iso}

    def _example(self, random, split):
        case = CASES[random.integers(len(CASES))]
        if random.random() < NO_DATES:
            text, target = no_date(random)
            return case(text), target
        form = FORMS[random.integers(len(FORMS))]
        date = sampled_date(random, split, form)
        return written(date, varied(random, form), case), str(date)
