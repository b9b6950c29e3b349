"""Checks of constructor arguments: what was expected, what was received."""


def check_positive(name, value):
    """Raise a `ValueError` unless `value` is a positive integer."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected a positive integer for {name}. Received: {value!r}")


def check_odd(name, value):
    """Raise a `ValueError` unless `value` is an odd positive integer."""
    check_positive(name, value)
    if value % 2 == 0:
        raise ValueError(f"Expected an odd number for {name}. Received: {value!r}")


def check_choice(name, value, choices):
    """Raise a `ValueError` unless `value` is one of `choices`."""
    if value not in choices:
        expected = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"Expected one of {expected} for {name}. Received: {value!r}")
