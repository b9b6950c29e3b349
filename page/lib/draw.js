// Pictures of arrays, in SVG: heat maps, bars, curves, words. Colours are those of style.css.

import { drawing, html, svg } from "./elements.js";

const SHADES = 12;

// The squares of each shade in one path: thousands of cells are a dozen elements.
const cellsOf = (rows, largest, side) => {
    const paths = Array(SHADES + 1).fill("");
    rows.forEach((line, i) =>
        line.forEach((value, j) => {
            const shade = Math.round((Math.min(Math.abs(value) / largest, 1) || 0) * SHADES);
            if (shade) paths[shade] += `M${j} ${i}h${side}v${side}h-${side}z`;
        }),
    );
    return paths.map((d, shade) =>
        svg("path", { d, class: "cell", "fill-opacity": (shade / SHADES).toFixed(3) }),
    );
};

const textsAt = (texts, place) =>
    texts.map((text, i) => svg("text", { ...place(i), class: "tick" }, text));

// Rows of numbers as squares, darker for larger. Options: `cell`, pixels of a square (or
// `width` and `height`); `rowLabels`, `columnLabels`; `left`, room for the former; `largest`,
// the number of the darkest.
export const heatMap = (sentence, rows, options = {}) => {
    const {
        cell = 12,
        width = cell,
        height = cell,
        rowLabels,
        columnLabels,
        largest = 1,
    } = options;
    const { left = rowLabels ? 8 + 7 * Math.max(...rowLabels.map((t) => t.length)) : 0 } = options;
    const top = columnLabels ? 18 : 0;
    const isCoarse = width > 19; // there is room for a line between cells
    const [across, down] = [rows[0].length * width, rows.length * height];
    return drawing(
        left + across + 1,
        top + down + 1,
        sentence,
        rows,
        svg("rect", { x: left, y: top, width: across, height: down, class: "ground" }),
        svg(
            "g",
            {
                transform: `translate(${left} ${top}) scale(${width} ${height})`,
                "shape-rendering": isCoarse ? "auto" : "crispEdges",
            },
            ...cellsOf(rows, largest, isCoarse ? 0.92 : 1),
        ),
        ...textsAt(rowLabels ?? [], (i) => ({
            x: left - 6,
            y: top + (i + 0.5) * height + 4,
            "text-anchor": "end",
        })),
        ...textsAt(columnLabels ?? [], (j) => ({
            x: left + (j + 0.5) * width,
            y: 12,
            "text-anchor": "middle",
        })),
    );
};

// A number a step as a line, from the smallest to the largest.
export const curve = (sentence, numbers, width = 320, height = 90) => {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const x = (i) => 6 + ((width - 12) * i) / Math.max(1, numbers.length - 1);
    const y = (value) => 8 + (height - 16) * (1 - (value - low) / (high - low || 1));
    const points = numbers.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`);
    return drawing(
        width,
        height,
        sentence,
        numbers,
        svg("polyline", { points: points.join(" "), class: "line" }),
        svg("circle", { cx: x(numbers.length - 1), cy: y(numbers.at(-1)), r: 4, class: "dot" }),
    );
};

// A row of a table: a name, a bar from 0 to 1, and the number.
export const bars = (entries) =>
    Object.assign(
        html(
            "div",
            { class: "bars" },
            ...entries.flatMap(([name, value]) => [
                html("span", {}, name),
                html("span", {
                    class: "bar",
                    style: `--value: ${value.toFixed(4)}`,
                    "aria-hidden": "true",
                }),
                html("span", { class: "number" }, value.toFixed(3)),
            ]),
        ),
        { values: entries },
    );
