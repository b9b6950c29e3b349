// Handwriting out of text: the pen's path, and the window that moves along the letters.

import { button, row, slider, text } from "../lib/controls.js";
import { heatMap } from "../lib/draw.js";
import { drawing, figure, html, svg } from "../lib/elements.js";
import { latest } from "../lib/models.js";
import { Characters } from "../lib/words.js";

export const title = "Handwriting";
export const sentence =
    "Write a word in small letters. A recurrent network writes it by hand, point by point, while a " +
    "window moves along its letters, and never back. Each point is sampled; the higher the bias, " +
    "the neater the hand.";
export const models = ["handwriting_window"];
export const takes = "HandwritingRNN";

const END = "\n";
const LONGEST = 16; // letters
const POINTS = 24; // of a letter, at most, and of the end
const NUMBERS = 4; // that a point takes

// Pixels across for the cells, beside margins and labels; the tab itself may be hidden.
const room = () => Math.max(200, Math.min(700, document.documentElement.clientWidth - 120));

// Numbers from 0 to below 1 that follow from a seed.
const even = (seed) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), seed | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
};

// What is written, in lines from point to point, coloured by letter.
const handwriting = (written, points, letters) => {
    const places = [[0, 0]];
    for (const [across, up] of points) {
        const [x, y] = places.at(-1);
        places.push([x + across, y - up]);
    }
    const at = (i) => places[i].map((number) => number.toFixed(2)).join(" ");
    const lines = points.map((_, i) => {
        const isDown = i > 0 && !points[i - 1][2];
        const path = { d: `M${at(i)}L${at(i + 1)}`, class: letters[i] % 2 ? "pen odd" : "pen" };
        return isDown && svg("path", path);
    });
    const [left, top] = [0, 1].map((k) => Math.min(...places.map((place) => place[k])) - 1);
    const [right, bottom] = [0, 1].map((k) => Math.max(...places.map((place) => place[k])) + 1);
    const picture = drawing(
        760,
        180,
        `The word ${written}, written by hand in ${points.length} points.`,
        points,
        ...lines.filter(Boolean),
    );
    picture.setAttribute("viewBox", `${left} ${top} ${right - left} ${bottom - top}`);
    return picture;
};

export const open = async (root, [model]) => {
    const settings = await model.arguments();
    const characters = new Characters(`${END}${settings.characters}`);
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const pictures = html("div", { class: "wide" });
    let [bias, seed] = [1, 1];

    const show = latest(async () => {
        const word = Array.from(input.input.value.toLowerCase())
            .filter((letter) => settings.characters.includes(letter))
            .slice(0, LONGEST);
        if (!word.length) {
            answer.textContent = "A word, please.";
            pictures.replaceChildren();
            return;
        }
        const random = even(seed);
        const noise = Array.from({ length: POINTS * (word.length + 1) }, () =>
            Array.from({ length: NUMBERS }, () => Math.fround(random())),
        );
        const found = await model.run("write", {
            text: [characters.ids([...word, END].join(""))],
            noise: [noise],
            bias,
        });
        const count = found.count[0];
        const [points, letters, weights] = ["points", "letters", "weights"].map((name) =>
            found[name][0].slice(0, count),
        );
        answer.textContent = `${word.join("")}, in ${count} points.`;
        const rows = [...word, "end"].map((_, u) => weights.map((line) => line[u]));
        const largest = Math.max(...rows.flat());
        pictures.replaceChildren(
            figure(
                "What is written",
                Object.assign(handwriting(word.join(""), points, letters), {
                    values: { word: word.join(""), noise, bias, points },
                }),
            ),
            figure(
                "The window: letters from top to bottom, points from left to right",
                heatMap(`Letter at each point: ${letters.map((u) => word[u]).join("")}.`, rows, {
                    width: Math.min(10, room() / count),
                    height: 18,
                    rowLabels: [...word, "end"],
                    largest,
                }),
            ),
        );
    });

    const input = text("Word", "handwriting", show);
    root.append(
        input,
        row(
            slider("Bias", { min: 0, max: 5, value: bias, step: 0.5 }, (value) => {
                bias = value;
                show();
            }),
            button("Write again", () => {
                seed += 1;
                show();
            }),
        ),
        answer,
        pictures,
    );
    await show();
};
