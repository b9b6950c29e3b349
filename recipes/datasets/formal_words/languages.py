"""The languages of Joulin and Mikolov (2015): their symbols, and a random word of size n."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Language:
    """Its symbols, and from random numbers and n to a word and how many symbols of it can be
    predicted, those at its end.

    `end` marks that a word is over: the first symbol of the next one, which can be
    predicted, too, where all words begin with one symbol; or a symbol of its own.
    """

    symbols: str
    word: Callable
    end: str | None = "a"

    @property
    def has_one_beginning(self):
        return self.end == self.symbols[0]


def _counted(*times):
    """n symbols a, then of each further one so many times n: from the first b on."""

    def word(random, n):
        runs = [letter * (n * k) for letter, k in zip("abcd", times, strict=False)]
        return "".join(runs), sum(times[1:]) * n - 1

    return word


def _sum_of_two(random, n):
    """aⁿbᵐcⁿ⁺ᵐ, where the larger of both is n, and either as likely."""
    sizes = [n, int(random.integers(1, n + 1))]
    if random.random() < 0.5:
        sizes.reverse()
    return "a" * sizes[0] + "b" * sizes[1] + "c" * sum(sizes), sum(sizes) - 1


def _memorised(random, n):
    """n symbols, =, and these symbols from the last to the first."""
    symbols = "".join(random.choice(list("12"), n))
    return f"{symbols}={symbols[::-1]}", n


def _added(random, n):
    """Two binary numbers of n digits together, and from the lowest digit their sum."""
    digits = int(random.integers(1, n))
    first, second = (_number(random, size) for size in (digits, n - digits))
    answer = f"{first + second:b}"[::-1] + "."
    return f"{first:b}+{second:b}={answer}", len(answer)


def _number(random, digits):
    """Random, the highest digit of which is one."""
    bits = random.integers(0, 2, digits - 1)
    return int("1" + "".join(map(str, bits)), 2)


LANGUAGES = {
    "an_bn": Language("ab", _counted(1, 1)),
    "an_bn_cn": Language("abc", _counted(1, 1, 1)),
    "an_bn_cn_dn": Language("abcd", _counted(1, 1, 1, 1)),
    "an_b2n": Language("ab", _counted(1, 2)),
    "an_bm_cnm": Language("abc", _sum_of_two),
    "memorization": Language("12=", _memorised, end=None),
    "addition": Language("01+=.", _added, end="."),
}
