// What a person uses: buttons, sliders, choices, texts. Each calls back with its value.

import { html } from "./elements.js";

export const button = (text, press) => html("button", { type: "button", click: press }, text);

export const row = (...children) => html("div", { class: "controls" }, ...children);

// `names` are those of the values, where these are numbers of a list.
export const slider = (label, { min, max, value, step = 1, names = {} }, change) => {
    const shown = html("output");
    const input = html("input", { type: "range", min, max, step, value });
    const name = () => {
        shown.textContent = names[input.value] ?? input.value;
        input.setAttribute("aria-valuetext", shown.textContent);
    };
    name();
    input.addEventListener("input", () => {
        name();
        change(Number(input.value));
    });
    return html("label", { class: "slider" }, label, input, shown);
};

// One of several: radio buttons in a row.
export const choice = (label, options, value, change) => {
    const name = `choice-${label}`;
    const buttons = Object.entries(options).map(([key, text]) => {
        const input = html("input", { type: "radio", name, value: key, checked: key === value });
        input.addEventListener("change", () => change(key));
        return html("label", {}, input, html("span", {}, text));
    });
    return html("fieldset", { class: "choice" }, html("legend", {}, label), ...buttons);
};

export const text = (label, value, change, rows = 1) => {
    const input = rows > 1 ? html("textarea", { rows }) : html("input", { type: "text" });
    input.spellcheck = false;
    input.value = value;
    input.addEventListener("input", () => change(input.value));
    return Object.assign(html("label", { class: "text" }, label, input), { input });
};

// Examples to press: each fills in what `press` is called with.
export const examples = (texts, press) =>
    html("div", { class: "examples" }, "Try: ", ...texts.map((t) => button(t, () => press(t))));

// Examples of what may be in a text: each fills it.
export const fillings = (control, texts, change) =>
    examples(texts, (filled) => {
        control.input.value = filled;
        change();
    });

// A table of buttons that are on, off or, at first, "mixed": neither; arrow keys move between them. `change` is called
// with row, column, and whether it is on; dragging goes on with what the first press did.
export const toggles = (label, values, nameOf, change) => {
    const [rows, columns] = [values.length, values[0].length];
    let brush = null;
    const cells = values.map((line, i) =>
        line.map((value, j) => {
            const cell = html("button", {
                type: "button",
                "aria-label": nameOf(i, j),
                "aria-pressed": String(value === "mixed" ? value : Boolean(value)),
                tabindex: i || j ? -1 : 0,
            });
            const set = (isOn) => {
                if (isOn === (cell.getAttribute("aria-pressed") === "true")) return;
                cell.setAttribute("aria-pressed", String(isOn));
                change(i, j, isOn);
            };
            const flip = () => cell.getAttribute("aria-pressed") !== "true";
            cell.addEventListener("pointerdown", (event) => {
                cell.releasePointerCapture(event.pointerId);
                brush = flip();
                set(brush);
            });
            cell.addEventListener("pointerenter", () => brush !== null && set(brush));
            // Of a key, as a pointer's press was counted already.
            cell.addEventListener("click", (event) => event.detail || set(flip()));
            cell.addEventListener("keydown", (event) => {
                const move = {
                    ArrowUp: [-1, 0],
                    ArrowDown: [1, 0],
                    ArrowLeft: [0, -1],
                    ArrowRight: [0, 1],
                };
                if (!move[event.key]) return;
                const [down, right] = move[event.key];
                const next = cells[(i + down + rows) % rows][(j + right + columns) % columns];
                event.preventDefault();
                cell.tabIndex = -1;
                next.tabIndex = 0;
                next.focus();
            });
            return cell;
        }),
    );
    const grid = html(
        "div",
        { class: "toggles", role: "group", "aria-label": label, style: `--columns: ${columns}` },
        ...cells.flat(),
    );
    const lift = () => (brush = null);
    for (const event of ["pointerup", "pointercancel", "pointerleave"]) {
        grid.addEventListener(event, lift);
    }
    return grid;
};
