"""What papers report of other networks than MemN2N on the bAbI tasks: errors, in percent.

Of MemN2N, see `babi_published`.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Column:
    """The errors of tasks 1 to 20, as published, or their mean alone.

    Args:
        model: The network.
        size: Training questions of a task, `"1k"` or `"10k"`.
        networks: `"single"`, one for each task, or `"joint"`, one for all.
        source: Paper and table.
        errors: Of each task; none, where a paper has the mean alone.
        mean: Of the tasks, as it is printed.
        failed: Tasks with an error above 5 %.
    """

    model: str
    size: str
    networks: str
    source: str
    errors: tuple[float, ...] = ()
    mean: float | None = None
    failed: int | None = None


def _errors(text):
    return tuple(float(error) for error in text.split())


def _of_accuracies(text):
    return tuple(round(100 - accuracy, 6) for accuracy in _errors(text))


WESTON = "Weston et al. 2015, table 3"
KUMAR = "Kumar et al. 2015"
DEHGHANI = "Dehghani et al. 2018, table 1"
ZHAO = "Zhao 2016"  # a replication: its paper has no figures of these tasks
GRAVES = "Graves et al. 2016"
SUPPORTED = (
    "100 100 100 100 98 100 85 91 100 98 100 100 100 99 100 100 65 95 36 100"  # AM+NG+NL
)
COLUMNS = (
    Column(
        "N-grams",
        "1k",
        "single",
        WESTON,
        _of_accuracies("36 2 7 50 20 49 52 40 62 45 29 9 26 19 20 43 46 52 0 76"),
    ),
    Column(
        "LSTM",
        "1k",
        "single",
        WESTON,
        _of_accuracies("50 20 20 61 70 48 49 45 64 44 72 74 94 27 21 23 51 52 8 91"),
    ),
    Column(
        "MemNN, with supports",
        "1k",
        "single",
        f"{WESTON}, AM+NG+NL",
        _of_accuracies(SUPPORTED),
    ),
    Column(
        "MemNN, with supports",
        "1k",
        "joint",
        f"{WESTON}, AM+NG+NL",
        _of_accuracies(
            "100 100 98 80 99 100 86 93 100 98 100 100 100 99 100 94 72 93 19 100"
        ),
    ),
    Column(
        "DMN, with supports",
        "1k",
        "single",
        KUMAR,
        _of_accuracies(
            "100 98.2 95.2 100 99.3 100 96.9 96.5 100 97.5 "
            "99.9 100 99.8 100 100 99.4 59.6 95.3 34.5 100"
        ),
    ),
    Column(
        "DMN+",
        "10k",
        "single",
        "Xiong et al. 2016",
        _errors("0 0.3 1.1 0 0.5 0 2.4 0 0 0 0 0 0 0.2 0 45.3 4.2 2.1 0 0"),
    ),
    Column(
        "Entity network",
        "10k",
        "single",
        "Henaff et al. 2016",
        _errors("0 .1 4.1 0 .3 .2 0 .5 .1 .6 .3 0 1.3 0 0 .2 .5 .3 2.3 0"),
    ),
    Column(
        "Entity network",
        "10k",
        "joint",
        "Franke et al. 2018",
        _errors("0 15.3 29.3 .1 .4 .6 1.8 1.5 0 .1 .2 0 0 7.3 3.6 53.3 8.8 1.3 70.4 0"),
    ),
    Column(
        "DNC, best of 20",
        "10k",
        "joint",
        GRAVES,
        _errors("0 .4 2.4 0 .8 0 .6 .3 .2 .2 0 0 .1 .4 0 55.1 12 .8 3.9 0"),
    ),
    Column(
        "DNC, mean of 20",
        "10k",
        "joint",
        GRAVES,
        _errors(
            "9 39.2 39.6 .4 1.5 6.9 9.8 5.5 7.7 9.6 3.3 5 3.1 11 27.2 53.6 32.4 4.2 64.6 0"
        ),
    ),
    Column(
        "Key-value memory network",
        "1k",
        "joint",
        f"{ZHAO}, bag of words",
        mean=20.5,
        failed=13,
    ),
    Column(
        "Key-value memory network",
        "10k",
        "joint",
        f"{ZHAO}, bag of words",
        _of_accuracies(
            "100 84 71 100 94 100 94 98 100 99 100 100 100 99 100 48 61 91 10 100"
        ),
    ),
    Column("Universal transformer", "1k", "single", DEHGHANI, mean=4.55, failed=3),
    Column("Universal transformer", "1k", "joint", DEHGHANI, mean=7.78, failed=5),
    Column("Universal transformer", "10k", "single", DEHGHANI, mean=0.21, failed=0),
    Column("Universal transformer", "10k", "joint", DEHGHANI, mean=0.29, failed=0),
)


def column_of(model: str, size: str, networks: str) -> Column | None:
    """The column of a network in its paper's table, if there is one."""
    found = [c for c in COLUMNS if (c.model, c.size, c.networks) == (model, size, networks)]
    return found[0] if found else None
