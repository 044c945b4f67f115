"use strict";
// Asks for the status and shows it. All that comes is text: nothing of it is ever taken for markup.

const STATES = ["open", "grace", "proving", "proven", "final", "ended"];
const EVERY = 5000;
const find = (id) => document.getElementById(id);

function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
}

const count = (value) => Number(value).toLocaleString("en");
const time = (seconds) => new Date(seconds * 1000).toISOString().replace("T", " ").slice(0, 19);

function counts(status) {
    const refused = Object.values(status.refused).reduce((sum, value) => sum + value, 0);
    const shown = [
        ["accepted", status.accepted], ["duplicates", status.duplicates], ["refused", refused],
        ["equivocations", status.equivocations], ["jobs waiting", status.queue], ["proofs on their way", status.outbox],
    ];
    find("counts").replaceChildren(...shown.map(([name, value]) => {
        const pair = element("div");
        pair.append(element("dt", name), element("dd", count(value)));
        return pair;
    }));
}

function minutes(values) {
    const svg = "http://www.w3.org/2000/svg";
    const picture = document.createElementNS(svg, "svg");
    picture.setAttribute("viewBox", "0 0 60 100");
    picture.setAttribute("preserveAspectRatio", "none");
    const most = Math.max(1, ...values);
    values.forEach((value, index) => {
        const bar = document.createElementNS(svg, "rect");
        const height = value * 100 / most;
        const place = { x: 60 - values.length + index + 0.1, y: 100 - height, width: 0.8, height };
        for (const [name, number] of Object.entries(place)) bar.setAttribute(name, number);
        picture.append(bar);
    });
    const text = `${count(values[values.length - 1] ?? 0)} in this minute, ${count(Math.max(0, ...values))} in the busiest of the last ${values.length} min`;
    find("minutes").setAttribute("aria-label", text);
    find("minutes").replaceChildren(picture);
    find("minutes-text").textContent = text;
}

function describe(epoch) {
    const chunks = `${count(epoch.proven)} of ${count(epoch.chunks)} chunks proven`;
    const late = epoch.late > 0 ? `, ${count(epoch.late)} late` : "";
    const reason = epoch.reason ? `: ${epoch.reason}` : "";
    return `epoch ${epoch.epoch}, ${epoch.state}, ${count(epoch.readings)} readings${late}, ${chunks}${reason}`;
}

// What was chosen of each policy stays chosen when the page asks again.
const chosen = new Map();

function strip(policy, epochs) {
    const part = element("div", undefined, "policy");
    const said = element("p", "", "said");
    said.setAttribute("role", "status");
    const list = element("ol", undefined, "strip");
    const say = (epoch) => { said.textContent = describe(epoch); };
    // The oldest first, as time is read.
    for (const epoch of [...epochs].reverse()) {
        const button = element("button", undefined, STATES.includes(epoch.state) ? epoch.state : "ended");
        button.type = "button";
        button.title = describe(epoch);
        button.setAttribute("aria-label", button.title);
        button.addEventListener("click", () => { chosen.set(policy, epoch.epoch); say(epoch); });
        const place = element("li");
        place.append(button);
        list.append(place);
    }
    const shown = epochs.find((epoch) => epoch.epoch === chosen.get(policy)) ?? epochs[0];
    if (shown) say(shown);
    part.append(element("h3", policy), list, said);
    return part;
}

function epochs(all) {
    const policies = new Map();
    for (const epoch of all) {
        if (!policies.has(epoch.policy)) policies.set(epoch.policy, []);
        policies.get(epoch.policy).push(epoch);
    }
    const strips = [...policies].map(([policy, list]) => strip(policy, list));
    // Whoever steps through by keyboard stays where they are.
    const held = document.activeElement?.closest?.("#epochs") ? document.activeElement.title.split(",")[0] : undefined;
    find("epochs").replaceChildren(...(strips.length > 0 ? strips : [element("p", "none yet")]));
    if (held) [...find("epochs").querySelectorAll("button")].find((button) => button.title.split(",")[0] === held)?.focus();
}

function rows(id, all) {
    const made = all.map((cells) => {
        const row = element("tr");
        row.append(...cells.map((cell) => element("td", cell)));
        return row;
    });
    if (made.length === 0) {
        const row = element("tr");
        const cell = element("td", "none yet");
        cell.colSpan = 7;
        row.append(cell);
        made.push(row);
    }
    find(id).replaceChildren(...made);
}

function show(status) {
    const state = find("state");
    state.textContent = status.ready ? "ready" : "not ready";
    state.className = status.ready ? "good" : "bad";
    find("waiting").hidden = status.waiting_for.length === 0;
    find("waiting").textContent = `waiting for: ${status.waiting_for.join(", ")}`;
    counts(status);
    minutes(status.accepted_by_minute);
    epochs(status.epochs);
    rows("proofs", status.proofs.map((proof) => [
        proof.policy, String(proof.epoch), String(proof.chunk), time(proof.at), (proof.millis / 1000).toFixed(1),
        proof.gas === null ? "" : count(proof.gas), proof.fee_gwei === null ? "" : (proof.fee_gwei / 1e9).toFixed(6),
    ]));
    rows("refused", Object.entries(status.refused).sort((one, other) => other[1] - one[1]).map(([rule, items]) => [rule, count(items)]));
}

async function ask() {
    try {
        const answer = await fetch("/v1/status", { cache: "no-store", signal: AbortSignal.timeout(10000) });
        if (!answer.ok) throw new Error(`the node answers ${answer.status}`);
        show(await answer.json());
        document.body.dataset.asked = "yes";
    } catch (error) {
        find("state").textContent = `no answer: ${error.message}`;
        find("state").className = "bad";
    }
    setTimeout(ask, EVERY);
}

find("legend").replaceChildren(...STATES.map((state) => element("li", state, state)));
ask();
