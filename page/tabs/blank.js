// Sparse attentive backtracking copies digits after a long blank: which steps it retrieves.

import { button, row, slider, text } from "../lib/controls.js";
import { heatMap } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { argmax, latest } from "../lib/models.js";

export const title = "Blank";
export const sentence =
    "Ten digits, a long blank, then a marker: from there, the network must repeat the digits. It stores " +
    "its state every few steps and, at each step, retrieves a few of these: shortcuts over the blank. It " +
    "was trained with blanks of 20 to 80 steps.";
export const models = ["sab_copy"];
export const takes = null;

const DIGITS = 10; // to be copied, each from 1 to 8
const MARKER = 9;

const atRandom = () =>
    Array.from({ length: DIGITS }, () => 1 + Math.floor(8 * Math.random())).join("");

export const open = async (root, [model]) => {
    let blanks = 40;
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const pictures = html("div", { class: "wide" });

    const show = latest(async () => {
        const digits = Array.from(
            input.input.value.replace(/[^1-8]/g, "").slice(0, DIGITS),
            Number,
        );
        if (digits.length < DIGITS) {
            answer.textContent = `${DIGITS} digits from 1 to 8, please.`;
            pictures.replaceChildren();
            return;
        }
        const symbols = [...digits, ...Array(blanks - 1).fill(0), MARKER, ...Array(DIGITS).fill(0)];
        const { outputs, weights, stored } = await model.run("trace", {
            symbols: [symbols],
            length: [symbols.length],
        });
        const copy = outputs[0].slice(-DIGITS).map(argmax);
        const right = copy.filter((digit, i) => digit === digits[i]).length;
        answer.replaceChildren(
            copy.join(""),
            html("span", { class: "hint" }, `  ${right} of ${DIGITS} digits are right`),
        );
        const rows = weights[0].slice(-DIGITS);
        const steps = rows.map((line) => stored[argmax(line)]);
        pictures.replaceChildren(
            figure(
                "What each digit that it writes (a row) retrieves: states of these steps",
                heatMap(`Step of the largest weight for each digit: ${steps.join(", ")}.`, rows, {
                    width: 24,
                    height: 22,
                    rowLabels: copy.map(String),
                    columnLabels: stored.map(String),
                }),
            ),
        );
    });

    const input = text("Digits", "3141526535", show);
    root.append(
        input,
        row(
            slider("Blank steps", { min: 10, max: 150, step: 5, value: blanks }, (number) => {
                blanks = number;
                show();
            }),
            button("Random", () => {
                input.input.value = atRandom();
                show();
            }),
        ),
        answer,
        pictures,
    );
    await show();
};
