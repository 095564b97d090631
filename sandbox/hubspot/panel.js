// HubSpot's part of the page: its deals, won and repaired as their owner does it, and the tasks of its people.

import { ask, fill, icon, link, make, money, pill, refresh, section, trouble } from "/panels/shell.js";

const PENCIL = "M11.5 2.5l2 2L5 13l-3 1 1-3z";
const ANYBODY = "userId:70112233";
let state = null;

async function send(actor, { method, path, body }) {
  const answer = await fetch(`/hubspot${path}`, {
    method, headers: { "Content-Type": "application/json", "X-Sandbox-Actor": actor || ANYBODY },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`HubSpot refused: ${(await answer.json()).message}`);
}

function patch(actor, path, properties) { return send(actor, { method: "PATCH", path, body: { properties } }); }

async function done(button, work) {
  button.disabled = true;
  try { await work(); await refresh(); } catch (error) { trouble(error.message); button.disabled = false; }
}

function button(text, title, work, kind) {
  const element = make("button", { type: "button", text, title, class: kind });
  element.addEventListener("click", () => done(element, work));
  return element;
}

function fieldOf(field) {
  const input = make("input", { value: field.now, autocomplete: "off" });
  const label = make("label", {}, field.label, field.of && make("span", {}, make("bdi", { text: field.of })), input);
  if (field.offer === null) return { field, input, element: label };
  const use = make("button", { type: "button", class: "calm", text: "Use it" });
  use.addEventListener("click", () => { input.value = field.offer; });
  const offer = make("div", { class: "offer" }, "works: ", make("code", { text: field.offer }), use);
  return { field, input, element: make("div", {}, label, offer) };
}

async function edit(deal) {
  const fields = deal.fields.map(fieldOf);
  const actions = [...deal.actions, ...deal.moves].map((action) => {
    const press = make("button", { type: "button", text: action.label });
    press.addEventListener("click", () => done(press, async () => { await send(deal.actor, action); document.getElementById("dialog").close("no"); }));
    return make("div", {}, press);
  });
  const wrong = deal.wrong && make("p", { class: "wrong", text: deal.wrong });
  const inside = [wrong, ...actions, ...fields.map((one) => one.element)].filter(Boolean);
  if (!(await ask("Edit in HubSpot", inside, "Save", "Cancel"))) return;
  try {
    for (const { field, input } of fields) if (input.value !== field.now) await patch(deal.actor, field.path, { [field.property]: input.value });
    await refresh();
  } catch (error) { trouble(error.message); }
}

function linkOf(one) {
  const element = link(one.label, one.href);
  if (!one.open) element.classList.add("done");
  return element;
}

function dealRow(deal) {
  const pencil = make("button", { type: "button", class: "calm", title: "Edit, with a value that works", "aria-label": "Edit" }, icon(PENCIL));
  pencil.addEventListener("click", () => edit(deal));
  const win = deal.won_stage && button("Win", "Set the stage to won", () => patch(deal.actor, `/crm/v3/objects/deals/${deal.id}`, { dealstage: deal.won_stage }));
  const note = make("div", { class: "note" }, make("bdi", { text: deal.companies.join(" + ") || "no company" }), deal.owner && ` · ${deal.owner}`, ` · ${deal.id}`);
  const came = deal.money && make("div", { class: "came", dir: "auto", text: deal.money });
  const said = deal.wrong ? make("div", { class: "wrong", text: deal.wrong }) : deal.shows && make("div", { class: "note shows", text: deal.shows });
  return make("div", { class: "row deal", id: `deal-${deal.id}` },
    make("div", { style: "min-width:0" }, make("div", { class: "name", title: deal.id }, make("bdi", { text: deal.name })), note, said, came),
    make("div", { class: "amount", text: money(deal.amount, deal.currency) }),
    make("div", { class: "tools" }, win, pencil),
    make("div", { class: "trail" }, pill(deal.state.text, deal.state.tone), ...deal.links.map(linkOf)));
}

// A task's body is HTML; parsed, nothing in it runs or loads.
function written(html) {
  return new DOMParser().parseFromString(html.replace(/<br ?\/?>/gi, "\n"), "text/html").body.textContent;
}

function taskRow(task) {
  const complete = !task.done && button("Done", "Complete this task in HubSpot", () => patch(task.actor, `/crm/v3/objects/tasks/${task.id}`, { hs_task_status: "COMPLETED" }), "calm");
  return make("div", { class: task.done ? "row task done" : "row task", id: `task-${task.id}` },
    make("div", { style: "min-width:0" }, make("div", { class: "name" }, make("bdi", { text: task.subject })),
      make("div", { class: "note" }, `for ${task.for}`, task.deal && " · ", task.deal && link(task.deal_name || task.deal, `#deal-${task.deal}`)),
      !task.done && task.body && make("div", { class: "body", dir: "auto", text: written(task.body) })),
    make("div", { class: "tools" }, complete || pill("done", "good")));
}

function draw(now) {
  state = now;
  const words = document.getElementById("filter").value.toLowerCase();
  const deals = state.deals.filter((deal) => JSON.stringify([deal.name, deal.id, deal.companies, deal.owner, deal.state.text, deal.wrong, deal.shows]).toLowerCase().includes(words));
  fill("deals", deals.filter((deal) => !deal.dirty).map(dealRow), "No deal matches.");
  fill("dirty", deals.filter((deal) => deal.dirty).map(dealRow), "No deal matches.");
  const open = state.tasks.filter((task) => !task.done);
  fill("tasks", [...open, ...state.tasks.filter((task) => task.done)].map(taskRow), "No task yet. A question puts one on its salesperson's list.");
  return [[state.deals.filter((deal) => deal.won_stage === null && deal.state.text !== "lost").length, "deals won"], [open.length, "open tasks"]];
}

function sections() {
  const filter = make("input", { id: "filter", type: "search", placeholder: "Filter deals", "aria-label": "Filter deals" });
  filter.addEventListener("input", () => state && draw(state));
  return [section("Clean deals", "deals", filter), section("Dirty deals", "dirty", make("span", { class: "note", text: "the pencil has what settles them" })), section("Tasks", "tasks")];
}

export default { label: "HubSpot", column: 0, order: 0, source: "/panels/hubspot.json", sections, draw };
