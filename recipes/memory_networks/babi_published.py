"""The error of memory networks on the bAbI tasks, in percent, as published.

At the end are those of networks that came after; first, the end-to-end memory network's.
Sukhbaatar et al. (2015), tables 1 (1k) and 3 (10k), with three hops where a column does not
say otherwise. PE: position encoding; BoW: bags of words; LS: linear start; RN: random noise;
LW: layer-wise tying; joint: one network for all tasks.
"""

SOURCE = "Sukhbaatar et al. 2015"
TABLES = {"1k": "table 1", "10k": "table 3"}
TABLE = {
    "1k": {
        "BoW": (
            "0.6 17.6 71.0 32.0 18.3 8.7 23.5 11.4 21.1 22.8 "
            "4.1 0.3 10.5 1.3 24.3 52.0 45.4 48.1 89.7 0.1"
        ),
        "PE": (
            "0.1 21.6 64.2 3.8 14.1 7.9 21.6 12.6 23.3 17.4 "
            "4.3 0.3 9.9 1.8 0.0 52.1 50.1 13.6 87.4 0.0"
        ),
        "PE LS": (
            "0.2 12.8 58.8 11.6 15.7 8.7 20.3 12.7 17.0 18.6 "
            "0.0 0.1 0.3 2.0 0.0 1.6 49.0 10.1 85.6 0.0"
        ),
        "PE LS RN": (
            "0.0 8.3 40.3 2.8 13.1 7.6 17.3 10.0 13.2 15.1 "
            "0.9 0.2 0.4 1.7 0.0 1.3 51.0 11.1 82.8 0.0"
        ),
        "1 hop PE LS joint": (
            "0.8 62.0 76.9 22.8 11.0 7.2 15.9 13.2 5.1 10.6 "
            "8.4 0.4 6.3 36.9 46.4 47.4 44.4 9.6 90.7 0.0"
        ),
        "2 hops PE LS joint": (
            "0.0 15.6 31.6 2.2 13.4 2.3 25.4 11.7 2.0 5.0 "
            "1.2 0.0 0.2 8.1 0.5 51.3 41.2 10.3 89.9 0.1"
        ),
        "PE LS joint": (
            "0.1 14.0 33.1 5.7 14.8 3.3 17.9 10.1 3.1 6.6 "
            "0.9 0.3 1.4 8.2 0.0 3.5 44.5 9.2 90.2 0.0"
        ),
        "PE LS RN joint": (
            "0.0 11.4 21.9 13.4 14.4 2.8 18.3 9.3 1.9 6.5 "
            "0.3 0.1 0.2 6.9 0.0 2.7 40.4 9.4 88.0 0.0"
        ),
        "PE LS LW joint": (
            "0.1 18.8 31.7 17.5 12.9 2.0 10.1 6.1 1.5 2.6 "
            "3.3 0.0 0.5 2.0 1.8 51.0 42.6 9.2 90.6 0.2"
        ),
    },
    "10k": {
        "BoW": (
            "0.0 0.6 17.8 31.8 14.2 0.1 7.0 1.4 1.8 1.9 "
            "0.0 0.0 0.0 0.0 12.5 50.9 47.4 41.3 75.4 0.0"
        ),
        "PE": (
            "0.0 0.4 12.6 0.0 0.8 0.2 5.7 2.4 1.3 1.7 "
            "0.0 0.0 0.1 0.2 0.0 48.6 40.3 7.4 66.6 0.0"
        ),
        "PE LS": (
            "0.0 0.5 15.0 0.0 0.6 0.1 3.2 2.2 2.0 3.3 "
            "0.0 0.0 0.0 0.0 0.0 0.1 41.1 8.6 66.7 0.0"
        ),
        "PE LS RN": (
            "0.0 0.3 9.3 0.0 0.8 0.0 3.7 0.8 0.8 2.4 "
            "0.0 0.0 0.0 0.0 0.0 0.4 40.7 6.7 66.5 0.0"
        ),
        "1 hop PE LS joint": (
            "0.0 62.0 80.0 21.4 8.7 6.1 14.8 8.9 3.7 10.3 "
            "8.3 0.0 5.6 30.9 42.6 47.3 40.0 9.2 91.0 0.0"
        ),
        "2 hops PE LS joint": (
            "0.0 1.3 15.8 0.0 7.2 0.7 10.5 4.7 0.4 0.6 "
            "0.0 0.0 0.0 0.2 0.0 46.4 39.7 10.1 80.8 0.0"
        ),
        "PE LS joint": (
            "0.0 2.3 14.0 0.0 7.5 0.2 6.1 4.0 0.0 0.4 "
            "0.0 0.0 0.0 0.2 0.0 0.4 41.7 8.6 73.3 0.0"
        ),
        "PE LS RN joint": (
            "0.0 1.0 6.8 0.0 6.1 0.1 6.6 2.7 0.0 0.5 "
            "0.0 0.1 0.0 0.0 0.2 0.2 41.8 8.0 75.7 0.0"
        ),
        "PE LS LW joint": (
            "0.0 0.8 18.3 0.0 0.8 0.1 8.4 1.4 0.2 0.0 "
            "0.4 0.0 0.0 1.7 0.0 49.2 40.0 8.4 89.5 0.0"
        ),
    },
}
# By size and column: the error of each task, 1 to 20.
ERRORS = {
    size: {
        name: [float(error) for error in errors.split()] for name, errors in columns.items()
    }
    for size, columns in TABLE.items()
}

# Of other networks, one for each task, by name and size: where it stands, and the errors.
OTHERS = {
    ("EntNet", "10k"): (
        "Henaff et al. 2016",
        "0 .1 4.1 0 .3 .2 0 .5 .1 .6 .3 0 1.3 0 0 .2 .5 .3 2.3 0",
    ),
    ("DMN", "1k"): (
        "Kumar et al. 2015",
        "0 1.8 4.8 0 .7 0 3.1 3.5 0 2.5 .1 0 .2 0 0 .6 40.4 4.7 65.5 0",
    ),
    ("DMN+", "10k"): (
        "Xiong et al. 2016",
        "0 .3 1.1 0 .5 0 2.4 0 0 0 0 0 0 .2 0 45.3 4.2 2.1 0 0",
    ),
}


def errors_of(network: str, size: str) -> tuple[str, list[float]] | None:
    """Where the errors of such a network stand, and that of each task, 1 to 20."""
    if (network, size) not in OTHERS:
        return None
    source, errors = OTHERS[network, size]
    return source, [float(error) for error in errors.split()]
