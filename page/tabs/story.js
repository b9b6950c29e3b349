// A memory network answers a question about a story: what each hop reads.

import { examples, row, text } from "../lib/controls.js";
import { bars } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { latest, softmax } from "../lib/models.js";
import { padded, reader } from "../lib/words.js";

export const title = "Story";
export const sentence =
    "Write a story and a question about it. A memory network keeps each sentence in a slot of its " +
    "memory, and reads it three times: what it finds in one hop changes what it looks for in the " +
    "next. It knows a small world of people, places and things.";
export const models = ["memn2n_babi_world"];
export const takes = "MemN2N";

const EXAMPLES = {
    "a thing": [
        "Mary moved to the bathroom. John went to the hallway. Mary picked up the football. " +
            "Mary travelled to the garden. Sandra went to the office.",
        "Where is the football?",
    ],
    before: [
        "John took the apple. John went to the office. John journeyed to the kitchen. " +
            "Mary moved to the garden. John dropped the apple.",
        "Where was the apple before the kitchen?",
    ],
    "a gift": [
        "Mary got the milk. Mary passed the milk to John. Sandra moved to the garden. " +
            "John gave the milk to Daniel.",
        "Who gave the milk to Daniel?",
    ],
    "yes or no": [
        "Daniel went to the kitchen. Sandra travelled to the office. Daniel moved to the garden.",
        "Is Daniel in the kitchen?",
    ],
    "how many": [
        "Daniel grabbed the apple. Daniel took the milk. Daniel went to the kitchen. " +
            "Daniel discarded the apple.",
        "How many objects is Daniel carrying?",
    ],
};

const cell = (weight) =>
    html(
        "td",
        { class: "weight", style: `--value: ${weight.toFixed(4)}` },
        weight < 0.005 ? "" : weight.toFixed(2),
    );

// The weights of each hop: a row for each sentence, and one for all slots without.
const tableOf = (sentences, weights) => {
    const count = sentences.length;
    const rows = sentences.map((s, i) => [s, weights.map((hop) => hop[i])]);
    const empty = weights.map((hop) => hop.slice(count).reduce((a, b) => a + b, 0));
    const headings = weights.map((_, hop) => html("th", { class: "weight" }, `hop ${hop + 1}`));
    return Object.assign(
        html(
            "table",
            {},
            html("thead", {}, html("tr", {}, html("th", {}, "sentence"), ...headings)),
            html(
                "tbody",
                {},
                ...[...rows, ["(empty slots)", empty]].map(([name, line]) =>
                    html("tr", {}, html("td", {}, name), ...line.map(cell)),
                ),
            ),
        ),
        { values: weights },
    );
};

export const open = async (root, [model]) => {
    const [{ vocabulary }, { sentences, wordsOf }] = await Promise.all([
        model.arguments(),
        reader(),
    ]);
    const numbers = new Map(vocabulary.map((word, i) => [word, i + 1]));
    const idsOf = (line) => wordsOf(line).map((word) => numbers.get(word) ?? 0);
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const hint = html("p", { class: "hint", hidden: true });
    const pictures = html("div", { class: "work" });

    const show = latest(async () => {
        const lines = sentences(story.input.value);
        const asked = question.input.value;
        const { logits, weights } = await model.run("trace", {
            story: [padded(lines.length ? lines.map(idsOf) : [[0]])],
            question: padded([idsOf(asked)]),
        });
        const probabilities = softmax(logits[0]);
        const likeliest = vocabulary
            .map((word, i) => [word.replaceAll(",", ", "), probabilities[i]])
            .sort(([, a], [, b]) => b - a);
        const words = [asked, ...lines].flatMap(wordsOf).filter((word) => !numbers.has(word));
        answer.textContent = likeliest[0][0];
        hint.textContent = `It does not know: ${[...new Set(words)].join(", ")}.`;
        hint.hidden = !words.length;
        pictures.replaceChildren(
            figure("Likeliest answers", bars(likeliest.slice(0, 3))),
            figure("What each hop reads", tableOf(lines, weights[0])),
        );
    });

    const [[firstStory, firstQuestion]] = Object.values(EXAMPLES);
    const story = text("Story", firstStory, show, 4);
    const question = text("Question", firstQuestion, show);
    root.append(
        row(
            examples(Object.keys(EXAMPLES), (name) => {
                [story.input.value, question.input.value] = EXAMPLES[name];
                show();
            }),
        ),
        story,
        question,
        answer,
        hint,
        pictures,
    );
    await show();
};
