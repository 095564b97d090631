// What every panel uses: elements, amounts, questions, and the refreshing of the page.
//
// A panel is a module with a default export: `label` (the vendor's name), `column` (0 or 1), `order` (its place
// on a narrow screen), `source` (what it shows, as JSON), `sections` (its elements, made once) and `draw(state)`,
// which returns figures for the top of the page as [value, name] pairs.

export function make(tag, options = {}, ...children) {
  const { text, ...attributes } = options, element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter(Boolean));
  return element;
}

export function money(value, currency) {
  if (value === "" || value === undefined || value === null) return "–";
  const format = (code) => new Intl.NumberFormat("fr-FR", { style: "currency", currency: code }).format(value);
  try { return format((currency || "EUR").toUpperCase()); } catch { return `${value} ${currency}`; }
}

export function minor(value, currency) {
  if (value === undefined || value === null) return "–";
  const code = currency.toUpperCase();
  const digits = new Intl.NumberFormat("fr-FR", { style: "currency", currency: code }).resolvedOptions().maximumFractionDigits;
  return money(value / 10 ** digits, code);
}

export function list(value) { return Array.isArray(value) ? value : Object.values(value || {}); }

export function pill(text, kind) { return make("span", { class: `pill ${kind || ""}`, text, title: text }); }

// Nothing here leads off this machine: what looks like a link into the internet is text.
export function here(url) { return /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?([/?#]|$)/.test(url || ""); }

export function link(text, url) {
  if (/^#[\w.-]+$/.test(url || "")) return make("a", { href: url, text });
  return here(url) ? make("a", { href: url, text, target: "_blank", rel: "noopener" }) : make("span", { text });
}

export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16"); svg.setAttribute("aria-hidden", "true"); line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function ask(title, inside, yes, no, style) {
  const box = document.getElementById("dialog");
  const form = make("form", { method: "dialog" },
    make("h3", { id: "dialog-title", text: title }), make("div", { class: "inside" }, ...inside),
    make("div", { class: "foot" },
      make("button", { class: style || "primary", value: "yes", text: yes }), make("button", { class: "calm", value: "no", text: no })));
  box.replaceChildren(form);
  box.returnValue = "no";
  box.showModal();
  return new Promise((done) => box.addEventListener("close", () => done(box.returnValue === "yes"), { once: true }));
}

export function fill(name, rows, nothing) {
  const box = document.getElementById(name), open = new Set();
  box.querySelectorAll("details[open] .name").forEach((element) => open.add(element.textContent));
  box.replaceChildren(...(rows.length ? rows : [make("div", { class: "empty", text: nothing })]));
  box.querySelectorAll("details").forEach((element) => { element.open = open.has(element.querySelector(".name").textContent); });
  document.getElementById(`${name}-count`).textContent = rows.length || "";
}

export function trouble(text) {
  const box = document.getElementById("trouble");
  box.textContent = text; box.style.display = text ? "block" : "none";
}

export function section(title, name, ...tools) {
  return make("section", { "aria-label": title, id: `${name}-panel` },
    make("div", { class: "bar" }, make("h2", { text: title, id: `${name}-title` }), make("span", { class: "count", id: `${name}-count` }), ...tools),
    make("div", { class: "rows", id: name }));
}

let panels = [];
const shown = new Map(), drawn = new Map();

// Of the vendors that nobody uses, those that hide themselves are not named either.
function named() {
  return panels.filter((panel) => panel.label && drawn.get(panel).some((element) => !element.hidden)).map((panel) => panel.label).join(", ");
}

export async function refresh({ redraw = false } = {}) {
  try {
    const texts = await Promise.all(panels.map(async (panel) => (await fetch(panel.source)).text()));
    if (!redraw && texts.every((text, index) => shown.get(panels[index]) === text)) return;
    const figures = panels.flatMap((panel, index) => {
      shown.set(panel, texts[index]);
      return panel.draw(JSON.parse(texts[index]));
    });
    document.getElementById("figures").replaceChildren(...figures.map(([value, name]) => make("span", { class: "figure" }, make("b", { text: value }), name)));
    document.getElementById("vendors").textContent = `${named()}: simulated on this machine`;
    trouble("");
  } catch (error) { trouble(`The sandbox does not answer (${error.message}).`); }
}

export async function open(names, links) {
  document.getElementById("links").replaceChildren(...Object.entries(links).map(([label, url]) => link(label, url)));
  const modules = await Promise.all(names.map((name) => import(`/panels/${name}.js`)));
  panels = modules.map((module) => module.default).sort((one, other) => one.order - other.order);
  for (const panel of panels) {
    const elements = panel.sections();
    drawn.set(panel, elements);
    for (const element of elements) element.style.order = panel.order;
    document.querySelectorAll("main .column")[panel.column].append(...elements);
  }
  await refresh();
  // A vendor's link leads to a place that was not there yet when the page had loaded.
  const place = document.getElementById(location.hash.slice(1));
  if (place) location.replace(`#${place.id}`);
  setInterval(() => document.hidden || refresh(), 1500);
}
