// Notion's part of the page: one page at a time as it is read, its databases as tables.

import { fill, link, make, pill, section } from "/panels/shell.js";

const HUES = { gray: "#8b8b87", brown: "#9f6b53", orange: "#d9730d", yellow: "#cb912f", green: "#448361", blue: "#337ea9", purple: "#9065b0", pink: "#c14c8a", red: "#d44c47" };
let state = null, chosen = addressed(), seen = 0;

// What the API gives as a page's address ends in the page's id, without its dashes.
function addressed() {
  const found = /^#notion-(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(location.hash);
  return found && found.slice(1).join("-");
}

function parts(list) {
  return (list || []).map((part) => {
    const style = [part.bold && "font-weight:700", part.italic && "font-style:italic", HUES[part.color] && `color:${HUES[part.color]}`].filter(Boolean).join(";");
    const text = part.href ? link(part.text, part.href) : make("span", { text: part.text });
    if (part.href) text.classList.add("away");
    if (style) text.setAttribute("style", style);
    return text;
  });
}

function table(block) {
  const rows = block.children.map((row, at) => make("tr", {}, ...row.cells.map((cell) => make(block.header && at === 0 ? "th" : "td", {}, ...parts(cell)))));
  return make("div", { class: "notion-table" }, make("table", {}, make("tbody", {}, ...rows)));
}

function database(found, name) {
  return make("div", {}, make("div", { class: "name", text: `▤ ${found.title || name}` }), ...found.data_sources.map((source) => {
    const columns = Object.keys(source.columns);
    const cell = (row, column) => {
      const text = row.values[column], hue = HUES[row.colors[column]];
      return make("td", { class: source.columns[column] === "number" ? "number" : undefined, title: text }, hue ? make("span", { class: "option", style: `--tone:${hue}`, text }) : make("span", { text }));
    };
    return make("div", { class: "notion-table" },
      found.data_sources.length > 1 && make("div", { class: "note", text: source.name }),
      make("table", {}, make("thead", {}, make("tr", {}, ...columns.map((column) => make("th", { scope: "col", text: column })))),
        make("tbody", {}, ...source.rows.map((row) => make("tr", {}, ...columns.map((column) => cell(row, column)))))),
      make("div", { class: "note", text: source.count > source.rows.length ? `${source.count} rows, the first ${source.rows.length} here` : source.count ? "" : "No row." }));
  }));
}

function below(block) {
  return block.children && block.children.length > 0 && make("div", { class: "nested" }, ...blocks(block.children));
}

function blockOf(block) {
  switch (block.type) {
    case "heading_1": case "heading_2": case "heading_3": return make(`h${Number(block.type.at(-1)) + 2}`, {}, ...parts(block.parts));
    case "divider": return make("hr");
    case "table": return table(block);
    case "callout": return make("div", { class: "callout" }, make("span", { text: block.icon || "💡" }), make("div", {}, ...parts(block.parts), below(block)));
    case "quote": return make("blockquote", {}, ...parts(block.parts), below(block));
    case "to_do": return make("div", {}, "☐ ", ...parts(block.parts));
    case "image": return make("div", { class: "note", text: `🖼 ${block.text}` });
    case "child_database": { const found = state.databases.find((one) => one.id === block.id); return found && database(found, block.text); }
    case "child_page": {
      const button = make("button", { type: "button", class: "child", text: `📄 ${block.text}` });
      button.addEventListener("click", () => { chosen = block.id; drawPage(); });
      return button;
    }
  }
  return make("p", {}, ...parts(block.parts), below(block));
}

function blocks(list) {
  const nodes = [];
  for (const block of list) {
    const tag = { bulleted_list_item: "ul", numbered_list_item: "ol" }[block.type];
    if (!tag) { nodes.push(blockOf(block)); continue; }
    const last = nodes.at(-1), box = last instanceof Element && last.localName === tag ? last : make(tag);
    if (box !== last) nodes.push(box);
    box.append(make("li", {}, ...[...parts(block.parts), below(block)].filter(Boolean)));
  }
  return nodes;
}

function drawPage() {
  const pages = state.pages;
  if (pages.length > seen && seen) chosen = pages.at(-1).id;
  seen = pages.length;
  const page = pages.find((one) => one.id === chosen) || pages.filter((one) => one.shared).at(-1) || pages[0], select = document.getElementById("notion-pages");
  select.replaceChildren(...pages.map((one) => make("option", { value: one.id, text: one.title || "(no title)" })));
  select.value = page ? page.id : "";
  const about = page && make("div", { class: "row plain", id: `notion-${page.id.replaceAll("-", "")}` },
    make("div", { class: "title", text: [page.icon, page.title].filter(Boolean).join(" ") }),
    make("div", {}, page.shared ? pill("shared with Raccord", "good") : pill("not shared", "warn")));
  fill("notion", page ? [about, make("div", { class: "notion-page" }, ...blocks(page.blocks).filter(Boolean))] : [], "No page is shared yet.");
  document.getElementById("notion-count").textContent = "";
}

function sections() {
  const select = make("select", { id: "notion-pages", "aria-label": "Page" });
  select.addEventListener("change", () => { chosen = select.value; drawPage(); });
  addEventListener("hashchange", () => { chosen = addressed() || chosen; drawPage(); });
  return [section("Notion", "notion", make("label", {}, select))];
}

function draw(now) {
  state = now;
  drawPage();
  return [];
}

export default { label: "Notion", column: 1, order: 5, source: "/panels/notion.json", sections, draw };
