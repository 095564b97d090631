// Google's part of the page: a spreadsheet's tabs as a table, its charts drawn simply.

import { fill, make, pill, section } from "/panels/shell.js";

const TONES = ["#1a73e8", "#188038", "#e37400", "#a142f4", "#d93025", "#12858d"];
const SVG = "http://www.w3.org/2000/svg", WIDTH = 420, HEIGHT = 150;
const ROLES = { writer: "Editor", reader: "Viewer", commenter: "Commenter", owner: "Owner" };
let state = null, book = null;
const tabs = new Map();

// As behind a spreadsheet's own address: `#gid=` and a tab's id.
function addressed(file) {
  return file.tabs.find((one) => `#gid=${one.id}` === location.hash);
}

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function letters(column) {
  let text = "";
  for (let left = column + 1; left; left = Math.floor((left - 1) / 26)) text = String.fromCharCode(65 + (left - 1) % 26) + text;
  return text;
}

function drawing(chart) {
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 18}`, role: "img", "aria-label": chart.title });
  const series = chart.series.map((one) => ({ ...one, values: one.values.map((value) => Number(value) || 0) }));
  const every = series.flatMap((one) => one.values), most = Math.max(1, ...every), least = Math.min(0, ...every);
  const y = (value) => HEIGHT - (value - least) / (most - least) * (HEIGHT - 8), step = WIDTH / Math.max(1, chart.labels.length);
  const isLine = ["LINE", "AREA", "SCATTER"].includes(chart.kind), bar = step * 0.7 / Math.max(1, series.length);
  svg.append(shape("line", { x1: 0, x2: WIDTH, y1: y(0), y2: y(0), class: "axis" }));
  series.forEach((one, number) => {
    const tone = TONES[number % TONES.length];
    if (isLine) svg.append(shape("polyline", { points: one.values.map((value, at) => `${step * (at + 0.5)},${y(value)}`).join(" "), fill: "none", stroke: tone, "stroke-width": 2 }));
    else one.values.forEach((value, at) => svg.append(shape("rect", { x: step * at + step * 0.15 + bar * number, width: Math.max(1, bar - 1), y: Math.min(y(0), y(value)), height: Math.max(0.5, Math.abs(y(value) - y(0))), fill: tone })));
  });
  chart.labels.forEach((label, at) => {
    if (at % Math.ceil(chart.labels.length / 8) === 0) svg.append(shape("text", { x: step * (at + 0.5), y: HEIGHT + 14, "text-anchor": "middle" }, label));
  });
  const legend = make("div", { class: "note" }, ...series.map((one, number) => make("span", { class: "key", style: `--tone:${TONES[number % TONES.length]}`, text: one.name || "–" })));
  return make("figure", { class: "chart" }, make("figcaption", { text: chart.title || "(no title)" }), svg, series.length > 1 && legend);
}

function cell(tab, row, column, text) {
  const place = `${row + 1}:${column + 1}`, look = tab.looks[place] || {}, note = tab.notes[place], formula = tab.formulas[place];
  const style = [look.bold && "font-weight:700", look.italic && "font-style:italic", look.back && `background-color:${look.back}`, look.ink && `color:${look.ink}`, look.back && !look.ink && "color:#1d2433", look.align && `text-align:${look.align.toLowerCase()}`].filter(Boolean).join(";");
  const number = /^-?[\d\s\u00a0\u202f.,]+(\s?[€$%])?$/.test(text) && /\d/.test(text);
  return make("td", { class: [number && "number", note && "noted"].filter(Boolean).join(" ") || undefined, style: style || undefined, title: note || formula, text });
}

// Rows that only make room for the charts over them: the charts are drawn above the table here.
function covered(tab, at) {
  const empty = (row) => !tab.rows[row].some((text, column) => text && !tab.away.includes(column));
  return tab.charts.length > 0 && at > 0 && empty(at) && empty(at - 1);
}

function table(tab) {
  const width = Math.max(1, ...tab.rows.map((row) => row.length)), columns = [...Array(width).keys()].filter((column) => !tab.away.includes(column));
  return make("div", { class: "sheet" }, make("table", {},
    make("thead", {}, make("tr", {}, make("th"), ...columns.map((column) => make("th", { scope: "col", text: letters(column) })))),
    make("tbody", {}, ...tab.rows.map((row, at) => !covered(tab, at) && make("tr", { class: at < (tab.grid.frozenRowCount || 0) ? "frozen" : undefined },
      make("th", { scope: "row", text: at + 1 }), ...columns.map((column) => cell(tab, at, column, row[column] || "")))))));
}

function drawBook() {
  const file = state.files.find((one) => one.id === book) || state.files.find(addressed) || state.files[0];
  const chosen = file.tabs.find((one) => one.id === tabs.get(file.id)) || addressed(file) || file.tabs[file.tabs.length - 1];
  const select = document.getElementById("books");
  select.replaceChildren(...state.files.map((one) => make("option", { value: one.id, text: one.title })));
  select.value = file.id;
  document.getElementById("book-tabs").replaceChildren(...file.tabs.map((one) => {
    const tab = make("button", { type: "button", role: "tab", id: `gid=${one.id}`, text: one.title, "aria-selected": String(one === chosen) });
    tab.addEventListener("click", () => { tabs.set(file.id, one.id); drawBook(); });
    return tab;
  }));
  const about = make("div", { class: "row plain" },
    make("div", { class: "note", text: chosen.count > chosen.rows.length ? `${chosen.count} rows, the first ${chosen.rows.length} here` : "" }),
    make("div", {}, chosen.protected > 0 && pill("protected", "warn"), pill(file.role ? `Raccord: ${ROLES[file.role] || file.role}` : "not shared", file.role === "writer" ? "good" : "warn")));
  fill("google", [about, chosen.charts.length > 0 && make("div", { class: "charts" }, ...chosen.charts.map(drawing)), chosen.rows.length ? table(chosen) : make("div", { class: "empty", text: "An empty tab." })].filter(Boolean), "");
  document.getElementById("google-count").textContent = "";
}

function sections() {
  const select = make("select", { id: "books", "aria-label": "Spreadsheet" });
  select.addEventListener("change", () => { book = select.value; drawBook(); });
  addEventListener("hashchange", () => { book = null; tabs.clear(); drawBook(); });
  const panel = section("Google Sheets", "google", make("label", {}, select));
  panel.lastElementChild.before(make("div", { class: "tabs", id: "book-tabs", role: "tablist", "aria-label": "Tabs" }));
  return [panel];
}

function draw(now) {
  state = now;
  drawBook();
  return [];
}

export default { label: "Google Sheets", column: 1, order: 4, source: "/panels/google.json", sections, draw };
