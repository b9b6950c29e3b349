"""Dates in the forms that people write, with the ISO form of each."""

import datetime

import numpy as np
import tensorflow_datasets as tfds

SEED = 1979_0503
SIZES = {"train": 60_000, "validation": 2_000, "test": 5_000}
FIRST, DAYS = datetime.date(1950, 1, 1), 36_525  # a century
# Days of the validation and of the test split; the others are for training.
HELD_OUT = 3_650

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
UNITS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
TEENS = [
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
ORDINALS = [
    *UNITS,
    *TEENS,
    "twentieth",
    *(f"twenty-{unit}" for unit in UNITS),
    "thirtieth",
    "thirty-first",
]
FORMS = (
    "{day} {month} {year}",
    "{month} {day}, {year}",
    "{month} {day} {year}",
    "{day} {mon} {year}",
    "{mon} {day}, {year}",
    "{mon}. {day}, {year}",
    "{day}{th} {month} {year}",
    "{day}{th} of {month}, {year}",
    "{month} {day}{th}, {year}",
    "the {ordinal} of {month}, {year}",
    "{month} the {ordinal}, {year}",
    "{weekday}, {day} {month} {year}",
    "{weekday} {month} {day} {year}",
    "{weekday}, the {day}{th} of {month} {year}",
    "{wd} {day} {mon} {year}",
    "{day} {mon} '{yy:02}",
    "{day}-{mon}-{yy:02}",
    "{number}/{day}/{year}",
    "{number:02}/{day:02}/{yy:02}",
    "{day}.{number}.{year}",
    "{day:02}.{number:02}.{yy:02}",
    "{day}.{roman}.{year}",
    "{year}/{number:02}/{day:02}",
    "{year}{number:02}{day:02}",
)
CASES = (str, str.lower, str.upper)


def written(date, form, case=str):
    """A date in one of FORMS and one of CASES.

    >>> written(datetime.date(1979, 5, 3), "{day}{th} of {month}, {year}")
    '3rd of May, 1979'
    """
    day, month, weekday = date.day, MONTHS[date.month - 1], WEEKDAYS[date.weekday()]
    endings = {1: "st", 2: "nd", 3: "rd"}
    return case(
        form.format(
            day=day,
            th="th" if 10 < day < 20 else endings.get(day % 10, "th"),
            ordinal=ORDINALS[day - 1],
            number=date.month,
            month=month,
            mon=month[:3],
            roman=ROMAN[date.month - 1],
            weekday=weekday,
            wd=weekday[:3],
            year=date.year,
            yy=date.year % 100,
        )
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """A written date and its ISO form."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "Initial release."}

    def _info(self):
        text = tfds.features.Text()
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"written": text, "iso": text}),
            supervised_keys=("written", "iso"),
            homepage="https://arxiv.org/abs/1409.0473",
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        days = np.random.default_rng(SEED).permutation(DAYS)
        parts = {
            "validation": days[:HELD_OUT],
            "test": days[HELD_OUT : 2 * HELD_OUT],
            "train": days[2 * HELD_OUT :],
        }
        return {
            split: self._generate_examples(stream, size, parts[split])
            for stream, (split, size) in enumerate(SIZES.items())
        }

    def _generate_examples(self, stream, size, days):
        random = np.random.default_rng((SEED, stream))
        for number in range(size):
            date = FIRST + datetime.timedelta(days=int(random.choice(days)))
            form, case = random.choice(FORMS), random.choice(len(CASES))
            yield number, {"written": written(date, form, CASES[case]), "iso": str(date)}
