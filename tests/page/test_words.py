"""The page divides texts into sentences and words as Python does."""

import random

import numpy as np
import pytest

from keras_memory.recipes.datasets.babi_world.world import TASKS, example
from keras_memory.zoo.text.patterns import ASCII_LETTERS, LETTERS
from keras_memory.zoo.text.plain import (
    Characters,
    Sentences,
    composed,
    lines_of,
    words_of,
)
from keras_memory.zoo.text.plain_words import Words

pytestmark = pytest.mark.browser

# Of five scripts beside the Latin one, and signs of all kinds.
OTHERS = (
    """
О чём он? Маша ушла.|МАША, api_call? ЁЖ «да».Нет|玛丽走了。约翰？|东京へ行った。本当？
दूध लाया। E-mail?|مرحبا بالعالم؟ نعم.|Ἀγάπη. ΟΔΥΣΣΕΥΣ ΤΕΛΟΣ|שלום עולם! כן|ไปตลาด
It's GOOD! Really... good, not bad?!|the hallway.Mary went|Mr. Smith and Dr.Jones left. Mary
The u.s.army, e.g. this|3.5 is one.|naïve “quoted.” «oui.»Non|I don’t; we're (here) ½ Ⅻ ٣
Cliche\u0301 \u212aelvin|a\u00a0b\u2003c\u2028d|e\x0bf\x0cg\rh\ti|prof. ST.x i.e.|¿Qué? ¡Sí!
""".strip()
    .replace("\n", "|")
    .split("|")
)


def lines_of_other_scripts(count):
    chooser = random.Random(0)
    pieces = [*OTHERS, *" .!?\n\t'\"-_,)(«»。", "mr.", "Dr."]
    yield from OTHERS
    for _ in range(count - len(OTHERS)):
        yield "".join(chooser.choices(pieces, k=5))


def lines_of_babi(count):
    random_numbers = np.random.default_rng(0)
    lines = []
    while len(lines) < count:
        for task in TASKS:
            story, question, *_ = example(random_numbers, task, sentences=8, distractors=0)
            lines += [*story, question]
    return lines[:count]


@pytest.fixture(scope="module")
def page(tab):
    with tab("letters") as page:
        yield page


def divided(page, texts):
    return page.evaluate(
        """async (texts) => {
            const { reader } = await import("./lib/words.js");
            const { sentences, wordsOf, tokens } = await reader();
            return texts.map((text) => [sentences(text), wordsOf(text), tokens(text)]);
        }""",
        texts,
    )


@pytest.mark.parametrize(
    "texts",
    [
        lambda: lines_of_babi(1000),
        lambda: [" ".join(lines_of_babi(40))],
        lambda: list(lines_of_other_scripts(200)),
    ],
    ids=["babi", "a story", "other scripts"],
)
def test_the_words_are_those_of_python(page, texts):
    texts, tagged = texts(), Words(["a"])
    found = zip(texts, divided(page, texts), strict=True)
    for text, (sentences, words, tokens) in found:
        assert sentences == lines_of(composed(text)), text
        assert words == words_of(composed(text)), text
        assert tokens == tagged.words([text])[0], text


@pytest.mark.parametrize("letters", [LETTERS, ASCII_LETTERS], ids=["any", "ascii"])
def test_documents_have_the_sentences_of_python(page, letters):
    size, texts = (4, 3), [*lines_of_other_scripts(100), "a<br/>b, c... d e f g h?! i"]
    found = page.evaluate(
        """async ([texts, settings]) => {
            const { reader } = await import("./lib/words.js");
            return texts.map((await reader()).documents(settings));
        }""",
        [texts, {"sentences": size[0], "words": size[1], "letters": letters}],
    )
    read = Sentences(["a"], *size, letters).words(texts)
    for text, sentences, expected in zip(texts, found, read, strict=True):
        assert sentences == expected, text


def test_characters_have_the_numbers_of_python(page):
    alphabet, texts = "abcé \t", ["abc", "xa", "e\u0301", "\ufffd\t"]
    found = page.evaluate(
        """async ([alphabet, texts]) => {
            const { Characters } = await import("./lib/words.js");
            return texts.map((text) => new Characters(alphabet).ids(text));
        }""",
        [alphabet, texts],
    )
    ids = Characters(alphabet).ids(texts).tolist()
    assert found == [[i for i in row if i] for row in ids]
