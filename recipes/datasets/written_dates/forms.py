"""The forms in which people write dates."""

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
# Those of version 1.0.0 of the data, and more.
FIRST_FORMS = (
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
FORMS = (
    *FIRST_FORMS,
    "{year}-{number:02}-{day:02}",
    "{number:02}/{day:02}/{year}",
    "{number}/{day}/{yy:02}",
    "{day:02}.{number:02}.{year}",
    "{day}.{number}.{yy:02}",
    "{day:02} {month} {year}",
    "{day}-{mon}-{year}",
    "{weekday}, {month} {day}, {year}",
)
CASES = (str, str.lower, str.upper)

YEARS = range(1600, 2200)
# A year of two digits is one of these.
TWO_DIGIT_YEARS = range(1950, 2050)


def written(date, form, case=str):
    """A date in one of FORMS and one of CASES.

    >>> import datetime
    >>> written(datetime.date(1979, 5, 3), "{day}{th} of {month}, {year}")
    '3rd of May, 1979'
    """
    weekday = WEEKDAYS[date.weekday()]
    return case(written_as(form, date.year, date.month, date.day, weekday))


def written_as(form, year, month, day, weekday):
    """The same of parts that need not make a date.

    >>> written_as("{day} {month} {year}", 2001, 2, 31, "Monday")
    '31 February 2001'
    """
    name = MONTHS[(month - 1) % 12]
    endings = {1: "st", 2: "nd", 3: "rd"}
    return form.format(
        day=day,
        th="th" if 10 < day < 20 else endings.get(day % 10, "th"),
        ordinal=ORDINALS[(day - 1) % len(ORDINALS)],
        number=month,
        month=name,
        mon=name[:3],
        roman=ROMAN[(month - 1) % 12],
        weekday=weekday,
        wd=weekday[:3],
        year=year,
        yy=year % 100,
    )
