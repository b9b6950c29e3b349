"""The figures that the page on your own data quotes: `python -m benchmarks.own_data`.

Each row is a file that is generated, with a seed, or that lies in `shared/data`, the recipe
that is trained on it, by its defaults but for the fields in the row, and its metrics on the
examples that it did not see.
"""

import argparse
import calendar
import contextlib
import dataclasses
import datetime
import json
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from keras_memory import recipes
from keras_memory.recipes.datasets.travelling_salesman import (
    travelling_salesman_dataset_builder as salesman,
)

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDS = 10

ROOMS = "archive", "garage", "garden", "kitchen", "lobby", "office"
PEOPLE = "Ana", "Bo", "Chen", "Dana"

HOURS = ["seven", "eight", "nine", "ten", "eleven", "noon", "one", "two"]
NUMBERS = ["two", "three", "four", "five", "seven", "eight", "nine", "ten"]
# What visitors wish to know: how it is written, how the question is put, and what the answer
# may be. The last wording of a question is in no example of training.
FACTS = (
    (
        ("The doors open at {}.", "From {} on you can come in."),
        ("When do you open?", "At what time do the doors open?", "From when on may I come?"),
        HOURS,
    ),
    (
        ("A ticket is {} euros.", "Everybody pays {} euros at the desk."),
        ("How much is a ticket?", "What do I pay?", "How many euros is it for me?"),
        NUMBERS,
    ),
    (
        ("We are closed on {}.", "On {} there is nobody here."),
        (
            "On which day are you closed?",
            "When is nobody here?",
            "Which day are you not open?",
        ),
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ),
    (
        ("Bus {} stops at the gate.", "To come by bus, take the {}."),
        ("Which bus do I take?", "What stops at the gate?", "How do I come by bus?"),
        NUMBERS,
    ),
    (
        ("The guided walk begins at {}.", "Our guide starts at {}."),
        (
            "When does the guided walk begin?",
            "At what time does the guide start?",
            "When can I walk with a guide?",
        ),
        HOURS,
    ),
    (
        ("{} has what you lost.", "Lost things are kept by {}."),
        ("Who has what I lost?", "Who keeps lost things?", "Who knows about a lost coat?"),
        ["Ana", "Bo", "Chen", "Dana", "Emil", "Fatima"],
    ),
    (
        ("In the café there is {}.", "You can eat {} here."),
        ("What is there in the café?", "What can I eat?", "Which food does the café have?"),
        ["soup", "bread", "cake", "fish", "rice", "fruit"],
    ),
)

DUTCH = {
    "months": "januari februari maart april mei juni juli augustus september oktober "
    "november december",
    "weekdays": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "forms": (
        "{day} {month} {year}",
        "{weekday} {day} {month} {year}",
        "{day}-{number}-{year}",
    ),
}
GERMAN = {
    "months": "Januar Februar März April Mai Juni Juli August September Oktober November "
    "Dezember",
    "weekdays": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "forms": (
        "{day}. {month} {year}",
        "{weekday}, {day}. {month} {year}",
        "{weekday}, den {day:02}. {month} {year}",
        "{day:02}.{number:02}.{year}",
    ),
}
YEARS = 1900, 2100


def rooms(folder):
    """1,500 questions about stories of up to eight sentences, two about each."""
    rng, path = np.random.default_rng(0), folder / "rooms.jsonl"
    with path.open("w") as file:
        for _ in range(750):
            where = {}
            story = []
            for _ in range(rng.integers(2, 9)):
                who, room = rng.choice(PEOPLE), rng.choice(ROOMS)
                where[who] = room
                story.append(f"{who} walks to the {room}.")
            for who in rng.choice([*where], 2):
                row = {"story": story, "question": f"Where is {who}?", "answer": where[who]}
                file.write(f"{json.dumps(row)}\n")
    return path


def visits(folder):
    """Passages of four to seven facts in any order, and two questions about each: 1,500 in
    wordings that all have, and 300 in others (`other_words.jsonl`).
    """
    rng = np.random.default_rng(0)
    for name, count, ways in (("visits", 750, (0, 2)), ("other_words", 150, (2, 3))):
        with (folder / f"{name}.jsonl").open("w") as file:
            for _ in range(count):
                facts = rng.permutation(len(FACTS))[: rng.integers(4, 8)]
                values = {fact: rng.choice(FACTS[fact][2]) for fact in facts}
                passage = [rng.choice(FACTS[f][0]).format(values[f]) for f in facts]
                for fact in rng.choice(facts, 2, replace=False):
                    question = FACTS[fact][1][rng.integers(*ways)]
                    row = {"story": passage, "question": question, "answer": values[fact]}
                    file.write(f"{json.dumps(row)}\n")
    return folder / "visits.jsonl"


def dates(folder, language, count):
    """Days, each once, in one of the forms of a language, and in ISO's."""
    rng, path = np.random.default_rng(0), folder / "dates.tsv"
    months, weekdays = language["months"].split(), language["weekdays"].split()
    first, last = (datetime.date(year, 1, 1).toordinal() for year in YEARS)
    with path.open("w", encoding="utf-8") as file:
        for number in rng.choice(np.arange(first, last), count, replace=False).tolist():
            day = datetime.date.fromordinal(number)
            written = rng.choice(language["forms"]).format(
                day=day.day,
                number=day.month,
                month=months[day.month - 1],
                weekday=weekdays[calendar.weekday(*day.timetuple()[:3])],
                year=day.year,
            )
            file.write(f"{written}\t{day.isoformat()}\n")
    return path


def cities(folder):
    """20,000 sets of five to eight places, in degrees, and the shortest tour through each."""
    rng, path = np.random.default_rng(0), folder / "cities.jsonl"
    with path.open("w") as file:
        for _ in range(20_000):
            places = rng.uniform([5, 47], [15, 55], (rng.integers(5, 9), 2)).round(2)
            way = salesman.tour(places).tolist()
            row = {"points": places.tolist(), "answer": [*way, way[0]]}
            file.write(f"{json.dumps(row)}\n")
    return path


def photographs(folder):
    """The first 200 test photographs of CIFAR-10."""
    found, whole = folder / "photographs", DATA / "cifar10" / "cifar10_jpeg.tar.gz"
    found.mkdir()
    with tarfile.open(whole, "r|gz") as archive:
        for number, member in zip(
            range(200), filter(tarfile.TarInfo.isreg, archive), strict=False
        ):
            content = archive.extractfile(member).read()
            (found / f"{number:03}.jpg").write_bytes(content)
    return found


def reviews(folder):
    """Reviews of films and whether they are positive, as TFDS prepared them."""
    import tensorflow_datasets as tfds

    with (folder / "reviews.jsonl").open("w") as file:
        for example in tfds.load(
            "imdb_reviews", split="train", data_dir=DATA.parent / "tfds"
        ):
            label = ("negative", "positive")[int(example["label"])]
            row = {"text": example["text"].numpy().decode(), "label": label}
            file.write(f"{json.dumps(row)}\n")
    return folder / "reviews.jsonl"


@dataclasses.dataclass(frozen=True)
class Figure:
    """A file, the recipe that takes it, and the runs whose mean is printed."""

    recipe: str
    write: Callable[[Path], Path]
    fields: dict = dataclasses.field(default_factory=dict)
    runs: list = dataclasses.field(default_factory=lambda: [{}])


PTB = DATA / "ptb"
FIGURES = {
    "rooms": Figure("stories_from_file", rooms),
    "visits": Figure("stories_from_file", visits),
    "visits, other words": Figure(
        "stories_from_file", visits, {"test_path": "other_words.jsonl"}
    ),
    "Dutch dates": Figure("pairs_from_file", lambda folder: dates(folder, DUTCH, 4_000)),
    "German dates": Figure(
        "pairs_from_file",
        lambda folder: dates(folder, GERMAN, 4_000),
        {"pretrained": "seq2seq_attention"},
    ),
    "reviews": Figure("documents_from_file", reviews),
    "newspaper": Figure(
        "characters_from_file",
        lambda folder: PTB / "ptb.train.txt",
        {"validation_path": PTB / "ptb.valid.txt", "test_path": PTB / "ptb.test.txt"},
    ),
    "cities": Figure("pointers_from_file", cities),
    "Tiger": Figure(
        "sets_from_file",
        lambda folder: DATA / "mil" / "tiger.mat",
        {"folds": FOLDS},
        [{"seed": seed} for seed in range(FOLDS)],
    ),
    "photographs": Figure("patterns_from_file", photographs),
}


def measured(figure, folder):
    """The metrics, of several runs their mean."""
    path = figure.write(folder)
    found = []
    for number, fields in enumerate(figure.runs):
        recipe = recipes.get(figure.recipe, path=path, **figure.fields, **fields)
        found.append(recipe.fit(folder / f"run{number}", verbose=0).metrics)
    return {name: float(np.mean([metrics[name] for metrics in found])) for name in found[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=FIGURES, action="append", help="all if absent")
    print("file | recipe | fields | metrics | minutes")
    for name in parser.parse_args().only or FIGURES:
        figure, started = FIGURES[name], time.perf_counter()
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            metrics = measured(figure, Path(folder))
        minutes = (time.perf_counter() - started) / 60
        fields = ", ".join(f"{k}={v}" for k, v in figure.fields.items() if "path" not in k)
        values = ", ".join(f"{k} {v:.4g}" for k, v in metrics.items())
        print(f"{name} | {figure.recipe} | {fields} | {values} | {minutes:.1f}", flush=True)


if __name__ == "__main__":
    main()
