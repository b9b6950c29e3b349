// A Hopfield network completes a letter of which half is hidden, and forgets past its capacity.

import { button, choice, row, slider, toggles } from "../lib/controls.js";
import { curve, heatMap } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { settle } from "../lib/hopfield.js";

export const title = "Letters";
export const sentence =
    "A Hopfield network stores letters. Take one and hide half of it, or draw your own: unit after " +
    "unit turns to where the energy is lower. With the energy of 1982, letters past its capacity " +
    "blur all others; the exponential one of 2017 keeps them apart.";
export const models = [];
export const takes = null;

// Five rows of five pixels each; a pixel is four units.
const LETTERS = {
    X: "10001 01010 00100 01010 10001",
    T: "11111 00100 00100 00100 00100",
    O: "01110 10001 10001 10001 01110",
    L: "10000 10000 10000 10000 11111",
    E: "11111 10000 11110 10000 11111",
    N: "10001 11001 10101 10011 10001",
    H: "10001 10001 11111 10001 10001",
    Z: "11111 00010 00100 01000 11111",
    C: "01111 10000 10000 10000 01111",
    B: "11110 10001 11110 10001 11110",
    V: "10001 10001 01010 01010 00100",
    A: "01110 10001 11111 10001 10001",
};
const NAMES = Object.keys(LETTERS);
const SIDE = 10;
const FRAMES = 30;

const unitsOf = (name) => {
    const pixels = LETTERS[name].split(" ");
    return Array.from({ length: SIDE * SIDE }, (_, unit) => {
        const [y, x] = [Math.floor(unit / SIDE), unit % SIDE];
        return pixels[y >> 1][x >> 1] === "1" ? 1 : -1;
    });
};
const inRows = (units) =>
    Array.from({ length: SIDE }, (_, y) => units.slice(y * SIDE, (y + 1) * SIDE));
const picture = (sentence, units, cell) =>
    heatMap(sentence, inRows(units.map((state) => (state + 1) / 2)), { cell });
const differing = (a, b) => a.filter((value, i) => value !== b[i]).length;

export const open = async (root) => {
    let rule = "hebb";
    let count = 5;
    let cue = unitsOf("X");
    let timer = 0;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
    const stored = () => NAMES.slice(0, count);
    const shelf = html("div", { class: "shelf" });
    const drawn = html("div");
    const settled = html("div");
    const energy = html("div");
    const answer = html("p", { class: "answer", "aria-live": "polite" });

    const draw = () => {
        shelf.replaceChildren(
            ...stored().map((name) => {
                const choose = button("", () => set(unitsOf(name)));
                choose.setAttribute("aria-label", `Start from ${name}`);
                choose.append(picture(name, unitsOf(name), 5));
                return choose;
            }),
        );
        drawn.replaceChildren(
            figure(
                "Start",
                toggles(
                    "Units of the start",
                    inRows(cue.map((state) => (state ? state > 0 : "mixed"))),
                    (y, x) => `Row ${y + 1}, column ${x + 1}`,
                    (y, x, isOn) => {
                        cue[y * SIDE + x] = isOn ? 1 : -1;
                        run();
                    },
                ),
            ),
        );
    };

    const run = () => {
        clearInterval(timer);
        const patterns = stored().map(unitsOf);
        const { path, energies } = settle(rule, patterns, cue);
        const end = path.at(-1);
        const nearest = stored().find((name) => !differing(unitsOf(name), end));
        const turned = stored().find((name) => differing(unitsOf(name), end) === end.length);
        const found = nearest ?? (turned && `${turned}, in reverse`);
        answer.textContent = found
            ? `It settled at ${found}.`
            : "It settled at none of the letters.";
        const show = (step) => {
            settled.replaceChildren(
                figure(
                    `After ${step} of ${path.length - 1} turns of a unit`,
                    picture(answer.textContent, path[step], 24),
                ),
            );
            energy.replaceChildren(
                figure(
                    `Energy: ${energies[step].toFixed(2)}`,
                    curve(
                        `The energy falls from ${energies[0].toFixed(2)} to ${energies.at(-1).toFixed(2)}.`,
                        energies.slice(0, step + 1),
                    ),
                ),
            );
        };
        const last = path.length - 1;
        if (isCalm.matches || !last) return show(last);
        let step = 0;
        show(0);
        timer = setInterval(() => {
            step = Math.min(last, step + Math.ceil(last / FRAMES));
            show(step);
            if (step === last) clearInterval(timer);
        }, 40);
    };
    const set = (states) => {
        cue = states;
        draw();
        run();
    };

    root.append(
        row(
            choice(
                "Energy",
                { hebb: "Hopfield, 1982", exponential: "exponential, 2017" },
                rule,
                (name) => {
                    rule = name;
                    run();
                },
            ),
            slider("Letters stored", { min: 1, max: NAMES.length, value: count }, (number) => {
                count = number;
                draw();
                run();
            }),
        ),
        shelf,
        row(
            button("Hide the lower half", () =>
                set(cue.map((s, i) => (i < cue.length / 2 ? s : 0))),
            ),
            button("Add noise", () => set(cue.map((s) => (Math.random() < 0.15 ? -s : s)))),
            button("Clear", () => set(cue.map(() => -1))),
        ),
        answer,
        html("div", { class: "beside" }, drawn, settled, energy),
    );
    set(cue.map((s, i) => (i < cue.length / 2 ? s : 0)));
};
