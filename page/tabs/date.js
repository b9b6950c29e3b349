// An encoder-decoder writes a date letter by letter: which letters each one comes from.

import { fillings, text } from "../lib/controls.js";
import { heatMap } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { argmax, latest } from "../lib/models.js";
import { Characters } from "../lib/words.js";

export const title = "Date";
export const sentence =
    "Write a date as you like. A network with attention rewrites it as year, month and day, one " +
    "character at a time; each row shows which characters it attends to meanwhile. Of what is not a " +
    "date, it ends with a question mark.";
export const models = ["seq2seq_attention"];
export const takes = "EncoderDecoder";

const DATES = ["3rd of May, 1979", "5/3/79", "THURSDAY 3 MAY 1979", "31 February 2001", "potato"];
const LONGEST = 40;
const [START, END] = [2, 3];

export const open = async (root, [model]) => {
    const settings = await model.arguments();
    const source = new Characters(settings.source_characters);
    const target = new Characters(`\t\n${settings.target_characters}`);
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const pictures = html("div", { class: "wide" });

    // What the search finds, the weights of its steps, and the probability of all of it.
    const written = async (ids) => {
        const { target: found, log_probability } = await model.run("solve", { source: [ids] });
        const end = found[0].findIndex((id) => id <= END);
        const characters = end < 0 ? found[0] : found[0].slice(0, end);
        const { weights } = await model.run("trace", {
            source: [ids],
            target: [[START, ...characters]],
        });
        return { characters, weights: weights[0], probability: Math.exp(log_probability[0]) };
    };

    const show = latest(async () => {
        const typed = Array.from(input.input.value).slice(0, LONGEST);
        if (!typed.length) {
            answer.textContent = "A date, please.";
            pictures.replaceChildren();
            return;
        }
        const { characters, weights, probability } = await written(source.ids(typed.join("")));
        const letters = characters.map((id) => target.characters[id]);
        answer.replaceChildren(
            letters.join("") || "(nothing)",
            html("span", { class: "hint" }, `  with probability ${probability.toFixed(3)}`),
        );
        const rows = weights.slice(0, letters.length);
        const attended = rows.map((row, i) => `${letters[i]} from ${typed[argmax(row)]}`);
        pictures.replaceChildren(
            figure(
                "What each character that it writes (a row) comes from",
                rows.length
                    ? heatMap(`Largest weights: ${attended.join(", ")}.`, rows, {
                          cell: 22,
                          rowLabels: letters,
                          columnLabels: typed,
                      })
                    : "",
            ),
        );
    });

    const input = text("Date", DATES[0], show);
    root.append(
        input,
        fillings(input, DATES, show),
        answer,
        pictures,
    );
    await show();
};
