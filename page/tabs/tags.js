// A tagger finds in a request what it is about, and who or what has which part in it.

import { fillings, text } from "../lib/controls.js";
import { bars } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { argmax, latest } from "../lib/models.js";
import { reader } from "../lib/words.js";

export const title = "Request";
export const sentence =
    "Write a request to a travel agent. A network reads it from both ends and names the part of each " +
    "word. Words have more colour the more they count for what the whole request is about. It has never " +
    "seen most names: it goes by their letters, and by the words around them.";
export const models = ["slot_filling_world"];
export const takes = "SequenceTagger";

const REQUESTS = [
    "show me flights from new york to san marino on monday",
    "i need a bus into port lindal before nine in the morning",
    "what is the cheapest fare to Zyxwick?",
];
const UNKNOWN = 1;

const spaced = (name) => name.replaceAll("_", " ");
// The part of a tag, as B-depart_date.day_name; nothing of O.
const partOf = (tag) => spaced(tag.replace(/^[BI]-|^O$/, "")) || "\u00a0";

// What is read of a long word: its first and its last letters, as many as there is room for.
const ends = (word, room) => {
    const letters = Array.from(word);
    const half = Math.floor(room / 2);
    return [...letters.slice(0, half), ...letters.slice(half).slice(half - room)];
};

export const open = async (root, [model]) => {
    const [settings, { tokens }] = await Promise.all([model.arguments(), reader()]);
    const { vocabulary, tags, intents, letters, cased } = settings;
    const numbers = new Map(vocabulary.map((word, i) => [word, UNKNOWN + 1 + i]));
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const pictures = html("div", { class: "work" });

    const inputsOf = (words) => ({
        words: [words.map((word) => numbers.get(word) ?? UNKNOWN)],
        letters: [
            words.map((word) => {
                const codes = ends(word, letters).map((letter) => letter.codePointAt(0));
                return [...codes, ...Array(letters - codes.length).fill(0)];
            }),
        ],
        tags: [words.map(() => 0)],
    });

    const show = latest(async () => {
        const words = tokens(input.input.value);
        if (!words.length) {
            answer.textContent = "A request, please.";
            pictures.replaceChildren();
            return;
        }
        const inputs = inputsOf(words.map((word) => (cased ? word : word.toLowerCase())));
        const { probabilities, intent_probabilities, intent_weights } = await model.run(
            "trace",
            inputs,
        );
        const shares = intent_probabilities?.[0];
        const weights = intent_weights ? intent_weights[0] : words.map(() => 0);
        const named = words.map((word, i) => [word, tags[argmax(probabilities[0][i])], weights[i]]);
        const parts = named.filter(([, tag]) => tag !== "O");
        const intention = shares ? `Intent: ${spaced(intents[argmax(shares)])}. ` : "";
        answer.textContent = `${intention}${parts.length} of ${words.length} words have a part.`;
        const heaviest = Math.max(...weights, 1e-6);
        const list = html(
            "ol",
            { class: "words" },
            ...named.map(([word, tag, weight]) =>
                html(
                    "li",
                    { style: `--value: ${(weight / heaviest).toFixed(4)}` },
                    word,
                    html("span", { class: "tag" }, partOf(tag)),
                ),
            ),
        );
        pictures.replaceChildren(
            figure("Parts", Object.assign(list, { values: named })),
            ...(shares
                ? [figure("Intents", bars(intents.map((name, i) => [spaced(name), shares[i]])))]
                : []),
        );
    });

    const input = text("Request", REQUESTS[0], show);
    root.append(
        input,
        fillings(input, REQUESTS, show),
        answer,
        pictures,
    );
    await show();
};
