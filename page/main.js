// The tabs: one of tabs/ each, in the order of tabs.json; opened when first chosen.

import { fetched, Model } from "./lib/models.js";
import { html } from "./lib/elements.js";

const tabList = document.getElementById("tabs");
const panels = document.getElementById("panels");

const panelOf = async (tab, own) => {
    const root = html("div", { class: "work" });
    const status = html("p", { class: "status", role: "status" }, "Loading the model …");
    const panel = html(
        "section",
        { id: `panel-${tab.name}`, role: "tabpanel", "aria-labelledby": `tab-${tab.name}` },
        html("h2", {}, tab.title),
        html("p", { class: "sentence" }, tab.sentence),
        status,
        root,
    );
    panels.append(panel);
    const isOwn = own && own.class === tab.takes;
    if (isOwn) panel.querySelector(".sentence").append(` The model is that of ${own.name}.`);
    try {
        await tab.open(
            root,
            (isOwn ? ["own"] : tab.models).map((name) => new Model(name)),
        );
        status.remove();
        panel.dataset.state = "ready";
    } catch (error) {
        status.textContent = `This did not work: ${error.message}`;
        panel.dataset.state = "failed";
        console.error(error);
    }
};

const load = async () => {
    const [names, { own }] = await Promise.all(
        ["tabs.json", "models.json"].map(async (path) => (await fetched(path)).json()),
    );
    const tabs = await Promise.all(
        names.map(async (name) => ({ name, ...(await import(`./tabs/${name}.js`)) })),
    );
    const opened = new Map();

    const choose = (name, takesFocus) => {
        for (const tab of tabs) {
            const isChosen = tab.name === name;
            tab.button.setAttribute("aria-selected", String(isChosen));
            tab.button.tabIndex = isChosen ? 0 : -1;
            if (isChosen && takesFocus) tab.button.focus();
            if (isChosen && !opened.has(name)) opened.set(name, panelOf(tab, own));
            const panel = document.getElementById(`panel-${tab.name}`);
            if (panel) panel.hidden = !isChosen;
        }
        history.replaceState(null, "", `#${name}`);
    };

    const step = { ArrowRight: 1, ArrowLeft: -1 };
    tabs.forEach((tab, i) => {
        tab.button = html(
            "button",
            {
                id: `tab-${tab.name}`,
                type: "button",
                role: "tab",
                "aria-controls": `panel-${tab.name}`,
                click: () => choose(tab.name),
                keydown: (event) => {
                    const ends = { Home: 0, End: tabs.length - 1 };
                    const next = ends[event.key] ?? i + step[event.key];
                    if (Number.isNaN(next)) return;
                    event.preventDefault();
                    choose(tabs[(next + tabs.length) % tabs.length].name, true);
                },
            },
            tab.title,
        );
        tabList.append(tab.button);
    });

    const ofOwn = tabs.find((tab) => own && tab.takes === own.class)?.name;
    const fromAddress = () => tabs.find((tab) => `#${tab.name}` === location.hash)?.name;
    choose(fromAddress() ?? ofOwn ?? tabs[0].name);
    addEventListener("hashchange", () => fromAddress() && choose(fromAddress()));
};

load().catch((error) => {
    panels.append(html("p", { role: "alert" }, `This did not work: ${error.message}`));
    console.error(error);
});
