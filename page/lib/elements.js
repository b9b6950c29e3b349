// Elements of HTML and SVG, made in one call: a tag, attributes, children.

const SVG = "http://www.w3.org/2000/svg";

const filled = (element, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
        if (typeof value === "function") element.addEventListener(name, value);
        else if (value === true) element.setAttribute(name, "");
        else if (value !== false && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat());
    return element;
};

export const html = (tag, attributes = {}, ...children) =>
    filled(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
    filled(document.createElementNS(SVG, tag), attributes, children);

// A figure: a drawing with a sentence that states what is in it, and its numbers as `values`.
export const drawing = (width, height, sentence, values, ...children) =>
    Object.assign(
        svg(
            "svg",
            {
                viewBox: `0 0 ${width} ${height}`,
                role: "img",
                "aria-label": sentence,
                style: `max-width: ${width}px`,
            },
            ...children,
        ),
        { values },
    );

export const figure = (caption, picture) =>
    html("figure", {}, html("figcaption", {}, caption), picture);
