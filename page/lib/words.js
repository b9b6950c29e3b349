// Texts into sentences, words and numbers, by the patterns that keras_memory.zoo.text has.

import { fetched } from "./models.js";

// Of what RE2 means by these, JavaScript means more.
const WORD = "[0-9A-Za-z_]";
const MEANT = [
    ["\\b", `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`],
    ["\\s", "[\\t\\n\\f\\r ]"],
    ["\\S", "[^\\t\\n\\f\\r ]"],
];
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const SPACES = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;
const UNKNOWN = 1;
const ASCII_LETTERS = "A-Za-z"; // of models whose texts are read as they are

const compiled = (pattern) => {
    const source = MEANT.reduce((text, [re2, meant]) => text.replaceAll(re2, meant), pattern);
    return source.startsWith("(?i)")
        ? new RegExp(source.slice(4), "giu")
        : new RegExp(source, "gu");
};

const replacer = (pairs) => {
    const steps = pairs.map(([pattern, by]) => [compiled(pattern), by.replace(/\\(\d)/g, "$$$1")]);
    return (text) => steps.reduce((now, [pattern, by]) => now.replace(pattern, by), text);
};

const split = (text) => text.split(SPACE).filter(Boolean);

// Reads texts as `Stories` and `Words` of Python do.
export const reader = async () => {
    const patterns = await (await fetched("patterns.json")).json();
    const [lines, words] = [patterns.lines, patterns.words].map(replacer);
    const onlyWords = replacer([[patterns.not_of_words, " "]]);
    return {
        // The sentences of a story.
        sentences: (story) =>
            lines(story.normalize("NFC"))
                .split("\n")
                .map((sentence) => sentence.replace(SPACES, ""))
                .filter(Boolean),
        // The words of one of them, in lower case.
        wordsOf: (sentence) => split(onlyWords(sentence.normalize("NFC").toLowerCase())),
        // Of a model's arguments, a function: the last sentences of a document, each a list of
        // words, in lower case.
        documents: ({ sentences, words, letters }) => {
            const divide = replacer(
                patterns.documents.map(([pattern, by]) => [
                    pattern.replace("WORDS", words).replace("LETTERS", letters),
                    by,
                ]),
            );
            return (text) =>
                divide(letters === ASCII_LETTERS ? text : text.normalize("NFC"))
                    .toLowerCase()
                    .split("\n")
                    .slice(-sentences)
                    .map(split);
        },
        // The words and marks of a sentence that is tagged.
        tokens: (sentence) => split(words(`${sentence.normalize("NFC")} `)),
    };
};

// Rows of numbers, padded with zeros to a width: that of the longest, which has one at least.
export const padded = (rows, width = Math.max(1, ...rows.map((row) => row.length))) =>
    rows.map((row) => [...row, ...Array(width - row.length).fill(0)]);

// From characters to numbers, as `Characters` of Python has them, and back.
export class Characters {
    constructor(characters) {
        this.characters = ["", "\ufffd", ...characters];
    }

    ids(text) {
        return Array.from(text.normalize("NFC"), (character) =>
            Math.max(this.characters.indexOf(character, UNKNOWN + 1), UNKNOWN),
        );
    }
}
