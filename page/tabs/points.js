// A pointer network answers points with points: a hull, a tour, triangles; the exact answer
// lies behind its own.

import { button, choice, row } from "../lib/controls.js";
import { html, svg } from "../lib/elements.js";
import { area, distance, hull, length, tour, triangles } from "../lib/geometry.js";
import { latest } from "../lib/models.js";

export const title = "Points";
export const sentence =
    "Click to put points down. A pointer network reads them one by one, then answers by pointing " +
    "at one of them at each step. Its answer is the fine line; the exact one lies behind it, broad.";
export const models = ["pointer_convex_hull", "pointer_tsp", "pointer_delaunay"];
export const takes = "PointerNetwork";

const SIZE = 320;
const MARGIN = 14;
const STEP = 0.05;

const cycle = (indices) => [indices];
const inThrees = (indices) =>
    indices.flatMap((_, i) => (i % 3 ? [] : [indices.slice(i, i + 3)])).filter((t) => t.length > 2);
const edgesOf = (polygons) =>
    new Set(
        polygons.flatMap((polygon) =>
            polygon.map((i, k) =>
                [i, polygon[(k + 1) % polygon.length]].sort((a, b) => a - b).join("-"),
            ),
        ),
    );
const percent = (part) => `${(100 * part).toFixed(1)} %`;
const placed = (points, polygon) => polygon.map((i) => points[i]);

// What each rule of a network answers: its name, the fewest and the most points, polygons out
// of indices, the exact ones, and how good an answer is.
const KINDS = {
    simple_polygon: {
        name: "Hull",
        fewest: 3,
        most: 50,
        polygons: cycle,
        exact: (points) => [hull(points)],
        quality: (points, [ours], [theirs]) =>
            `It covers ${percent(area(placed(points, ours)) / area(placed(points, theirs)))} of the exact hull's area.`,
    },
    permutation: {
        name: "Tour",
        fewest: 3,
        most: 12,
        polygons: cycle,
        exact: (points) => [tour(points)],
        quality: (points, [ours], [theirs]) =>
            `It is ${percent(length(placed(points, ours)) / length(placed(points, theirs)) - 1)} longer than the shortest tour.`,
    },
    triangles: {
        name: "Triangles",
        fewest: 3,
        most: 10,
        polygons: inThrees,
        exact: triangles,
        quality: (points, ours, theirs) => {
            const names = (found) => found.map((t) => [...t].sort((a, b) => a - b).join("-"));
            const right = names(theirs).filter((t) => names(ours).includes(t)).length;
            return `It has ${right} of the ${theirs.length} triangles of Delaunay's triangulation; it learned from five points.`;
        },
    },
};

const isSame = (ours, theirs) =>
    ours.size === theirs.size && [...ours].every((edge) => theirs.has(edge));

export const open = async (root, models) => {
    const settings = await Promise.all(models.map((model) => model.arguments()));
    const kinds = settings.map(({ rule }) => KINDS[rule]);
    let chosen = 0;
    let points = [];
    let cursor = [0.5, 0.5];

    const answer = html("p", { class: "answer", "aria-live": "polite" });
    const plane = svg("svg", {
        viewBox: `0 0 ${SIZE} ${SIZE}`,
        class: "plane",
        tabindex: "0",
        role: "application",
    });
    const toScreen = ([x, y]) => [
        MARGIN + x * (SIZE - 2 * MARGIN),
        SIZE - MARGIN - y * (SIZE - 2 * MARGIN),
    ];
    const line = (polygon, name) =>
        svg("polygon", {
            class: name,
            points: polygon
                .map((i) =>
                    toScreen(points[i])
                        .map((c) => c.toFixed(1))
                        .join(","),
                )
                .join(" "),
        });

    const draw = (ours, theirs) => {
        const [x, y] = toScreen(cursor);
        plane.replaceChildren(
            ...theirs.map((polygon) => line(polygon, "exact")),
            ...ours.map((polygon) => line(polygon, "line")),
            ...points.map((point, i) => {
                const [cx, cy] = toScreen(point);
                return svg(
                    "circle",
                    { cx, cy, r: 5, class: "dot" },
                    svg("title", {}, `Point ${i + 1}`),
                );
            }),
            svg("path", { d: `M${x - 8} ${y}h16M${x} ${y - 8}v16`, class: "cursor" }),
        );
        const number = points.length === 1 ? "1 point" : `${points.length} points`;
        plane.setAttribute(
            "aria-label",
            `A plane with ${number}. Arrow keys move the cross, Enter puts a point there or takes it ` +
                `away. ${answer.textContent}`,
        );
    };

    const show = latest(async () => {
        const kind = kinds[chosen];
        const now = [...points];
        const missing = kind.fewest - now.length;
        if (missing > 0) {
            answer.textContent = `${missing === 1 ? "One more point" : `${missing} more points`}, please.`;
            draw([], []);
            return;
        }
        const { indices } = await models[chosen].run("solve", {
            points: [now],
            length: [now.length],
        });
        if (now.length !== points.length || kind !== kinds[chosen]) return;
        const ours = kind.polygons(indices[0].filter((i) => i >= 0));
        const theirs = kind.exact(now);
        const same = isSame(edgesOf(ours), edgesOf(theirs));
        answer.textContent = same
            ? "The network's answer is exact."
            : kind.quality(now, ours, theirs);
        draw(ours, theirs);
        plane.values = { points: now, indices: indices[0] };
    });

    const put = (point) => {
        const near = points.findIndex((other) => distance(other, point) < STEP / 2);
        if (near >= 0) points.splice(near, 1);
        else if (points.length < kinds[chosen].most) points.push(point);
        show();
    };
    const within = (value) => Math.min(1, Math.max(0, value));
    plane.addEventListener("click", (event) => {
        const box = plane.getBoundingClientRect();
        const at = (offset, size) => ((offset / size) * SIZE - MARGIN) / (SIZE - 2 * MARGIN);
        cursor = [
            within(at(event.clientX - box.left, box.width)),
            within(1 - at(event.clientY - box.top, box.height)),
        ];
        put([...cursor]);
    });
    plane.addEventListener("keydown", (event) => {
        const move = {
            ArrowUp: [0, 1],
            ArrowDown: [0, -1],
            ArrowLeft: [-1, 0],
            ArrowRight: [1, 0],
        };
        if (move[event.key]) cursor = cursor.map((c, i) => within(c + STEP * move[event.key][i]));
        else if (["Enter", " "].includes(event.key)) put([...cursor]);
        else return;
        event.preventDefault();
        show();
    });

    const scatter = (number) => {
        points = Array.from({ length: number }, () => [Math.random(), Math.random()]);
        return show();
    };
    const names = Object.fromEntries(kinds.map((kind, i) => [i, kind.name]));
    root.append(
        row(
            choice("Answer", names, "0", (index) => {
                chosen = Number(index);
                points = points.slice(0, kinds[chosen].most);
                show();
            }),
            ...[5, 10].map((number) => button(`${number} at random`, () => scatter(number))),
            button("Clear", () => scatter(0)),
        ),
        answer,
        plane,
    );
    await scatter(8);
};
