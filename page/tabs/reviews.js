// A hierarchical attention network classifies a film review: which sentences and words count.

import { examples, row, text } from "../lib/controls.js";
import { bars } from "../lib/draw.js";
import { figure, html } from "../lib/elements.js";
import { argmax, latest, softmax } from "../lib/models.js";
import { padded, reader } from "../lib/words.js";

export const title = "Review";
export const sentence =
    "Write a review of a film. A network attends to the words of each sentence, then to the " +
    "sentences, and decides whether it is a good one or a bad one. A word has the more colour the " +
    "more it counts in its sentence, and so has the mark before a sentence.";
export const models = ["hierarchical_attention_imdb"];
export const takes = "HierarchicalAttention";

const EXAMPLES = {
    mixed:
        "The cast is excellent and the music is lovely. But the story is dull, and far too long. " +
        "I left after an hour. What a waste of good actors!",
    praise:
        "I went with low expectations. The first scenes are slow. Then it becomes a wonderful, " +
        "moving film about two sisters. See it!",
    "not bad": "Not bad at all. I was never bored, and the end surprised me.",
    blame: "It was supposed to be a comedy. Nobody laughed. The worst two hours of my year.",
};
const UNKNOWN = 1;
const MENTIONED = 5; // words of the largest weights

// Weights as fractions of the largest.
const relative = (weights) => {
    const largest = Math.max(...weights) || 1;
    return weights.map((weight) => weight / largest);
};

// The sentences of a review, shaded by their weights and by those of their words.
const shaded = (lines, ofWords, ofSentences) => {
    const marks = relative(ofSentences);
    const items = lines.map((words, i) => {
        const shades = relative(ofWords[i].slice(0, words.length));
        const spans = words.flatMap((word, j) => {
            const value = Math.sqrt(marks[i]) * shades[j];
            return [html("span", { style: `--value: ${value.toFixed(4)}` }, word), " "];
        });
        return html("li", { style: `--value: ${marks[i].toFixed(4)}` }, ...spans);
    });
    return Object.assign(html("ol", { class: "review" }, ...items), {
        values: { ofWords, ofSentences },
    });
};

export const open = async (root, [model]) => {
    const [settings, { documents }] = await Promise.all([model.arguments(), reader()]);
    const { vocabulary, labels, sentences, words } = settings;
    const linesOf = documents(settings);
    const numbers = new Map(vocabulary.map((word, i) => [word, UNKNOWN + 1 + i]));
    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const pictures = html("div", { class: "work" });

    const show = latest(async () => {
        const lines = linesOf(input.input.value);
        const all = lines.flat();
        const unknown = [...new Set(all.filter((word) => !numbers.has(word)))];
        if (!all.some((word) => numbers.has(word))) {
            answer.textContent = "A review, please, of words that it knows.";
            pictures.replaceChildren();
            return;
        }
        const blank = Array.from({ length: sentences - lines.length }, () => []);
        const ids = lines.map((line) => line.map((word) => numbers.get(word) ?? UNKNOWN));
        const { logits, word_weights, sentence_weights } = await model.run("trace", {
            ids: [padded([...ids, ...blank], words)],
        });
        const shares = softmax(logits[0]);
        const likeliest = argmax(shares);
        answer.replaceChildren(
            labels[likeliest],
            html("span", { class: "hint" }, `  with probability ${shares[likeliest].toFixed(3)}`),
        );
        const ofSentences = sentence_weights[0].slice(0, lines.length);
        const ofWords = word_weights[0].slice(0, lines.length);
        const most = lines
            .flatMap((line, i) => line.map((word, j) => [word, ofSentences[i] * ofWords[i][j]]))
            .sort(([, a], [, b]) => b - a)
            .slice(0, MENTIONED)
            .map(([word, weight]) => `${word} (${weight.toFixed(2)})`);
        pictures.replaceChildren(
            figure("What it attends to", shaded(lines, ofWords, ofSentences)),
            html("p", { class: "hint" }, `The largest weights: ${most.join(", ")}.`),
            ...(unknown.length
                ? [html("p", { class: "hint" }, `It does not know: ${unknown.join(", ")}.`)]
                : []),
            figure("Labels", bars(labels.map((label, i) => [label, shares[i]]))),
        );
    });

    const input = text("Review", EXAMPLES.mixed, show, 5);
    root.append(
        row(
            examples(Object.keys(EXAMPLES), (name) => {
                input.input.value = EXAMPLES[name];
                show();
            }),
        ),
        input,
        answer,
        pictures,
    );
    await show();
};
