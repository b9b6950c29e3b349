"""Vectors of bits and numbers as they are typed on the command line."""

import numpy as np


def parse_bits(text: str, bits: int, example: str) -> np.ndarray:
    """Vectors of bits, `(vectors, bits)`, out of text as `10110010,00001111`.

    Args:
        text: What was typed.
        bits: The width of a vector.
        example: Of what is expected.

    Raises:
        ValueError: It is something else.
    """
    vectors = text.split(",")
    for vector in vectors:
        if len(vector) != bits or set(vector) - set("01"):
            raise ValueError(
                f"Expected vectors of {bits} bits each, 0 or 1, as in {example}. Received: "
                f"{vector!r}"
            )
    return np.array([list(map(int, vector)) for vector in vectors], "uint8")


def as_text(probabilities: np.ndarray) -> str:
    """The likelier bits of vectors, as `parse_bits` reads them."""
    bits = (probabilities > 0.5).astype("uint8")
    return ",".join("".join(map(str, vector)) for vector in bits)


def whole_number(name: str, text: str, least: int, most: int) -> int:
    """What was typed, if it is a whole number in a range."""
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"Expected {name} from {least} to {most}. Received: {text!r}")
    return int(text)
