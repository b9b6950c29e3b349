"""How texts are divided into sentences and words: patterns, which TensorFlow and Python read.

They are written in the syntax of RE2, TensorFlow's regular expressions; `python` compiles
them for Python's `re`, to find the same.
"""

import functools
import re
import sys
import unicodedata

# What words of any language are made of, in a class of RE2: letters, marks, digits and `_`.
LETTERS = r"\p{L}\p{M}\p{N}_"
# Those of vocabularies of documents of version 0.1.0.
ASCII_LETTERS = "A-Za-z"

# Of stories. Words are what is left once this is a space.
NOT_OF_WORDS = rf"[^{LETTERS}'-]+"
ABBREVIATIONS = r"mr|mrs|ms|dr|prof|st|sr|jr|vs|e\.g|i\.e"
MARK = "\x01"
CLOSING, OPENING = r"""["'”’»)\]]*""", r"""["'“‘«(\[]*"""
# From a text to lines of a sentence each; meanwhile, the stop of an abbreviation is MARK.
LINES = (
    (rf"(?i)\b({ABBREVIATIONS})\.", f"\\1{MARK}"),
    # Without a space, between words of two letters or more: not in "u.s.army" or "3.5".
    (rf"([{LETTERS}]{{2}}{CLOSING}[.!?]+{CLOSING})({OPENING}\p{{L}})", "\\1\n\\2"),
    (rf"([.!?]{CLOSING})\s+|\n", "\\1\n"),
    (rf"([。！？؟।]{CLOSING})", "\\1\n"),
    (MARK, "."),
)

# Of sentences that are tagged: from a text to its words, with a space after each. Marks stand
# alone, and so does what contractions of English end in; not the stops of "u.s." and "st.".
WORDS = (
    (r"\s+", " "),
    (rf"(?i)\b({ABBREVIATIONS})\.", f"\\1{MARK}"),
    (r"""(^| )(["“‘«(\[{]+)""", r"\1\2 "),
    (r"""([,!?;:…"”»)\]}]+) """, r" \1 "),
    (r"([^ .]{2})(\.+) ", r"\1 \2 "),
    (r"(?i)(\p{L})(n['’]t|['’](?:s|m|d|re|ve|ll)) ", r"\1 \2 "),
    (r"([。！？؟।，、])", r" \1 "),
    (MARK, "."),
)


def lines_of_words(words: int | str, letters: str) -> tuple[tuple[str, str], ...]:
    """Of documents: from a text to lines of a sentence each, of words and spaces alone.

    Args:
        words: Words of a sentence, at most; or what a page replaces by that number.
        letters: What words are made of besides digits and apostrophes, a class of RE2.
    """
    return (
        (r"<[^>]*>|\.+", "\n"),
        (r"([!?]+)", " \\1\n"),
        (rf"[^{letters}0-9'!?\n]+", " "),
        (rf"((?:\S+ ){{{words}}})", "\\1\n"),
        (r"\s*\n\s*", "\n"),
        (r"^\s+|\s+$", ""),
    )


# Of what RE2 means by these, Python has ASCII alone, or all of Unicode, or more at the end.
MEANT = {
    r"\b": r"(?-i:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))",
    r"\s": r"[\t\n\f\r ]",
    r"\S": r"[^\t\n\f\r ]",
    r"+$": r"+\Z",
}


@functools.cache
def python(pattern: str) -> re.Pattern:
    """A pattern of this file, compiled for Python."""
    for re2, meant in MEANT.items():
        pattern = pattern.replace(re2, meant)
    if r"\p" in pattern:
        pattern = pattern.replace(LETTERS, "".join(map(_ranges, "LMN")) + "_")
        pattern = pattern.replace(r"\p{L}", f"[{_ranges('L')}]")
    return re.compile(pattern)


@functools.cache
def _ranges(kind):
    """The characters of a general category of Unicode, for a class of Python's `re`."""
    found, first = [], None
    for code in range(sys.maxunicode + 2):
        is_kind = code <= sys.maxunicode and unicodedata.category(chr(code))[0] == kind
        if is_kind and first is None:
            first = code
        elif not is_kind and first is not None:
            found.append(f"\\U{first:08x}-\\U{code - 1:08x}")
            first = None
    return "".join(found)
