// A network with a neural stack reads brackets, and predicts which closes next.

import { fillings, text } from "../lib/controls.js";
import { bars, heatMap } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { argmax, latest } from "../lib/models.js";

export const title = "Brackets";
export const sentence =
    "Type brackets. A small network with a stack of vectors pushes something for each one that " +
    "opens and pops it when that closes; so it predicts which one must close next, however deep " +
    "they are. The picture is its stack: how much is left of what each bracket pushed.";
export const models = ["dyck_language"];
export const takes = null;

const [OPENING, CLOSING] = ["([{<«", ")]}>»"];
const EXAMPLES = ["([{<", "([]{()}<", "«{<[(())]>", "((((((((([[[[[[[[["];
const LONGEST = 40;

// What is open after each bracket, and where the text stops being well nested.
const nested = (brackets) => {
    const open = [];
    for (const [i, bracket] of brackets.entries()) {
        if (OPENING.includes(bracket)) open.push(bracket);
        else if (CLOSING[OPENING.indexOf(open.pop())] !== bracket) return { open: [], wrong: i };
    }
    return { open };
};

// Of each entry, by the step that pushed it, its strength at each step: in the stack itself,
// the newest is the last.
const byEntry = (stacks) =>
    stacks.map((_, entry) =>
        stacks.map((stack, step) => (step < entry ? 0 : stack.at(entry - step - 1)[0])),
    );

export const open = async (root, [model]) => {
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const pictures = html("div", { class: "work" });

    const show = latest(async () => {
        const known = OPENING + CLOSING;
        const brackets = Array.from(input.input.value)
            .filter((character) => known.includes(character))
            .slice(0, LONGEST);
        const { open, wrong } = nested(brackets);
        if (!open.length) {
            answer.textContent =
                wrong === undefined
                    ? `Brackets, please, of ${known}, some of them still open.`
                    : `Bracket ${wrong + 1}, ${brackets[wrong]}, closes nothing that is open.`;
            pictures.replaceChildren();
            return;
        }
        const inputs = brackets.map((bracket) => Array.from(known, (k) => Number(k === bracket)));
        const { outputs, strengths_0 } = await model.run("trace", { inputs: [inputs] });
        const logits = outputs[0].at(-1);
        const predicted = CLOSING[argmax(logits)];
        const right = CLOSING[OPENING.indexOf(open.at(-1))];
        answer.textContent =
            predicted === right
                ? `Next closes ${predicted}, and that is right.`
                : `It predicts ${predicted}, but ${right} must close next.`;
        const strengths = byEntry(strengths_0[0]);
        const left = strengths.map((entry, i) => `${brackets[i]} ${entry.at(-1).toFixed(2)}`);
        pictures.replaceChildren(
            figure(
                "The stack, step by step from left to right: a row is what a bracket pushed",
                heatMap(`What is left at the end: ${left.join(", ")}.`, strengths, {
                    cell: 22,
                    rowLabels: brackets,
                    columnLabels: brackets,
                }),
            ),
            figure("Which closes next", bars(Array.from(CLOSING, (name, i) => [name, logits[i]]))),
        );
    });

    const input = text("Brackets", EXAMPLES[1], show);
    root.append(
        input,
        fillings(input, EXAMPLES, show),
        answer,
        pictures,
    );
    await show();
};
