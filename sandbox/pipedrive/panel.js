// Pipedrive's part of the page: deals, won, lost and opened again as their owner does it, and tasks.
// It is not there until somebody uses the account.

import { fill, link, make, money, pill, refresh, section, trouble } from "/panels/shell.js";

const WORDS = { won: ["Win", "Mark as won"], lost: ["Lose", "Mark as lost"], open: ["Reopen", "Open it again"] };
let elements = [], state = null;

async function patch(actor, path, body) {
  const answer = await fetch(`/pipedrive/api/v2/${path}`, {
    method: "PATCH", headers: { "Content-Type": "application/json", "X-Sandbox-Actor": String(actor) }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Pipedrive refused: ${(await answer.json()).error}`);
}

function button(text, title, work, kind) {
  const element = make("button", { type: "button", text, title, class: kind });
  element.addEventListener("click", async () => {
    element.disabled = true;
    try { await work(); await refresh(); } catch (error) { trouble(error.message); element.disabled = false; }
  });
  return element;
}

function dealRow(deal) {
  const moves = deal.moves.map((status) => button(...WORDS[status], () => patch(deal.actor, `deals/${deal.id}`, { status }), status === "won" ? undefined : "calm"));
  const note = [deal.organization || "no organization", deal.person, deal.owner].filter(Boolean).join(" · ");
  return make("div", { class: "row deal", id: `pipedrive-deal-${deal.id}` },
    make("div", { style: "min-width:0" }, make("div", { class: "name", title: `deal ${deal.id}` }, make("bdi", { text: deal.title })), make("div", { class: "note", text: note }),
      ...deal.custom.map((text) => make("div", { class: "note", dir: "auto", text }))),
    make("div", { class: "amount", text: money(deal.value, deal.currency) }),
    make("div", { class: "tools" }, ...moves),
    make("div", { class: "trail" }, pill(deal.status, deal.tone)));
}

// A note is HTML; parsed, nothing in it runs or loads.
function written(html) {
  return new DOMParser().parseFromString(html.replace(/<br ?\/?>|<\/p>/gi, "\n"), "text/html").body.textContent;
}

function taskRow(task) {
  const complete = !task.done && button("Done", "Mark as done in Pipedrive", () => patch(task.actor, `activities/${task.id}`, { done: true }), "calm");
  return make("div", { class: task.done ? "row task done" : "row task", id: `pipedrive-task-${task.id}` },
    make("div", { style: "min-width:0" }, make("div", { class: "name" }, make("bdi", { text: task.subject })),
      make("div", { class: "note" }, [`for ${task.for}`, task.due].filter(Boolean).join(" · "), task.deal_title && " · ", task.deal_title && link(task.deal_title, `#pipedrive-deal-${task.deal}`)),
      !task.done && task.note && make("div", { class: "body", dir: "auto", text: written(task.note) })),
    make("div", { class: "tools" }, complete || pill("done", "good")));
}

function draw(now) {
  state = now;
  for (const element of elements) element.hidden = !state.used;
  if (!state.used) return [];
  const words = document.getElementById("pipedrive-filter").value.toLowerCase();
  const deals = state.deals.filter((deal) => JSON.stringify([deal.title, deal.organization, deal.owner, deal.status]).toLowerCase().includes(words));
  fill("pipedrive-deals", deals.map(dealRow), "No deal matches.");
  fill("pipedrive-tasks", [...state.tasks.filter((task) => !task.done), ...state.tasks.filter((task) => task.done)].map(taskRow), "No activity yet.");
  return [];
}

function sections() {
  const filter = make("input", { id: "pipedrive-filter", type: "search", placeholder: "Filter deals", "aria-label": "Filter Pipedrive’s deals" });
  filter.addEventListener("input", () => state && draw(state));
  elements = [section("Pipedrive: deals", "pipedrive-deals", filter), section("Pipedrive: activities", "pipedrive-tasks")];
  return elements;
}

export default { label: "Pipedrive", column: 0, order: 6, source: "/panels/pipedrive.json", sections, draw };
