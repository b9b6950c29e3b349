// A neural Turing machine copies what is drawn: its tape, written and read.

import { button, row, slider, toggles } from "../lib/controls.js";
import { heatMap } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { latest } from "../lib/models.js";

export const title = "Tape";
export const sentence =
    "Draw a sequence of bits. A neural Turing machine reads it column by column and writes each " +
    "to a slot of its memory. Then, with no further input, it reads the slots in the same order, " +
    "and so copies the sequence. It writes at every step, also while it reads: with fewer slots " +
    "than steps, it comes round to what it still needs.";
export const models = [
    "ntm_copy,memory_slots=12",
    "ntm_copy,memory_slots=20",
    "ntm_copy,memory_slots=40",
    "ntm_copy",
];
export const takes = "NTM";

const LONGEST = 20;

// Inputs of a machine: a step for each column, the delimiter, and as many empty steps.
const inputsOf = (columns) => {
    const bits = columns[0].length;
    const steps = 2 * columns.length + 1;
    return Array.from({ length: steps }, (_, step) => [
        ...(columns[step] ?? Array(bits).fill(0)),
        Number(step === columns.length),
    ]);
};

const transposed = (rows) => rows[0].map((_, j) => rows.map((line) => line[j]));

export const open = async (root, models) => {
    const settings = await Promise.all(models.map((model) => model.arguments()));
    const bits = settings[0].output_units;
    const columnsAtRandom = (length) =>
        Array.from({ length }, () =>
            Array.from({ length: bits }, () => Number(Math.random() < 0.5)),
        );
    let columns = columnsAtRandom(8);
    let chosen = Math.min(2, settings.length - 1);

    const drawn = html("div");
    const copied = html("div");
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const pictures = html("div", { class: "beside" });

    const show = latest(async () => {
        const length = columns.length;
        const { outputs, write_weights, read_weights } = await models[chosen].run("trace", {
            inputs: [inputsOf(columns)],
        });
        const probabilities = outputs[0].slice(length + 1);
        const wrong = probabilities
            .flat()
            .filter((value, i) => Number(value > 0.5) !== columns.flat()[i]).length;
        const slots = settings[chosen].memory_slots;
        answer.textContent = wrong
            ? `${wrong} of ${bits * length} bits are wrong.`
            : `All ${bits * length} bits are right.`;
        const tape = (name, weights) => {
            const heads = transposed(weights[0]).flatMap((head) => transposed(head));
            const steps = heads[0].map((_, step) => heads.map((slot) => slot[step]));
            const places = steps.map((step) => step.indexOf(Math.max(...step)));
            return figure(
                `${name}: slots from top to bottom, steps from left to right`,
                heatMap(`Slot of the largest weight at each step: ${places.join(", ")}.`, heads, {
                    width: 14,
                    height: Math.max(2, Math.min(14, 220 / slots)),
                }),
            );
        };
        copied.replaceChildren(
            figure(
                "Its copy",
                heatMap(
                    `The copy, step by step: ${probabilities.map((step) => step.map((p) => Number(p > 0.5)).join("")).join(" ")}.`,
                    transposed(probabilities),
                    { cell: 26 },
                ),
            ),
        );
        pictures.replaceChildren(
            tape("Where it writes", write_weights),
            tape("Where it reads", read_weights),
        );
    });

    const draw = () => {
        drawn.replaceChildren(
            figure(
                "The sequence",
                toggles(
                    "Bits of the sequence, a column a step",
                    transposed(columns),
                    (bit, step) => `Step ${step + 1}, bit ${bit + 1}`,
                    (bit, step, isOn) => {
                        columns[step][bit] = Number(isOn);
                        show();
                    },
                ),
            ),
        );
        return show();
    };
    const names = settings.map((setting) => String(setting.memory_slots));
    const last = names.length - 1;
    const slots = slider("Slots", { min: 0, max: last, value: chosen, names }, (index) => {
        chosen = index;
        show();
    });
    root.append(
        row(
            slider("Length", { min: 1, max: LONGEST, value: columns.length }, (length) => {
                columns = [...columns, ...columnsAtRandom(LONGEST)].slice(0, length);
                draw();
            }),
            ...(names.length > 1 ? [slots] : []),
            button("Random", () => {
                columns = columnsAtRandom(columns.length);
                draw();
            }),
            button("Clear", () => {
                columns = columns.map((column) => column.map(() => 0));
                draw();
            }),
        ),
        answer,
        html("div", { class: "beside" }, drawn, copied),
        pictures,
    );
    await draw();
};
