// Five machines read the same word: where each stores it, and from where it reads it again.

import { fillings, text } from "../lib/controls.js";
import { heatMap } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { latest } from "../lib/models.js";

export const title = "Machines";
export const sentence =
    "Type a word. Five machines read it letter by letter, and then write it: a neural Turing machine " +
    "on slots, a queue, a stack and a deque of vectors, and a machine whose head moves over the word " +
    "itself. A stack gives last what came first: it was trained to reverse, as was the deque, which " +
    "may use either end; the others to copy.";
export const models = [
    "ntm_copy,memory_slots=40",
    "neural_transduction_queue",
    "neural_transduction_stack",
    "neural_transduction_deque",
    "rl_tapes",
];
export const takes = null;

const WORDS = ["memory", "abcabcabc", "to be or not to be", "aaaaaaaa"];
const LONGEST = 20;
const BITS = 8;
const CELL = { width: 20, height: 10 };
const ALPHABET = "abcdefghijklmnopqrstuvwxyz "; // of the head's tape, from 1

const transposed = (rows) => rows[0].map((_, j) => rows.map((line) => line[j]));
const codesOf = (word) => Array.from(word, (letter) => letter.codePointAt(0));

// Letters as bits, a mark, and silence in which the copy is written.
const onSlots = async (model, word) => {
    const bitsOf = (code) => Array.from({ length: BITS }, (_, i) => (code >> (BITS - 1 - i)) & 1);
    const none = Array(BITS).fill(0);
    const inputs = [
        ...codesOf(word).map((code) => [...bitsOf(code), 0]),
        [...none, 1],
        ...codesOf(word).map(() => [...none, 0]),
    ];
    const trace = await model.run("trace", { inputs: [inputs] });
    const codes = trace.outputs[0]
        .slice(word.length + 1)
        .map((bits) => bits.reduce((code, p) => 2 * code + Number(p > 0.5), 0));
    // Slots in the order in which its heads come to them: from the first one down, in a ring.
    const ofHead = (weights) =>
        inputs.map((_, i) => weights[0].map(([head]) => head.at(-i % head.length)));
    const written = String.fromCodePoint(...codes);
    return {
        written,
        steps: [...word, " ", ...written],
        maps: {
            "It writes to these slots": ofHead(trace.write_weights),
            "and reads from these": ofHead(trace.read_weights),
        },
    };
};

// How much of each value is read: of those nearest to the end first, a strength of 1.
const read = (strengths) => {
    let left = 1;
    return strengths.map((strength) => {
        const taken = Math.min(strength, left);
        left -= taken;
        return taken;
    });
};

// Letters as symbols, which are pushed; `mapsOf` are of what is stored, pushed at each of the ends.
const onStructure = (mapsOf) => async (model, word) => {
    const source = [codesOf(word)];
    const { target } = await model.run("solve", { source });
    const codes = target[0].slice(0, [...target[0], 0].indexOf(0));
    const { strengths_0 } = await model.run("trace", { source, target: [[...codes, 0]] });
    // In the structure the newest value is the last; here, a value is where it was pushed.
    const storedAt = (end) =>
        strengths_0[0].map((rows, step) =>
            rows.map((_, value) => (value > step ? 0 : rows.at(value - step - 1)[end])),
        );
    const written = String.fromCodePoint(...codes);
    return {
        written,
        steps: [...word, " ", ...written],
        maps: mapsOf(...strengths_0[0][0][0].map((_, end) => storedAt(end))),
    };
};

// `order` brings what is read first to the front.
const ofOneEnd = (order) => (stored) => ({
    "How much is stored of what each step pushed": transposed(stored),
    "and how much of it is read": transposed(
        stored.map((strengths) => order(read(order(strengths)))),
    ),
});

const ofBothEnds = (top, bottom) => ({
    "How much is stored of what each step pushed at the top": transposed(top),
    "and of what it pushed at the bottom": transposed(bottom),
});

// Letters on a tape with blank cells around, and as many steps as for the other machines.
const onTape = async (model, word) => {
    const symbols = Array.from(word, (letter) => ALPHABET.indexOf(letter) + 1);
    const tape = [0, ...symbols, ...Array(word.length).fill(0)];
    const { predicted, input_head } = await model.run("trace", {
        symbols: [tape],
        length: [word.length],
    });
    const letterOf = (symbol) => ALPHABET[symbol - 1] ?? " ";
    const places = tape.map((_, cell) =>
        input_head[0].map((head, step) => (head === cell ? (predicted[0][step] < 0 ? 0.35 : 1) : 0)),
    );
    return {
        written: predicted[0]
            .filter((symbol) => symbol >= 0)
            .map(letterOf)
            .join(""),
        steps: predicted[0].map(letterOf),
        maps: { "Its head is at these cells, in full colour where it writes": places },
    };
};

const reversed = (list) => [...list].reverse();
const backwards = (word) => reversed(Array.from(word)).join("");
const MACHINES = [
    ["Neural Turing machine", onSlots, (word) => word],
    ["Queue", onStructure(ofOneEnd((list) => list)), (word) => word],
    ["Stack", onStructure(ofOneEnd(reversed)), backwards],
    ["Deque", onStructure(ofBothEnds), backwards],
    ["Head on a tape", onTape, (word) => word],
];

const mapOf = (caption, rows, steps) => {
    const places = transposed(rows).map((step) => 1 + step.indexOf(Math.max(...step)));
    const sentence = `Place of the largest value at each step: ${places.join(", ")}.`;
    return figure(caption, heatMap(sentence, rows, { ...CELL, columnLabels: steps }));
};

export const open = async (root, models) => {
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const works = MACHINES.map(() => html("div", { class: "work" }));
    let drawn;
    const isDrawn = new Promise((resolve) => (drawn = resolve));

    // One machine after the other: each is loaded when it is first used.
    const show = latest(async () => {
        const typed = input.input.value.toLowerCase().replace(/[^a-z ]/g, "");
        const word = typed.slice(0, LONGEST);
        if (!word) {
            answer.textContent = "A word, please, of letters from a to z.";
            works.forEach((work) => work.replaceChildren());
            return;
        }
        let right = 0;
        for (const [i, [name, run, expected]] of MACHINES.entries()) {
            const { written, steps, maps } = await run(models[i], word);
            right += written === expected(word);
            works[i].replaceChildren(
                html("h3", {}, `${name}: `, html("code", {}, written)),
                ...Object.entries(maps).map(([caption, rows]) => mapOf(caption, rows, steps)),
            );
            drawn();
        }
        answer.textContent = `${right} of ${MACHINES.length} machines are right.`;
    });

    const input = text("Word", WORDS[0], show);
    root.append(
        input,
        fillings(input, WORDS, show),
        answer,
        html("div", { class: "machines" }, ...works),
    );
    const all = show();
    all.catch(({ message }) => (answer.textContent = message));
    await Promise.race([isDrawn, all]);
};
